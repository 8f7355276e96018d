import assert from 'node:assert/strict';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { served, subgraphSchema, typeDefs, until } from './fixture.ts';
import { reloading, shop, startingWith, yamlOf } from './reload-fixture.ts';

const orderQuery = '{ order(id: "1") { number state } }';
const orderAnswer = { data: { order: { number: 'W1', state: 'new' } } };

test('at the start nothing changes, and the files are said to be current', async (t) => {
  const { ask, status, ways, log, gateway } = await reloading(t);
  assert.deepEqual(await ask(orderQuery), orderAnswer);
  const { since, ...rest } = await status();
  const { version } = gateway.state();
  assert.deepEqual(rest, { status: 'current', version });
  assert.ok(Math.abs(Date.parse(since) - Date.now()) < 10_000, since);
  assert.deepEqual(ways, ['customers', 'orders']);
  assert.deepEqual(
    log.filter(({ msg }) => /supergraph/.test(String(msg))),
    [],
  );
});

test('a subgraph is added and taken away by supergraph.yaml; the others are left alone', async (t) => {
  const url = await served(t, shipping);
  const customers = await served(t, subgraphSchema('customers'));
  const running = await reloading(t, { customers });
  await running.write('shipping.graphql', shippingSdl);
  await running.write(
    'supergraph.yaml',
    yamlOf({ ...startingWith(customers), shipping: { url, file: 'shipping.graphql' } }),
  );
  const query = '{ order(id: "1") { number carrier } }';
  const answer = { data: { order: { number: 'W1', carrier: 'DHL' } } };
  await until(async () => 'data' in ((await running.ask(query)) as object));
  assert.deepEqual(await running.ask(query), answer);
  assert.deepEqual(running.ways, ['customers', 'orders', 'shipping']);

  await running.write('supergraph.yaml', yamlOf(startingWith(customers)));
  await until(() => running.ways.includes('shipping closed'));
  assert.deepEqual(running.ways, ['customers', 'orders', 'shipping', 'shipping closed']);
  assert.match(JSON.stringify(await running.ask(query)), /Cannot query field \\"carrier\\"/);
  const changes = running.log.filter(({ msg }) => msg === 'the supergraph has changed');
  assert.deepEqual(
    changes.map(({ joined, left, reopened }) => ({ joined, left, reopened })),
    [
      { joined: ['shipping'], left: [], reopened: [] },
      { joined: [], left: ['shipping'], reopened: [] },
    ],
  );
});

test('a subgraph with a folder here joins inside the process, and leaves it', async (t) => {
  const customers = await served(t, subgraphSchema('customers'));
  const running = await reloading(t, { customers });
  const renamed = (text: string) => text.replaceAll('Order', 'Return').replaceAll('order(', 'return(');
  await running.write('subgraphs/returns/schema.graphql', renamed(shop.schema));
  await running.write('subgraphs/returns/backend.ts', renamed(shop.backend));
  const returns = { url: 'http://returns/graphql', file: 'subgraphs/returns/schema.graphql' };
  await running.write('supergraph.yaml', yamlOf({ ...startingWith(customers), returns }));
  await until(async () => 'data' in ((await running.ask('{ return(id: "1") { number } }')) as object));
  const inside = (await running.gateway.health()).filter(({ where }) => where === 'in-process');
  assert.deepEqual(
    inside.map(({ name }) => name),
    ['orders', 'returns'],
  );
  await running.write('supergraph.yaml', yamlOf(startingWith(customers)));
  await until(() => running.ways.includes('returns closed'));
  assert.deepEqual(await running.ask(orderQuery), orderAnswer);
});

test('a changed mapping opens its subgraph anew, with the schema as it was', async (t) => {
  const running = await reloading(t);
  const operations = () => running.gateway.use(async (generation) => generation.operations);
  const before = await operations();
  await running.replace('subgraphs/orders/backend.ts', "number: 'increment_id'", "number: 'entity_id'");
  await until(() => running.ways.includes('orders closed'));
  assert.deepEqual(await running.ask(orderQuery), { data: { order: { number: '1', state: 'new' } } });
  assert.deepEqual(running.ways, ['customers', 'orders', 'orders', 'orders closed']);
  assert.equal(await operations(), before, 'what was prepared stays');
});

test('a file beside the mapping counts too', async (t) => {
  const running = await reloading(t);
  await running.write('subgraphs/orders/columns.ts', "export const number = 'entity_id';\n");
  const backend = `import { number } from './columns.ts';\n${shop.backend.replace("'increment_id'", 'number')}`;
  await running.write('subgraphs/orders/backend.ts', backend);
  await until(async () => JSON.stringify(await running.ask(orderQuery)).includes('"1"'));
  await running.replace('subgraphs/orders/columns.ts', 'entity_id', 'increment_id');
  await until(async () => JSON.stringify(await running.ask(orderQuery)).includes('"W1"'));
});

test('a changed contract changes the schema and the subgraph together', async (t) => {
  const running = await reloading(t);
  await running.replace('subgraphs/orders/schema.graphql', 'state: String', 'condition: String');
  // The folder is half done: the mapping doesn't have the new field yet.
  assert.deepEqual(await running.faults(), [
    'orders: backend.ts: Order.state: the type has no field of this name in schema.graphql.',
    'orders: schema.graphql:8: Order.condition: neither mapped in backend.ts nor resolved in resolvers.ts.',
  ]);
  assert.deepEqual(await running.ask(orderQuery), orderAnswer);
  await running.replace('subgraphs/orders/backend.ts', "state: 'state'", "condition: 'state'");
  await until(async () => (await running.status()).status === 'current');
  assert.deepEqual(await running.ask('{ order(id: "1") { condition } }'), { data: { order: { condition: 'new' } } });
});

test('a published schema is asked for again and again, whatever another subgraph does', async (t) => {
  let sdl = shippingSdl;
  const remote = await served(t, (body, response) => answerAs(sdl, body, (text) => response.end(text)));
  const published = `subgraphs:\n  shipping: { schema: { subgraph_url: "${remote}" } }\n`;
  const running = await reloading(t, { yaml: (customers) => yamlOf(startingWith(customers)) + published.slice(11) });
  sdl = shippingSdl.replace('carrier: String', 'carrier: String\n  express: Boolean');
  const query = '{ __type(name: "Order") { fields { name } } }';
  await until(async () => JSON.stringify(await running.ask(query)).includes('express'));

  // What is down keeps the schema that it had; and nothing is outdated.
  sdl = '';
  await until(() => running.log.some(({ msg }) => msg === 'a published schema could not be asked for'));
  assert.equal((await running.status()).status, 'current');
  assert.match(JSON.stringify(await running.ask(query)), /express/);
});

test('a file that is still being written is not read', async (t) => {
  const running = await reloading(t, { pollMs: 300 });
  const path = running.path('customers.graphql');
  for (let i = 0; i < 1_000; i++) await writeFile(path, typeDefs.customers.slice(0, 250 + (i % 50)));
  await writeFile(path, typeDefs.customers.replace('name: String!', 'nick: String'));
  const query = '{ __type(name: "Customer") { fields { name } } }';
  await until(async () => JSON.stringify(await running.ask(query)).includes('nick'));
  assert.deepEqual(
    running.log.filter(({ level }) => Number(level) >= 40),
    [],
  );
});

test('a mounted folder is exchanged by a symbolic link', async (t) => {
  const running = await reloading(t);
  const { path } = running;
  for (const [version, field] of [
    ['v1', 'name'],
    ['v2', 'nick'],
  ] as const) {
    await mkdir(path(version));
    await writeFile(
      path(`${version}/customers.graphql`),
      typeDefs.customers.replace('name: String!', `${field}: String`),
    );
  }
  await symlink('v1', path('..data'));
  await running.replace('supergraph.yaml', 'file: customers.graphql', 'file: ..data/customers.graphql');
  const query = '{ __type(name: "Customer") { fields { name type { kind } } } }';
  const type = async () => JSON.stringify(await running.ask(query));
  await until(async () => (await type()).includes('"name","type":{"kind":"SCALAR"}'));
  await symlink('v2', path('..data.new'));
  await rename(path('..data.new'), path('..data'));
  await until(async () => (await type()).includes('nick'));
});

const shippingSdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { carriers: [String!] }
type Order @key(fields: "id") { id: ID! carrier: String }
`;
const shipping = schemaOf(shippingSdl);

function schemaOf(sdl: string) {
  return buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: { Order: { carrier: () => 'DHL' } } as never }]);
}

/** Answers as a subgraph with this schema does; without one, as a server that is ill. */
async function answerAs(sdl: string, body: string, end: (text: string) => void): Promise<void> {
  if (sdl === '') return end('Bad gateway');
  end(
    JSON.stringify(
      await graphql({ schema: schemaOf(sdl), source: JSON.parse(body || '{}').query ?? '{ __typename }' }),
    ),
  );
}
