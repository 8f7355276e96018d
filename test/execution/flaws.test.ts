import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parse } from 'graphql';
import { type Asker, startAsker } from './answering.ts';
import type { Answer, ClientRequest } from './executor.ts';
import { flaws } from './flaws.ts';
import { stable } from './hash.ts';
import { createJunction } from './junction.ts';
import { createOracle, type Oracle, truth } from './oracle.ts';
import { Subgraphs } from './subgraphs.ts';
import { composeTest } from './supergraphs/compose.ts';
import { ledger } from './supergraphs/ledger.ts';
import { media } from './supergraphs/media.ts';
import { shop } from './supergraphs/shop.ts';
import { federation } from './supergraphs/supergraph.ts';
import { World } from './world.ts';

// Where the stock gateway is wrong and Junction is right. A case that the stock gateway gets right is to be deleted here.

/** By the name of each flaw that the differential tests excuse, an operation that meets it. */
const excused: Record<string, { supergraph: typeof shop } & Partial<ClientRequest> & { query: string }> = {
  'a response key that is the name of another field, which a key or @requires may need': {
    supergraph: shop,
    query: '{ warehouse(id: 4) { manager { age: id level } } }',
  },
  'arguments for a field that @requires asks with other arguments': {
    supergraph: shop,
    query: '{ products(first: 9) { price(currency: EUR) shipping } }',
  },
  'a type condition on another type than its own where a subgraph has an interface object': {
    supergraph: media,
    query: '{ topRated { ... on Lendable { due } } }',
  },
  'a type name beside what an interface object has, which overwrites it': {
    supergraph: media,
    query: '{ book(id: 0) { rating __typename } }',
  },
  'mutations inside fragments, which lose their turn': {
    supergraph: ledger,
    query: 'mutation { ... on Mutation { note } book { tags } ... on Mutation { approve { by { id } } } }',
  },
  'a field that requires others and is not asked of every object': {
    supergraph: ledger,
    query: 'query ($no: Boolean!) { richest { check grade @skip(if: $no) } }',
    variables: { no: true },
  },
  'conditions that contradict each other, or by which nothing is asked for': {
    supergraph: ledger,
    query: 'query ($no: Boolean!) { accounts @skip(if: $no) { owner @include(if: $no) { id } } }',
    variables: { no: false },
  },
  'a type condition inside one on an interface or union, on an object whose type is not asked for': {
    supergraph: ledger,
    query: '{ account(id: 0) { ... on Node { ... on Account { id } a: id } } }',
  },
  'a variable with the name of the one for entities': {
    supergraph: shop,
    query: 'query ($representations: Int) { person(id: 2) { reviews(first: $representations) { id } } }',
    variables: { representations: 2 },
  },
};

describe('flaws that the differential tests excuse', () => {
  assert.deepEqual(Object.keys(excused).sort(), flaws.map(({ name }) => name).sort());
  for (const flaw of flaws) {
    test(flaw.name, async () => {
      const { supergraph, query, variables = {} } = excused[flaw.name] as (typeof excused)[string];
      const { stock, ours, right, schema } = await answersOf(supergraph, { query, variables });
      assert.deepEqual(ours, right);
      assert.notEqual(stable(stock.data), stable(right.data));
      assert.ok(flaw.applies(parse(query), schema, stock));
    });
  }
});

async function answersOf(supergraph: typeof shop, request: ClientRequest) {
  const world = new World(supergraph);
  const subgraphs = new Subgraphs(world);
  const composed = composeTest(supergraph);
  const oracle = await createOracle(composed, subgraphs);
  const junction = await createJunction(composed, (name, query, variables, { requestId }) =>
    subgraphs.answer(name, requestId, query, variables),
  );
  const { schema } = oracle;
  const [stock, ours] = [await oracle.run(request), await junction.run(request)];
  await junction.close();
  await oracle.close();
  return { stock, ours, schema, right: await truth(world, schema, request) };
}

describe('other flaws', () => {
  const subgraphs = {
    shelf: `${federation}
type Query { items: [Item] list: [String] count: Int }
union Item = Book | Film
type Book @key(fields: "id") { id: ID! }
type Film @key(fields: "id") { id: ID! }
`,
    prices: `${federation}
type Book @key(fields: "id") { id: ID! price: Int cost: Int! }
`,
  };
  let asker: Asker;
  let stock: Oracle;
  let script: (subgraph: string) => object = () => ({});
  before(async () => {
    asker = await startAsker(subgraphs);
    stock = await createOracle(composeTest({ subgraphs }), { answer: async (name) => script(name), end() {} });
  });
  after(async () => {
    await asker?.close();
    await stock?.close();
  });

  async function ask(query: string, answers: Record<string, object>): Promise<{ ours: Answer; theirs: Answer }> {
    script = (subgraph) => structuredClone(answers[subgraph] ?? {});
    return { ours: await asker.ask({ query, answers }), theirs: await stock.run({ query, variables: {} }) };
  }

  test('a value that is no list loses the whole answer', async () => {
    const { ours, theirs } = await ask('{ list count }', { shelf: { data: { list: 'a', count: 1 } } });
    assert.deepEqual(ours.data, { list: null, count: 1 });
    assert.deepEqual(
      ours.errors?.map(({ path }) => path),
      [['list']],
    );
    assert.equal(theirs.data, undefined);
  });

  test("an entity's error stands at a sibling", async () => {
    const { ours, theirs } = await ask('{ items { ... on Book { price } } }', {
      shelf: {
        data: {
          items: [
            { __typename: 'Film', id: '1' },
            { __typename: 'Book', id: '2' },
          ],
        },
      },
      prices: {
        data: { _entities: [{ price: null }] },
        errors: [{ message: 'lost', path: ['_entities', 0, 'price'] }],
      },
    });
    assert.deepEqual(
      ours.errors?.map(({ path }) => path),
      [['items', 1, 'price']],
    );
    assert.deepEqual(
      theirs.errors?.map(({ path }) => path),
      [['items', 0, 'price']],
    );
    assert.deepEqual(ours.data, { items: [{}, { price: null }] });
  });

  test('an entity is asked for once for each place', async () => {
    const items = ['1', '2', '1', '1'].map((id) => ({ __typename: 'Book', id }));
    const { ours } = await ask('{ items { ... on Book { price } } }', {
      shelf: { data: { items } },
      prices: { data: { _entities: [{ price: 1 }, { price: 2 }] } },
    });
    assert.deepEqual(ours, { data: { items: [{ price: 1 }, { price: 2 }, { price: 1 }, { price: 1 }] } });
    assert.deepEqual(asker.fetched.at(-1)?.variables, {
      representations: ['1', '2'].map((id) => ({ __typename: 'Book', id })),
    });
  });

  test('a null that may not be is no error', async () => {
    const { ours, theirs } = await ask('{ items { ... on Book { cost } } }', {
      shelf: { data: { items: [{ __typename: 'Book', id: '1' }] } },
      prices: { data: { _entities: [{ cost: null }] } },
    });
    assert.deepEqual(
      ours.errors?.map(({ path }) => path),
      [['items', 0, 'cost']],
    );
    assert.equal(theirs.errors, undefined);
    assert.deepEqual([ours.data, theirs.data], [{ items: [null] }, { items: [null] }]);
  });
});

describe('a key that is marked `resolvable: false`', () => {
  // The one that is can't be seen from where the entity comes from, so that the subgraph has to be entered twice.
  const subgraphs = {
    a: `${federation}
type Query { things: [Thing!]! }
type Thing @key(fields: "id") { id: ID! code: Code! name: String @external label: String @requires(fields: "name") }
type Code { two: ID! }
`,
    b: `${federation}
type Thing @key(fields: "id", resolvable: false) @key(fields: "id code { two }") {
  id: ID!
  code: Code! @external
  name: String
}
type Code { two: ID! @external }
`,
  };
  let asker: Asker;
  before(async () => {
    asker = await startAsker(subgraphs);
  });
  after(() => asker?.close());

  test('is never the way into a subgraph', async () => {
    const thing = { __typename: 'Thing', id: '1', code: { two: '2' } };
    const answer = await asker.ask({
      query: '{ things { label } }',
      answers: {
        a: (query) => ({ data: query.includes('_entities') ? { _entities: [{ label: 'L' }] } : { things: [thing] } }),
        b: { data: { _entities: [{ name: 'N' }] } },
      },
    });
    assert.deepEqual(answer, { data: { things: [{ label: 'L' }] } });
    const sent = asker.fetched.find(({ subgraph }) => subgraph === 'b');
    assert.deepEqual(sent?.variables, { representations: [thing] });
  });
});
