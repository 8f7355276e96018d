import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { served, subgraphSchema, typeDefs, until } from './fixture.ts';
import { type Reloading, reloading, shop, startingWith, yamlOf } from './reload-fixture.ts';

const query = '{ customer(id: "1") { name } order(id: "1") { number state } }';
const answer = { data: { customer: { name: 'Ada' }, order: { number: 'W1', state: 'new' } } };
const refusedText = 'the supergraph cannot be changed to what its files say; the last one stays in use';

/** A way to break what runs, the faults that are told, and a way back. */
interface Broken {
  readonly what: string;
  breakIt(running: Reloading): Promise<unknown>;
  readonly faults: readonly (string | RegExp)[];
  mend(running: Reloading): Promise<unknown>;
}

const rewrite = (file: string, from: string, to: string, faults: Broken['faults'], what: string): Broken => ({
  what,
  faults,
  breakIt: (running) => running.replace(file, from, to),
  mend: (running) => running.replace(file, to, from),
});

const kinds: readonly Broken[] = [
  rewrite(
    'supergraph.yaml',
    'routing_url',
    'routing_uri',
    [
      /supergraph.yaml:3: subgraphs.customers has the key "routing_uri"/,
      /supergraph.yaml:3: subgraphs.customers.routing_url is missing/,
    ],
    'a fault in supergraph.yaml',
  ),
  {
    what: 'no supergraph.yaml',
    breakIt: (running) => running.remove('supergraph.yaml'),
    faults: [/supergraph.yaml: can't be read \(ENOENT\)/],
    mend: async (running) => running.write('supergraph.yaml', yamlOf(startingWith('http://127.0.0.1:9/graphql'))),
  },
  rewrite(
    'customers.graphql',
    'name: String!',
    'name String!',
    ['customers (customers.graphql:8): Syntax Error: Expected ":", found Name "String".'],
    'a syntax error in a schema',
  ),
  rewrite(
    'customers.graphql',
    'name: String!',
    'name: Strong!',
    ['customers (customers.graphql:8): Unknown type Strong'],
    'a schema that does not compose',
  ),
  rewrite(
    'customers.graphql',
    '["@key"])\ntype Query {\n  customer(id: ID!): Customer\n',
    `["@key", "@context", "@fromContext"])
extend type Customer @context(name: "who") { card: Card }
type Card @key(fields: "id") { id: ID! label(of: ID @fromContext(field: "$who { id }")): String }
type Query {
  customer(id: ID!): Customer
`,
    [
      "the composed supergraph can't be loaded: one or more checks failed. Caused by: feature " +
        'https://specs.apollo.dev/context/v0.1 is for: SECURITY but is unsupported',
    ],
    'a schema that does not load',
  ),
  rewrite(
    'subgraphs/orders/backend.ts',
    "'increment_id'",
    "'increment_it'",
    ['orders: backend.ts: Order.number: the system has no "increment_it" (did you mean "increment_id"?).'],
    'a mapping that is not true of the system',
  ),
  rewrite(
    'subgraphs/orders/backend.ts',
    'export const backend = sql({',
    'export const backend = sql({{',
    ['orders: backend.ts:3: does not load (ERR_INVALID_TYPESCRIPT_SYNTAX); the log has its words.'],
    'a mapping that can not be read',
  ),
  rewrite(
    'subgraphs/orders/backend.ts',
    "'SHOP_URL'",
    "'OTHER_URL'",
    [
      'orders: OTHER_URL: not set. Expected sqlite:FILE.',
      'A running gateway sees a new variable only after a restart.',
    ],
    'a setting that is missing',
  ),
];

for (const { what, breakIt, faults: expected, mend } of kinds) {
  test(`${what}: told once, nothing changes, and it mends`, async (t) => {
    const running = await reloading(t);
    const { ways } = running;
    await breakIt(running);
    const faults = await running.faults();
    assert.equal(faults.length, expected.length, faults.join('\n'));
    for (const [i, each] of expected.entries()) {
      if (typeof each === 'string') assert.equal(faults[i], each);
      else assert.match(faults[i] ?? '', each);
    }
    assert.deepEqual(await running.ask(query), answer);
    assert.deepEqual(ways, ['customers', 'orders']);
    const refused = running.log.filter(({ msg }) => msg === refusedText);
    await mend(running);
    await until(async () => (await running.status()).status === 'current');
    assert.deepEqual(
      running.log.filter(({ level, msg }) => Number(level) >= 50 && msg !== 'a module does not load'),
      refused,
    );
    assert.deepEqual(
      refused.map(({ faults }) => faults),
      [faults],
    );
    assert.equal(running.log.filter(({ msg }) => msg === 'the supergraph is up to date again').length, 1);
    if (what !== 'no supergraph.yaml') assert.deepEqual(await running.ask(query), answer);
  });
}

test('a folder that is gone is a fault, not a subgraph that runs elsewhere', async (t) => {
  const running = await reloading(t);
  await running.write('elsewhere.graphql', shop.schema);
  await running.replace('supergraph.yaml', 'subgraphs/orders/schema.graphql', 'elsewhere.graphql');
  await running.remove('subgraphs/orders');
  assert.deepEqual(await running.faults(), ['orders: there is no schema.graphql.', 'orders: there is no backend.ts.']);
  assert.deepEqual(await running.ask(query), answer);
});

test('faults in several places are told together', async (t) => {
  const running = await reloading(t);
  await running.replace('subgraphs/orders/backend.ts', "'increment_id'", "'increment_it'");
  await running.replace('customers.graphql', 'name: String!', 'name String!');
  await until(async () => (await running.faults()).length === 2);
  assert.deepEqual(
    (await running.faults()).map((fault) => fault.split(':')[0]),
    ['customers (customers.graphql', 'orders'],
  );
});

test('a subgraph that joins without an answer to what its schema is leaves everything as it was', async (t) => {
  const hanging: (() => void)[] = [];
  const url = await served(t, (_body, response) => {
    hanging.push(() => response.end('{"data":{"_service":{"sdl":"type Query { late: Int }"}}}'));
  });
  const customers = await served(t, subgraphSchema('customers'));
  const running = await reloading(t, { customers });
  await running.write('supergraph.yaml', yamlOf({ ...startingWith(customers), late: { url } }));
  await until(() => hanging.length > 0);

  // Without the one that hangs, what others change is taken.
  await running.write('supergraph.yaml', yamlOf(startingWith(customers)));
  await running.write('customers.graphql', typeDefs.customers.replace('customers:', 'people:'));
  await until(async () =>
    JSON.stringify(await running.ask('{ __schema { queryType { fields { name } } } }')).includes('people'),
  );
  assert.equal((await running.status()).status, 'current');

  await running.write('supergraph.yaml', yamlOf({ ...startingWith(customers), late: { url: `${url}?token=geheim` } }));
  await until(() => hanging.length > 1);
  for (const answer of hanging) answer();
  await until(async () =>
    JSON.stringify(await running.ask('{ __schema { queryType { fields { name } } } }')).includes('late'),
  );
});

test('a subgraph that refuses to tell its schema is named without its token', async (t) => {
  const url = await served(t, (_body, response) => response.end('{"errors":[{"message":"secret words"}]}'));
  const customers = await served(t, subgraphSchema('customers'));
  const running = await reloading(t, { customers });
  await running.write('supergraph.yaml', yamlOf({ ...startingWith(customers), shy: { url: `${url}?token=geheim` } }));
  assert.deepEqual(await running.faults(), [
    `shy (${url}): the schema can't be read: expected { _service { sdl } } to be text`,
  ]);
  assert.doesNotMatch(JSON.stringify(running.log), /geheim|secret words/);
});

test('a mapping that its system contradicts is taken once the system has what it says', async (t) => {
  const running = await reloading(t);
  await running.replace('subgraphs/orders/backend.ts', "'increment_id'", "'label'");
  assert.deepEqual(await running.faults(), ['orders: backend.ts: Order.number: the system has no "label".']);
  const database = new DatabaseSync(running.path('shop.db'));
  database.exec("alter table sales add column label text not null default 'L1'");
  database.close();
  await until(async () => (await running.status()).status === 'current');
  assert.deepEqual(await running.ask('{ order(id: "1") { number } }'), { data: { order: { number: 'L1' } } });
});
