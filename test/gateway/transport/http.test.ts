import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Cancellation } from '../../../gateway/transport/cancellation.ts';
import { httpTransport } from '../../../gateway/transport/http.ts';
import { call, closing, request, served, servedByHand } from './fixture.ts';

test('a request is what GraphQL over HTTP says', async (t) => {
  const seen: unknown[] = [];
  const url = await served(t, (response, { method, url, headers }, body) => {
    const { accept, 'content-type': type, 'accept-encoding': encoding = 'none', 'x-request-id': id } = headers;
    seen.push({ method, url, accept, type, encoding, id, body: JSON.parse(body) });
    response.end('{"data":{"a":1}}');
  });
  const transport = closing(t, httpTransport(url));
  const named = request('query A($id: ID) { a(id: $id) }', { variables: { id: 'ä"1' } });
  const response = await transport.fetch(
    { ...named, operation: { ...named.operation, name: 'A' } },
    call({ requestId: 'r1' }),
  );
  assert.deepEqual(response, { data: { a: 1 } });
  assert.deepEqual(seen, [
    {
      method: 'POST',
      url: '/graphql?v=1',
      accept: 'application/graphql-response+json, application/json',
      type: 'application/json',
      encoding: 'none',
      id: 'r1',
      body: { query: named.operation.query, operationName: 'A', variables: { id: 'ä"1' } },
    },
  ]);
});

test('a response that comes in pieces, cut inside a character, is read as a whole', async (t) => {
  const bytes = Buffer.from('\ufeff{"data":{"name":"Zoë"}}');
  const at = bytes.indexOf(0xc3) + 1;
  const url = await served(t, (response) => {
    response.write(bytes.subarray(0, at));
    setImmediate(() => response.end(bytes.subarray(at)));
  });
  const transport = closing(t, httpTransport(url));
  assert.deepEqual(await transport.fetch(request('{ name }'), call()), { data: { name: 'Zoë' } });
});

const ok = '{"data":{"a":1}}';
const okResponse = `HTTP/1.1 200 OK\r\ncontent-length: ${ok.length}\r\n\r\n${ok}`;

test('a query that meets a connection just closed as idle is sent once more', async (t) => {
  const { url, count } = await closingOnSecond(t);
  const transport = closing(t, httpTransport(url));
  assert.deepEqual(await transport.fetch(request('{ a }'), call()), { data: { a: 1 } });
  await idle();
  assert.deepEqual(await transport.fetch(request('{ a }'), call()), { data: { a: 1 } });
  assert.deepEqual(count, { requests: 3, connections: 2 });
});

test('a mutation that meets a connection just closed is not: it may have been carried out', async (t) => {
  const { url, count } = await closingOnSecond(t);
  const transport = closing(t, httpTransport(url));
  const mutation = request('mutation { a }', { kind: 'mutation' });
  await transport.fetch(mutation, call());
  await idle();
  await assert.rejects(transport.fetch(mutation, call()), { code: 'SUBGRAPH_UNAVAILABLE' });
  assert.deepEqual(count, { requests: 2, connections: 1 });
});

test('a query that breaks a new connection is not sent again', async (t) => {
  let requests = 0;
  const url = await servedByHand(t, (socket) => {
    requests += 1;
    socket.destroy();
  });
  const transport = closing(t, httpTransport(url));
  await assert.rejects(transport.fetch(request('{ a }'), call()), { code: 'SUBGRAPH_UNAVAILABLE' });
  assert.equal(requests, 1);
});

test('a response that breaks off is not asked for again', async (t) => {
  let requests = 0;
  const url = await servedByHand(t, (socket, nth) => {
    requests += 1;
    if (nth === 1) socket.write(okResponse);
    else socket.write(okResponse.slice(0, -3), () => socket.destroy());
  });
  const transport = closing(t, httpTransport(url));
  await transport.fetch(request('{ a }'), call());
  await idle();
  await assert.rejects(transport.fetch(request('{ a }'), call()), { code: 'SUBGRAPH_FAILED', message: /broke off/ });
  assert.equal(requests, 2);
});

test('what speaks another protocol is there, but can not be read', async (t) => {
  const url = await servedByHand(t, (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
  const transport = closing(t, httpTransport(url));
  await assert.rejects(transport.fetch(request('{ a }'), call()), { code: 'SUBGRAPH_FAILED' });
});

test('a fetch that is out of time or canceled while it waits for a connection is never sent', async (t) => {
  const held: { end(text: string): unknown }[] = [];
  const gate = Promise.withResolvers<void>();
  const url = await served(t, (response) => {
    held.push(response);
    if (held.length === 64) gate.resolve();
  });
  const transport = closing(t, httpTransport(url));
  const first = Array.from({ length: 64 }, (_, i) => transport.fetch(request(`{ a${i} }`), call()));
  await gate.promise;
  const cancellation = new Cancellation();
  const canceled = assert.rejects(transport.fetch(request('{ canceled }'), call({ cancellation })), {
    code: 'REQUEST_CANCELED',
  });
  cancellation.cancel();
  await canceled;
  await assert.rejects(transport.fetch(request('{ late }'), call({ ms: 20 })), {
    code: 'SUBGRAPH_TIMEOUT',
    message: 'no answer within 20 ms',
  });
  for (const response of held.splice(0)) response.end(ok);
  await Promise.all(first);
  const last = transport.fetch(request('{ last }'), call());
  await untilHeld();
  assert.equal(held.length, 1, 'only the last');
  held[0]?.end(ok);
  assert.deepEqual(await last, { data: { a: 1 } });

  async function untilHeld() {
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
  }
});

test('a fetch without time left, or of a client that is gone, is not begun', async (t) => {
  let requests = 0;
  const url = await served(t, (response) => {
    requests += 1;
    response.end(ok);
  });
  const transport = closing(t, httpTransport(url));
  const cancellation = new Cancellation();
  cancellation.cancel();
  await assert.rejects(transport.fetch(request('{ a }'), call({ ms: -1 })), { code: 'SUBGRAPH_TIMEOUT' });
  await assert.rejects(transport.fetch(request('{ a }'), call({ cancellation })), { code: 'REQUEST_CANCELED' });
  assert.equal(requests, 0);
});

test('a compressed response is read, and asked for only where that was chosen', async (t) => {
  const text = JSON.stringify({ data: { text: 'x'.repeat(100_000) } });
  const encodings: unknown[] = [];
  const url = await served(t, (response, { headers }) => {
    encodings.push(headers['accept-encoding']);
    response.setHeader('content-encoding', 'gzip').end(gzipSync(text));
  });
  const plain = closing(t, httpTransport(url));
  const compressed = closing(t, httpTransport(url, { compressed: true }));
  assert.deepEqual(await compressed.fetch(request('{ text }'), call()), JSON.parse(text));
  assert.deepEqual(await plain.fetch(request('{ text }'), call()), JSON.parse(text), 'it came without being asked for');
  assert.deepEqual(encodings, ['gzip', undefined]);
});

test('errors whose messages are not for clients keep their places and codes alone', async (t) => {
  const error = { message: 'user "app" of db-7', path: ['a', 0], extensions: { code: 'DENIED' } };
  const url = await served(t, (response) => response.end(JSON.stringify({ errors: [error], data: { a: [null] } })));
  const [told, quiet] = [true, false].map((messages) => closing(t, httpTransport(url, { messages })));
  const { message: _, ...rest } = error;
  assert.deepEqual(await told?.fetch(request('{ a }'), call()), { errors: [error], data: { a: [null] } });
  assert.deepEqual(await quiet?.fetch(request('{ a }'), call()), { errors: [rest], data: { a: [null] } });
});

const unreadable = {
  'that is a bomb': { encoding: 'gzip', bytes: gzipSync(Buffer.alloc(17 * 1024 * 1024, 'x')) },
  'that breaks off': { encoding: 'gzip', bytes: gzipSync(ok).subarray(0, -10) },
  'in an encoding that nobody asked for': { encoding: 'br', bytes: Buffer.from(ok) },
};

for (const [what, { encoding, bytes }] of Object.entries(unreadable)) {
  test(`a compressed response ${what} can not be read`, async (t) => {
    const url = await served(t, (response) => response.setHeader('content-encoding', encoding).end(bytes));
    const transport = closing(t, httpTransport(url, { compressed: true }));
    await assert.rejects(transport.fetch(request('{ a }'), call()), { code: 'SUBGRAPH_FAILED', message: /decompress/ });
  });
}

/** undici takes a connection for idle a turn of the event loop after its response. */
async function idle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Answers the first request on its first connection, and closes that instead of answering the second. */
async function closingOnSecond(t: Parameters<typeof servedByHand>[0]) {
  const count = { requests: 0, connections: 0 };
  const url = await servedByHand(t, (socket: Socket, nth) => {
    count.requests += 1;
    if (nth === 1) count.connections += 1;
    if (nth === 1) socket.write(okResponse);
    else socket.destroy();
  });
  return { url, count };
}
