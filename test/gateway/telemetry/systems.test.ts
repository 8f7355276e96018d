import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readConfig } from '../../../gateway/config.ts';
import { Embedded } from '../../../gateway/embedded/embed.ts';
import { startGateway } from '../../../gateway/start.ts';
import { readSupergraphFile } from '../../../gateway/supergraph/file.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';
import { openMetrics } from '../../../gateway/telemetry/process-metrics.ts';
import type { LastHour, SystemsReport } from '../../../gateway/telemetry/systems-report.ts';
import { type Answer, ask, embedded, folderWith, served, subgraphSchema, typeDefs, until } from '../fixture.ts';

/** A gateway as settings make it, over two subgraphs that can be told to fail. */
async function started(t: TestContext) {
  const dead = new Set<string>();
  const answering = (name: 'customers' | 'orders'): Answer => {
    const subgraph = embedded(subgraphSchema(name));
    return async (body, response, { url }) => {
      if (dead.has(name)) return response.destroy();
      const system = { name: name === 'orders' ? 'shop' : 'crm', kind: 'sql', status: 'up', latencyMs: 1 };
      if (url === '/health/ready') return response.end(JSON.stringify({ status: 'up', system }));
      const result = await subgraph.execute(JSON.parse(body), { signal: new AbortController().signal, requestId: '' });
      return response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
    };
  };
  const urls = { customers: await served(t, answering('customers')), orders: await served(t, answering('orders')) };
  const entries = Object.entries(urls).map(
    ([name, url]) => `  ${name}: { routing_url: "${url}", schema: { file: ${name}.graphql } }`,
  );
  const folder = await folderWith(t, {
    'customers.graphql': typeDefs.customers,
    'orders.graphql': typeDefs.orders,
    'supergraph.yaml': `federation_version: 2\nsubgraphs:\n${entries.join('\n')}\n`,
  });
  const config = readConfig({
    SUPERGRAPH_CONFIG: join(folder, 'supergraph.yaml'),
    SUPERGRAPH_POLL_MS: '20',
    DEMO_FOLDER: folder,
    // Nobody is refused for asking often.
    AUTHENTICATION: 'off',
    SLOW_OPERATION_MS: '0',
    PORT: '0',
  });
  let origin = '';
  const said: string[] = [];
  const log = createLog({
    level: 'info',
    output: {
      write(line: string) {
        const { url = origin, msg } = JSON.parse(line);
        origin = url;
        said.push(msg);
      },
    },
  });
  const nothing = async () => {};
  const standIns = Promise.resolve({
    names: [],
    settings: {},
    add: nothing,
    keep: nothing,
    supervise() {},
    close: nothing,
  });
  const running = await startGateway({
    config,
    file: await readSupergraphFile(config.supergraphFile),
    environment: {},
    log,
    embedding: Promise.resolve(new Embedded({ environment: {}, standIns, systemTimeoutMs: 1_000, log })),
    metrics: openMetrics(config.telemetry),
    inside: [],
    conditions: [],
  });
  t.after(() => running.stop());
  const systems = async () => (await (await fetch(`${origin}/systems.json`)).json()) as SystemsReport;
  const write = (file: string, text: string) => writeFile(join(folder, file), text);
  return { origin, dead, systems, write, urls, said };
}

function calls({ minutes }: LastHour): number {
  return minutes.reduce((sum, each) => sum + each.calls, 0);
}

test('the gateway, its supergraph, its subgraphs and their systems are told, with their last hour', async (t) => {
  const { origin, systems, urls } = await started(t);
  for (const id of ['1', '2']) await ask(origin, `{ customer(id: "${id}") { name orders { total } } }`);
  const { gateway, supergraph, subgraphs } = await systems();
  assert.equal(gateway.node, process.version);
  assert.match(gateway.version, /^\d+\.\d+\.\d+$/);
  assert.deepEqual(gateway.workers, { answering: 1, missing: 0 });
  assert.ok(Date.now() - Date.parse(gateway.startedAt) < 600_000);
  const { lastHour } = gateway;
  assert.ok(lastHour);
  assert.equal(lastHour.minutes.length, 60);
  assert.equal(calls(lastHour), 2);
  assert.ok(lastHour.minutes.some(({ slowestMs }) => slowestMs > 0));
  assert.deepEqual([lastHour.errors, lastHour.byCode], [[], {}]);
  assert.match(supergraph.version, /^[\da-f]{12}$/);
  assert.deepEqual([supergraph.status, supergraph.faults], ['current', []]);
  assert.ok((supergraph.composedInMs ?? 0) > 0);
  assert.ok(Math.abs(Date.parse(supergraph.composedAt) - Date.now()) < 60_000);
  assert.deepEqual(
    subgraphs.map(({ name, where, status, system, lastHour }) => [
      name,
      where,
      status,
      system?.name,
      lastHour && calls(lastHour),
    ]),
    [
      ['customers', new URL(urls.customers).origin, 'up', 'crm', 2],
      ['orders', new URL(urls.orders).origin, 'up', 'shop', 2],
    ],
  );
  const ready = (await (await fetch(`${origin}/health/ready`)).json()) as { supergraph: { version: string } };
  assert.equal(ready.supergraph.version, supergraph.version);
});

test('a subgraph that is gone is down, and its errors are told with the requests that had them', async (t) => {
  const { origin, dead, systems } = await started(t);
  dead.add('orders');
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'mine' },
    body: JSON.stringify({ query: '{ order(id: "1") { total } }' }),
  });
  await response.json();
  // How it is isn't asked more than once a second.
  const ordersNow = async () => (await systems()).subgraphs.find(({ name }) => name === 'orders');
  await until(async () => (await ordersNow())?.status === 'down');
  const { gateway, subgraphs } = await systems();
  const orders = await ordersNow();
  const errors = orders?.lastHour?.errors.map(({ code, requestId }) => [code, requestId]);
  assert.deepEqual(errors, [['SUBGRAPH_UNAVAILABLE', 'mine']]);
  assert.deepEqual(orders?.lastHour?.byCode, { SUBGRAPH_UNAVAILABLE: 1 });
  assert.deepEqual(gateway.lastHour?.byCode, { ERRORS: 1 });
  assert.equal(subgraphs.find(({ name }) => name === 'customers')?.status, 'up');
});

test('a broken composition is told with its messages, and the version in use stays; mended, there is another one', async (t) => {
  const { origin, systems, write, said } = await started(t);
  const before = (await systems()).supergraph;
  await write('orders.graphql', typeDefs.orders.replace('total: Int', 'total: Nothing'));
  await until(() => said.some((msg) => msg.startsWith('the supergraph cannot be changed')));
  const broken = (await systems()).supergraph;
  assert.equal(broken.status, 'outdated');
  assert.deepEqual([broken.version, broken.composedAt], [before.version, before.composedAt]);
  assert.match(broken.faults.join(), /orders.graphql:\d+\): Unknown type Nothing/);
  const text = await (await fetch(`${origin}/metrics`)).text();
  assert.match(text, /^junction_supergraph_outdated 1$/m);
  assert.match(text, new RegExp(`^junction_supergraph_info\\{version="${before.version}"\\} 1$`, 'm'));
  await write('orders.graphql', typeDefs.orders.replace('total: Int', 'total: Int sum: Int'));
  await until(() => said.includes('the supergraph is up to date again'));
  const mended = (await systems()).supergraph;
  assert.equal(mended.status, 'current');
  assert.notEqual(mended.version, before.version);
  assert.deepEqual(mended.faults, []);
  const after = await (await fetch(`${origin}/metrics`)).text();
  assert.match(after, new RegExp(`^junction_supergraph_info\\{version="${mended.version}"\\} 1$`, 'm'));
  assert.doesNotMatch(after, new RegExp(before.version));
});

test('nothing that clients send is told: no value, no text, no alias, no header', async (t) => {
  const { origin, dead } = await started(t);
  const send = (body: object, headers: Record<string, string> = {}) =>
    fetch(`${origin}/graphql?marker=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'marker', ...headers },
      body: JSON.stringify({ extensions: { marker: 'marker' }, ...body }),
    }).then((response) => response.text());
  const query = 'query ($id: ID!) { marker: customer(id: $id) { name } order(id: "marker") { total } }';
  await send({ query, variables: { id: 'marker' } });
  dead.add('orders').add('customers');
  await send({ query, variables: { id: 'marker' } });
  await send({ query: '{ marker }' });
  await send({ query: '{ marker', operationName: 'marker' });
  await send({ query: 'query Known { order(id: "1") { total } }' }, { authorization: 'Bearer marker' });
  await send({ extensions: { persistedQuery: { version: 1, sha256Hash: 'marker' } } });
  for (const path of ['/metrics', '/systems.json']) {
    const text = await (await fetch(origin + path)).text();
    assert.match(text, path === '/metrics' ? /operation="anonymous"/ : /SUBGRAPH_UNAVAILABLE/);
    assert.doesNotMatch(text, /marker/i, path);
  }
});
