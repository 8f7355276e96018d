import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { EmbeddedSubgraph } from '../../gateway/transport/in-process.ts';
import { ask, embedded, run, subgraphSchema, until } from './fixture.ts';

const query = '{ customer(id: "1") { name orders { id } } }';
const answer = { data: { customer: { name: 'Ada', orders: [{ id: '10' }, { id: '11' }] } } };

test('closing lets a request in flight finish, and refuses new connections', async (t) => {
  const slow = held(embedded(subgraphSchema('orders')));
  const { origin, server } = await run(t, { subgraphs: { orders: slow.subgraph } });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  await status(`${origin}/health/live`, agent);
  const silent = connect(Number(new URL(origin).port), '127.0.0.1');
  t.after(() => silent.destroy());
  await until(() => silent.readyState === 'open');

  const answered = ask(origin, query);
  await until(() => slow.held);
  let closed = false;
  const closing = server.close().then(() => {
    closed = true;
  });
  await until(() =>
    fetch(`${origin}/health/live`).then(
      () => false,
      () => true,
    ),
  );
  assert.equal(closed, false, 'a request is still in flight');
  slow.release();
  assert.deepEqual(await answered, answer);
  await closing;
});

test('while closing, a request that is on its way learns that the gateway is not ready any more', async (t) => {
  const slow = held(embedded(subgraphSchema('orders')));
  const { origin, server } = await run(t, { subgraphs: { orders: slow.subgraph } });
  const answered = ask(origin, query);
  await until(() => slow.held);
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n');
  await until(() => text.includes('"up"'));
  text = '';
  socket.write('GET /health/ready HTTP/1.1\r\n');
  await ask(origin, '{ __typename }');

  const closing = server.close();
  socket.write('host: x\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
  assert.match(text, /^HTTP\/1\.1 503 .*connection: close.*{"status":"draining","subgraphs":\[\]}$/is);
  slow.release();
  assert.deepEqual(await answered, answer);
  await closing;
});

test('an answer that is made but not sent yet when closing begins is sent to its end', async (t) => {
  const name = 'x'.repeat(16_000_000);
  const customers = embedded(subgraphSchema('customers'));
  const execute = async () => ({ data: { customers: [{ name }] } });
  const { origin, server } = await run(t, { subgraphs: { customers: { ...customers, execute } } });
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.write('GET /graphql?query={customers{name}} HTTP/1.1\r\nhost: x\r\n\r\n');
  await new Promise((resolve) => socket.once('readable', resolve));
  const closed = server.close();
  await until(() =>
    fetch(origin).then(
      () => false,
      () => true,
    ),
  );
  const text = Buffer.concat(await socket.toArray()).toString();
  assert.equal(text.length - text.indexOf('{"data"'), JSON.stringify({ data: { customers: [{ name }] } }).length);
  await closed;
});

test('what is still in flight when the time is over is cut off', async (t) => {
  const slow = held(embedded(subgraphSchema('orders')));
  const { origin, server } = await run(t, { subgraphs: { orders: slow.subgraph }, drainTimeoutMs: 50 });
  const answered = ask(origin, query);
  await until(() => slow.held);
  await Promise.all([assert.rejects(answered), server.close()]);
  assert.equal(slow.signal?.aborted, true);
});

/** A subgraph that keeps its answers back until they are released. */
function held(subgraph: EmbeddedSubgraph) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const state = {
    held: false,
    signal: undefined as AbortSignal | undefined,
    release: resolve,
    subgraph: {
      ...subgraph,
      async execute(request, call) {
        state.held = true;
        state.signal = call.signal;
        await promise;
        return subgraph.execute(request, call);
      },
    } satisfies EmbeddedSubgraph,
  };
  return state;
}

function status(url: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => response.resume().on('end', () => resolve(response.statusCode))).on(
      'error',
      reject,
    );
  });
}
