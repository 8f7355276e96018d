import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGateway } from '../../gateway/supergraph/gateway.ts';
import { type Generation, Generations } from '../../gateway/supergraph/generation.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { type EmbeddedSubgraph, inProcessTransport } from '../../gateway/transport/in-process.ts';
import { embedded, run, type SubgraphName, subgraphSchema, supergraphOf, typeDefs, until } from './fixture.ts';

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
  await gateway.update(await supergraphOf(t, left));
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
  await assert.rejects(gateway.update({ sdl: 'type Query { a: Int }', subgraphs: [], hints: [] }));
  assert.deepEqual(await ask(query), answer);
});

test('a supergraph with a feature that nobody would carry out is refused, and the running one stays', async (t) => {
  const { ask, gateway } = await run(t);
  const customers = typeDefs.customers
    .replace('["@key"]', '["@key", "@context", "@fromContext"]')
    .replace('type Customer @key(fields: "id")', 'type Customer @key(fields: "id") @context(name: "who")')
    .replace('name: String!', 'name: String! card: Card')
    .concat('type Card @key(fields: "id") { id: ID! label(of: ID @fromContext(field: "$who { id }")): String }');
  const next = await supergraphOf(t, urls, { ...typeDefs, customers });
  await assert.rejects(gateway.update(next), /context.*SECURITY/);
  assert.deepEqual(await ask(query), answer);
});

test('a transport is closed when the last request that may need it is over, and not before', async (t) => {
  const log: string[] = [];
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  let asked = 0;
  const watched = (name: SubgraphName): EmbeddedSubgraph => {
    const subgraph = embedded(subgraphSchema(name));
    return {
      ...subgraph,
      async execute(request, call) {
        asked += 1;
        if (asked === 1) await held;
        assert.ok(!log.includes(name), `${name} is asked after it was closed`);
        return subgraph.execute(request, call);
      },
      close: async () => void log.push(name),
    };
  };
  const { ask, gateway } = await run(t, {
    subgraphs: { customers: watched('customers'), orders: watched('orders') },
  });
  const early = ask(query);
  await until(() => asked === 1);

  const { orders: _gone, ...left } = urls;
  const without = await supergraphOf(t, left);
  await gateway.update(without);
  await ask('{ customers { name } }');
  assert.deepEqual(log, [], 'the early request has still to ask orders');
  release();
  assert.deepEqual(await early, answer);
  assert.deepEqual(log, ['orders']);

  await gateway.update(without, { renewed: new Set(['customers']) });
  assert.deepEqual(log, ['orders', 'customers'], 'renewed, and nobody used the old one');
});

test('many updates under way leave one transport for each subgraph', async (t) => {
  let open = 0;
  let opened = 0;
  const supergraph = await supergraphOf(t, urls);
  const gateway = await createGateway({
    supergraph,
    transport(name) {
      open += 1;
      opened += 1;
      const transport = inProcessTransport(embedded(subgraphSchema(name as SubgraphName)));
      return {
        ...transport,
        async close() {
          open -= 1;
        },
      };
    },
    log: createLog({ level: 'silent' }),
    fetchTimeoutMs: 1_000,
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  const using: Promise<void>[] = [];
  for (let i = 0; i < 20; i++) {
    using.push(gateway.use(() => promise));
    await gateway.update(supergraph, { renewed: new Set(['orders']) });
  }
  assert.deepEqual([opened, open], [22, 22]);
  resolve();
  await Promise.all(using);
  assert.equal(open, 2);
  await gateway.close();
  assert.equal(open, 0);
});

test('a generation that comes after closing is closed too, and each part once', async () => {
  const closed: string[] = [];
  const generation = (name: string): Generation => {
    const transport = inProcessTransport(embedded(subgraphSchema('orders')));
    const close = async () => void closed.push(name);
    const operations = {
      rules: [],
      prepare: () => ({ kind: 'busy' }) as const,
      introspect: async () => 'null',
      mostUsed: () => [],
      close: async () => void closed.push(`${name}'s operations`),
    };
    return { operations, transports: new Map([[name, { ...transport, close }]]), fetchTimeoutMs: 1_000 };
  };
  const generations = new Generations(generation('first'), (error) => assert.fail(String(error)));
  const { promise, resolve } = Promise.withResolvers<void>();
  const using = generations.use(() => promise);
  generations.replace(generation('second'));
  await generations.close();
  generations.replace(generation('third'));
  resolve();
  await using;
  const parts = ['first', 'second', 'third'].flatMap((name) => [name, `${name}'s operations`]);
  assert.deepEqual(closed.sort(), parts.sort());
});
