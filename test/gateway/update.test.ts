import assert from 'node:assert/strict';
import { test } from 'node:test';
import { embedded, run, subgraphSchema, supergraphOf, typeDefs, until } from './fixture.ts';

const urls = { customers: 'http://customers/graphql', orders: 'http://orders/graphql' };
const query = '{ customer(id: "1") { name orders { id } } }';
const answer = { data: { customer: { name: 'Ada', orders: [{ id: '10' }, { id: '11' }] } } };

test('a new supergraph serves new requests, while one in flight ends on the old one', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  const customers = embedded(subgraphSchema('customers'));
  const slow = {
    ...customers,
    async execute(...[request, call]: Parameters<typeof customers.execute>) {
      asked += 1;
      if (asked === 1) await promise;
      return customers.execute(request, call);
    },
  };
  const { ask, gateway } = await run(t, { subgraphs: { customers: slow } });
  const early = ask(query);
  await until(() => asked === 1);

  const { orders: _gone, ...left } = urls;
  gateway.update(await supergraphOf(t, left));
  assert.deepEqual(await ask(query), {
    errors: [
      {
        message: 'Cannot query field "orders" on type "Customer".',
        locations: [{ line: 1, column: 28 }],
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ],
  });
  assert.deepEqual(
    (await gateway.health()).map(({ name }) => name),
    ['customers'],
  );
  resolve();
  assert.deepEqual(await early, answer);
});

test('a supergraph that does not load changes nothing', async (t) => {
  const { ask, gateway } = await run(t);
  assert.throws(() => gateway.update({ sdl: 'type Query { a: Int }', subgraphs: [], hints: [] }));
  assert.deepEqual(await ask(query), answer);
});

test('a supergraph with rules that nobody would enforce is refused, and the running one stays', async (t) => {
  const { ask, gateway } = await run(t);
  const customers = typeDefs.customers
    .replace('["@key"]', '["@key", "@authenticated"]')
    .replace('name: String!', 'name: String! @authenticated');
  const next = await supergraphOf(t, urls, { ...typeDefs, customers });
  assert.throws(() => gateway.update(next), /authenticated.*SECURITY/);
  assert.deepEqual(await ask(query), answer);
});
