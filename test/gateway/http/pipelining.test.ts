import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { embedded, run, subgraphSchema } from '../fixture.ts';

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

test('a connection on which too much is asked at once ends; what was asked until then is answered', async (t) => {
  const customers = embedded(subgraphSchema('customers'));
  let asked = 0;
  const all = Promise.withResolvers<void>();
  const { origin } = await run(t, {
    subgraphs: {
      customers: {
        ...customers,
        async execute(request, call) {
          asked += 1;
          if (asked === 64) setImmediate(all.resolve);
          await all.promise;
          return customers.execute(request, call);
        },
      },
    },
  });
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.write(Array.from({ length: 1_000 }, (_, i) => get.replace('"2"', `"${i}"`)).join(''));
  const text = (await socket.toArray()).join('');
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  assert.deepEqual(statuses, [...Array.from({ length: 64 }, () => '200'), '429']);
  assert.match(text, /connection: close\r\n.*"TOO_MANY_REQUESTS"}}]}$/is);
  assert.equal(asked, 64);
});

test('so it does where all of it is refused without a look at what is asked', async (t) => {
  const { origin } = await run(t);
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.write('PUT /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'.repeat(100));
  const text = (await socket.toArray()).join('');
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  assert.deepEqual(statuses, [...Array.from({ length: 64 }, () => '405'), '429']);
});
