import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openToAll } from '../../gateway/access/access.ts';
import { createServer } from '../../gateway/server.ts';
import type { Gateway } from '../../gateway/supergraph/gateway.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { embedded, post, run, served, subgraphSchema } from './fixture.ts';

test('before the first schema the gateway lives but is not ready', async (t) => {
  const log = createLog({ level: 'silent' });
  const { gateway } = await run(t);
  const { promise, resolve } = Promise.withResolvers<Gateway>();
  const server = createServer({ access: await openToAll(log), gateway: promise, log, requestTimeoutMs: 1_000 });
  t.after(() => server.close());
  const origin = await server.listen({ host: '127.0.0.1', port: 0 });

  assert.deepEqual(await get(origin, '/health/live'), [200, { status: 'up' }]);
  assert.deepEqual(await get(origin, '/health/ready'), [503, { status: 'starting', subgraphs: [] }]);
  const early = await post(origin, '{"query":"{ __typename }"}');
  const message = 'The gateway has no schema yet. Try again in a moment.';
  assert.equal(early.status, 503);
  assert.deepEqual(await early.json(), { errors: [{ message, extensions: { code: 'SERVICE_UNAVAILABLE' } }] });

  resolve(gateway);
  const [status] = await get(origin, '/health/ready');
  assert.equal(status, 200);
});

test('each subgraph and its system is reported, and one that is down does not take the gateway with it', async (t) => {
  const orders = await served(t, (_body, response, { url }) => {
    assert.equal(url, '/health/ready');
    const system = { name: 'shop', kind: 'sql', status: 'down', latencyMs: 3, faults: ['Order.number'] };
    response.end(JSON.stringify({ status: 'up', system }));
  });
  const ill = { ...embedded(subgraphSchema('customers')), health: () => Promise.reject(new Error('no CRM')) };
  const { origin } = await run(t, { subgraphs: { customers: ill, orders } });
  assert.deepEqual(withoutLatency(await get(origin, '/health/ready')), [
    200,
    {
      status: 'up',
      subgraphs: [
        { name: 'customers', status: 'down', where: 'in-process' },
        {
          name: 'orders',
          status: 'up',
          where: new URL(orders).origin,
          system: { name: 'shop', kind: 'sql', status: 'down', latencyMs: 3, faults: ['Order.number'] },
        },
      ],
    },
  ]);
});

test('a subgraph without a health route is asked for its type name', async (t) => {
  const orders = await served(t, subgraphSchema('orders'));
  const customers = await served(t, (_body, response) => response.writeHead(500).end());
  const { origin } = await run(t, { subgraphs: { customers, orders } });
  assert.deepEqual(withoutLatency(await get(origin, '/health/ready')), [
    200,
    {
      status: 'up',
      subgraphs: [
        { name: 'customers', status: 'down', where: new URL(customers).origin },
        { name: 'orders', status: 'up', where: new URL(orders).origin },
      ],
    },
  ]);
});

test('a subgraph that hangs is down after a second, and many probes ask it once', async (t) => {
  let asked = 0;
  const orders = await served(t, () => {
    asked += 1;
  });
  const { origin } = await run(t, { subgraphs: { orders } });
  const answers = await Promise.all([1, 2, 3, 4].map(() => get(origin, '/health/ready')));
  for (const [status, body] of answers) {
    assert.equal(status, 200);
    assert.equal(body.subgraphs?.find(({ name }) => name === 'orders')?.status, 'down');
  }
  assert.equal(asked, 1);
});

interface Health {
  status: string;
  subgraphs?: { name: string; status: string; latencyMs?: number }[];
}

async function get(origin: string, path: string): Promise<[number, Health]> {
  const response = await fetch(origin + path);
  return [response.status, (await response.json()) as Health];
}

function withoutLatency([status, body]: [number, Health]): [number, Health] {
  for (const subgraph of body.subgraphs ?? []) {
    assert.equal(typeof subgraph.latencyMs, 'number');
    delete subgraph.latencyMs;
  }
  return [status, body];
}
