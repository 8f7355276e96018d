import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { run } from '../fixture.ts';

const body = '{"query":"{ customer(id: \\"1\\") { name } }"}';
const post = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const get = `GET /graphql?query={customer(id:"2"){name}} HTTP/1.1\r\nhost: x\r\n\r\n`;

test('requests before something that is not HTTP, on one connection and at once, are answered first', async (t) => {
  const { origin } = await run(t);
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.write(`${post}${get}${post}GARBAGE\r\n\r\n`);
  const text = (await socket.toArray()).join('');
  assert.deepEqual(
    [...text.matchAll(/HTTP\/1\.1 (\d+)|"name":"(\w+)"|"code":"(\w+)"/g)].map(([, ...found]) => found.find(Boolean)),
    ['200', 'Ada', '200', 'Grace', '200', 'Ada', '400', 'BAD_REQUEST'],
  );
});

test('a request whose own body is not HTTP is refused, and the one before it is answered', async (t) => {
  const { origin } = await run(t);
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  const bad = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n`;
  socket.write(`${post}${bad}`);
  const text = (await socket.toArray()).join('');
  assert.deepEqual(
    [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
    ['200', '400'],
  );
});
