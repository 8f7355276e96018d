import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool } from 'undici';
import { served, subgraphSchema, until } from './fixture.ts';
import { reloading, startingWith, yamlOf } from './reload-fixture.ts';

const connections = 50;
const query = '{ customer(id: "1") { name } order(id: "1") { number state } }';
const answer = '{"data":{"customer":{"name":"Ada"},"order":{"number":"W1","state":"new"}}}';

test('under 50 connections, joining, leaving, reopening and breaking fail no request', async (t) => {
  const customers = await served(t, subgraphSchema('customers'));
  const running = await reloading(t, { customers });
  const load = loadOn(running.origin);
  t.after(() => load.stop());
  const { write, replace, ways, status } = running;
  /** Goes on until requests that began after now have been answered, and reports the slowest since the last time. */
  const reached = async (what: string) => {
    const enough = load.answered() + 2 * connections;
    await until(() => load.answered() >= enough);
    t.diagnostic(`${what}: ${load.answered()} requests so far, the slowest since took ${load.slowestMs()} ms`);
  };
  await reached('warmed up');
  await reached('before');

  const joined = { url: 'http://127.0.0.1:9/graphql', file: 'joined.graphql' };
  await write('joined.graphql', 'type Query { joined: Int }');
  await write('supergraph.yaml', yamlOf({ ...startingWith(customers), joined }));
  await until(() => ways.includes('joined'));
  await reached('joined');

  await replace('subgraphs/orders/backend.ts', "'SHOP_URL', ", "'SHOP_URL',  ");
  await until(() => ways.includes('orders closed'));
  await reached('reopened');

  const whole = await replace('customers.graphql', 'name: String!', 'name String!');
  await until(async () => (await status()).status === 'outdated');
  await reached('refused');
  await write('customers.graphql', whole);
  await until(async () => (await status()).status === 'current');
  await reached('mended');

  await write('supergraph.yaml', yamlOf(startingWith(customers)));
  await until(() => ways.includes('joined closed'));
  await reached('left');
  await reached('after');

  await load.stop();
  assert.deepEqual(load.failures, []);
  assert.deepEqual(ways, ['customers', 'orders', 'joined', 'orders', 'orders closed', 'joined closed']);
});

/** Asks again and again over 50 connections, each as soon as it has its answer. */
function loadOn(origin: string) {
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const failures: string[] = [];
  let answered = 0;
  let slowestMs = 0;
  let going = true;
  async function one(): Promise<void> {
    while (going) {
      const started = performance.now();
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const body = JSON.stringify({ query });
      const got = await pool.request({ method: 'POST', path: '/graphql', headers, body }).then(
        ({ body }) => body.text(),
        (error: unknown) => String(error),
      );
      if (got !== answer) failures.push(got);
      answered += 1;
      slowestMs = Math.max(slowestMs, performance.now() - started);
    }
  }
  const ended = Promise.all(Array.from({ length: connections }, one));
  return {
    failures,
    answered: () => answered,
    /** The slowest since this was last asked, in whole milliseconds. */
    slowestMs() {
      const slowest = Math.round(slowestMs);
      slowestMs = 0;
      return slowest;
    },
    async stop() {
      going = false;
      await ended;
      await pool.close().catch(() => {});
    },
  };
}
