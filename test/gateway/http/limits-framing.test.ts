import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { run } from '../fixture.ts';

// What a proxy and this server could read in two ways: HTTP request smuggling. Expected is a 400 and the connection's end, or one
// answer to one request. Each request is followed by another one on the same connection, which shows where the first was taken to end.

const body = '{"query":"{ customer(id: \\"1\\") { name } }"}';
const size = body.length;
const post = 'POST /graphql HTTP/1.1\r\n';
const head = 'host: x\r\ncontent-type: application/json\r\n';
const length = `content-length: ${size}\r\n`;
const chunks = 'transfer-encoding: chunked\r\n';
const chunk = `${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const hidden = 'GET /graphql?query={hidden:__typename} HTTP/1.1\r\nhost: x\r\napollo-require-preflight: 1\r\n\r\n';
const next = 'GET /graphql?query={next:__typename} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';

const refused: Record<string, string> = {
  'a length and chunks': `${post}${head}${length}${chunks}\r\n${chunk}`,
  'chunks and a length': `${post}${head}${chunks}${length}\r\n${chunk}`,
  'a length that hides a request behind the last chunk': `${post}${head}content-length: ${5 + hidden.length}\r\n${chunks}\r\n0\r\n\r\n${hidden}`,
  'a length twice': `${post}${head}${length}${length}\r\n${body}`,
  'two lengths': `${post}${head}${length}content-length: 3\r\n\r\n${body}`,
  'a list of lengths': `${post}${head}content-length: ${size}, ${size}\r\n\r\n${body}`,
  'a length with a sign': `${post}${head}content-length: +${size}\r\n\r\n${body}`,
  'a length below zero': `${post}${head}content-length: -1\r\n\r\n${body}`,
  'a hexadecimal length': `${post}${head}content-length: 0x${size.toString(16)}\r\n\r\n${body}`,
  'a length with a space inside': `${post}${head}content-length: 4 2\r\n\r\n${body}`,
  'a length that overflows': `${post}${head}content-length: 18446744073709551658\r\n\r\n${body}`,
  'a length before a space and the colon': `${post}${head}content-length : ${size}\r\n\r\n${body}`,
  'chunks before a space and the colon': `${post}${head}transfer-encoding : chunked\r\n\r\n${chunk}`,
  'another transfer coding': `${post}${head}transfer-encoding: xchunked\r\n\r\n${chunk}`,
  'the identity as a transfer coding': `${post}${head}transfer-encoding: identity\r\n\r\n${chunk}`,
  'chunks that are not the last coding': `${post}${head}transfer-encoding: chunked, identity\r\n\r\n${chunk}`,
  'chunks twice': `${post}${head}${chunks}${chunks}\r\n${chunk}`,
  'chunks and another line of them': `${post}${head}${chunks}transfer-encoding: identity\r\n\r\n${chunk}`,
  'chunks behind a vertical tab': `${post}${head}transfer-encoding:\x0bchunked\r\n\r\n${chunk}`,
  'chunks in a folded line': `${post}${head}transfer-encoding:\r\n chunked\r\n\r\n${chunk}`,
  'chunks to a program of HTTP/1.0': `${post.replace('1.1', '1.0')}${head}connection: keep-alive\r\n${chunks}\r\n${chunk}`,
  'a chunk whose size ends with a bare LF': `${post}${head}${chunks}\r\n${chunk.replace('\r', '')}`,
  'a chunk extension with a bare LF': `${post}${head}${chunks}\r\n${chunk.replace('\r', ';a\nb\r')}`,
  'a chunk size with a prefix': `${post}${head}${chunks}\r\n0x${chunk}`,
  'a chunk size that overflows': `${post}${head}${chunks}\r\n100000000000000${chunk}`,
  'a chunk that ends with a bare LF': `${post}${head}${chunks}\r\n${chunk.replace('\r\n0', '\n0')}`,
  'a chunk that ends with nothing': `${post}${head}${chunks}\r\n${chunk.replace('\r\n0', '0')}`,
  'a length behind the chunks': `${post}${head}${chunks}\r\n${chunk.slice(0, -2)}content-length: 3\r\n\r\n`,
  'a folded line': `${post}${head}${length}authorization: Bearer\r\n abc\r\n\r\n${body}`,
  'a line that begins with a space': `${post} x: y\r\n${head}${length}\r\n${body}`,
  'a bare LF after the request line': `${post.replace('\r', '')}${head}${length}\r\n${body}`,
  'a bare LF after a header': `${post}${head}x: y\nauthorization: Bearer abc\r\n${length}\r\n${body}`,
  'a bare LF before the body': `${post}${head}${length}\n${body}`,
  'only bare LFs': `${post}${head}${length}\r\n${body}`.replaceAll('\r\n', '\n'),
  'a bare CR in a header': `${post}${head}x: y\rauthorization: Bearer abc\r\n${length}\r\n${body}`,
  'a NUL in a header': `${post}${head}x: y\0z\r\n${length}\r\n${body}`,
  'a header without a name': `${post}${head}: y\r\n${length}\r\n${body}`,
  'no host': `${post}content-type: application/json\r\n${length}\r\n${body}`,
  'more after the version': `POST /graphql HTTP/1.1 x\r\n${head}${length}\r\n${body}`,
};

test('what can be read in two ways is refused, and nothing after it is read', async (t) => {
  const { origin } = await run(t);
  for (const [what, text] of Object.entries(refused)) {
    assert.deepEqual(await send(origin, text + next), { statuses: ['400'], read: [] }, what);
  }
});

const taken: Record<string, string> = {
  'a length': `${post}${head}${length}\r\n${body}`,
  'chunks, with an extension': `${post}${head}${chunks}\r\n${chunk.replace('\r', ';a=b\r')}`,
  'a GET with a body that looks like a request': `GET /graphql?query={customer(id:"1"){name}} HTTP/1.1\r\nhost: x\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`,
  'a header with an underscore for a hyphen': `${post}${head}content_length: 3\r\n${length}\r\n${body}`,
};

test('what is one request is answered as one, and the next begins behind it', async (t) => {
  const { origin } = await run(t);
  for (const [what, text] of Object.entries(taken)) {
    assert.deepEqual(await send(origin, text + next), { statuses: ['200', '200'], read: ['Ada', 'next'] }, what);
  }
});

/** Sends bytes; returns what came back until the server closed the connection. */
async function send(origin: string, text: string): Promise<{ statuses: (string | undefined)[]; read: string[] }> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.write(text, 'latin1');
  socket.setTimeout(10_000, () => socket.destroy(new Error('expected the server to close the connection')));
  const said = (await socket.toArray()).join('');
  return {
    statuses: [...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
    read: said.match(/Ada|next|hidden/g) ?? [],
  };
}
