import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Asker, startAsker } from './answering.ts';
import { federation } from './supergraphs/supergraph.ts';

// What type conditions, `@skip` and `@include` decide between them.

describe('type conditions on an interface that is an object in a subgraph', () => {
  let asker: Asker;
  before(async () => {
    asker = await startAsker({
      shelf: `${federation}
type Query { item: Item  media: Media  all: [Media!]! }
interface Media @key(fields: "id") { id: ID!  title: String }
type Book implements Media & Lendable @key(fields: "id") { id: ID! title: String due: String by: Author }
type Film implements Media & Lendable @key(fields: "id") { id: ID! title: String due: String }
type Song implements Media @key(fields: "id") { id: ID! title: String }
type Author @key(fields: "id") { id: ID! }
interface Lendable { due: String }
union Item = Book | Author
`,
      ratings: `${federation}
type Query { best: Media }
type Media @interfaceObject @key(fields: "id") {
  id: ID!
  rating: Int
  title: String @external
  about: String @requires(fields: "title")
}
type Author @key(fields: "id") { id: ID! score: Int }
`,
    });
  });
  after(() => asker?.close());

  const book = { __typename: 'Book', id: '1' };
  const best = { __typename: 'Media', id: '1' };

  test('one that no object meets asks for nothing', async () => {
    const query = '{ media { ... on Item { ... on Author { score id } __typename } } }';
    const shelf = (media: object) => ({ shelf: { data: { media } } });
    assert.deepEqual(await asker.ask({ query, answers: shelf(book) }), { data: { media: { __typename: 'Book' } } });
    assert.deepEqual(await asker.ask({ query, answers: shelf({ __typename: 'Film' }) }), { data: { media: {} } });
  });

  test('one inside one on another interface', async () => {
    const query = '{ best { ... on Lendable { due ... on Book { by { score } } } } }';
    const author = { __typename: 'Author', id: '2' };
    const answers = {
      ratings: (text: string) => ({ data: text.includes('_entities') ? { _entities: [{ score: 5 }] } : { best } }),
      shelf: { data: { _entities: [{ ...book, due: 'soon', by: author }] } },
    };
    assert.deepEqual(await asker.ask({ query, answers }), { data: { best: { due: 'soon', by: { score: 5 } } } });
    assert.deepEqual(
      asker.fetched.map(({ subgraph }) => subgraph),
      ['ratings', 'shelf', 'ratings'],
    );
  });

  test('one on a type of it: the subgraph is told of no others, which it does not know', async () => {
    const query = '{ all { title ... on Book { about } } }';
    const all = [
      { __typename: 'Book', id: '1', title: 'B' },
      { __typename: 'Film', title: 'F' },
      { __typename: 'Song', title: 'S' },
    ];
    const answers = { shelf: { data: { all } }, ratings: { data: { _entities: [{ about: 'a' }] } } };
    assert.deepEqual(await asker.ask({ query, answers }), {
      data: { all: [{ title: 'B', about: 'a' }, { title: 'F' }, { title: 'S' }] },
    });
    assert.deepEqual(asker.fetched.at(-1)?.variables, {
      representations: [{ __typename: 'Media', id: '1', title: 'B' }],
    });
  });

  test('one on a union inside itself', async () => {
    const query = 'query ($no: Boolean!) { best { ... on Item { ... on Item @skip(if: $no) { __typename } } } }';
    const answers = {
      ratings: (text: string) => ({ data: text.includes('_entities') ? { _entities: [best] } : { best } }),
      shelf: { data: { _entities: [book] } },
    };
    assert.deepEqual(await asker.ask({ query, variables: { no: false }, answers }), {
      data: { best: { __typename: 'Book' } },
    });
  });

  test('one on a type of it, with a field that requires others beside one that is asked of all', async () => {
    // What is asked elsewhere has nothing to do with it.
    const query = '{ all { rating ... on Film { rating about } } media { about ... on Film { rating } } }';
    const song = { __typename: 'Song', id: '3' };
    const answers = {
      shelf: { data: { all: [song], media: { ...song, title: 'S' } } },
      ratings: (text: string) => ({ data: { _entities: [text.includes('about') ? { about: 'a' } : { rating: 4 }] } }),
    };
    assert.deepEqual(await asker.ask({ query, answers }), { data: { all: [{ rating: 4 }], media: { about: 'a' } } });
  });

  test('one on a type of it, on a field that is asked of the others under a condition', async () => {
    const query = 'query ($no: Boolean!) { all { about @skip(if: $no) ... on Film { about } rating } }';
    const answers = {
      shelf: { data: { all: [{ __typename: 'Song', id: '3' }] } },
      ratings: { data: { _entities: [{ rating: 4 }] } },
    };
    assert.deepEqual(await asker.ask({ query, variables: { no: true }, answers }), { data: { all: [{ rating: 4 }] } });
  });

  test('one on another interface inside its own, on a union', async () => {
    const query = '{ item { ... on Media { ... on Lendable { due ... on Film { id } } } } }';
    const answers = { shelf: { data: { item: { ...book, due: 'soon' } } } };
    assert.deepEqual(await asker.ask({ query, answers }), { data: { item: { due: 'soon' } } });
  });
});

describe('fields that are asked for at several places, of which variables decide', () => {
  let asker: Asker;
  before(async () => {
    asker = await startAsker({
      orders: `${federation}
type Query { a: Order b: Int c: Int }
type Mutation { order: Order cancel: Order }
type Order { id: ID! price: Int }
`,
      notes: `${federation}
type Mutation { note: String }
`,
    });
  });
  after(() => asker?.close());

  const order = { id: '1', price: 2 };
  const twice = 'mutation ($first: Boolean!) { order @include(if: $first) { id } note order { price } }';
  for (const [first, order, data] of [
    [true, ['orders', 'notes'], '{"order":{"id":"1","price":2},"note":"n"}'],
    [false, ['notes', 'orders'], '{"note":"n","order":{"price":2}}'],
  ] as const) {
    test(`a mutation is done once, at its first place that isn't skipped: ${order.join(', ')}`, async () => {
      const answer = await asker.ask({
        query: twice,
        variables: { first },
        answers: {
          orders: { data: { order: { id: '1', price: 2 } } },
          notes: { data: { note: 'n' } },
        },
      });
      assert.equal(JSON.stringify(answer), `{"data":${data}}`);
      assert.deepEqual(
        asker.fetched.map(({ subgraph }) => subgraph),
        order,
      );
    });
  }

  test('mutations of one fetch keep their turns where they stand in another order first', async () => {
    await asker.ask({
      query: `mutation ($first: Boolean!) {
        order @include(if: $first) { id } cancel @include(if: $first) { id } note cancel { id } order { id }
      }`,
      variables: { first: false },
      answers: { orders: { data: { order, cancel: order } }, notes: { data: { note: 'n' } } },
    });
    const [, last] = asker.fetched;
    assert.deepEqual(last?.query.match(/order|cancel/g), ['cancel', 'order']);
  });

  const places = `query ($x: Boolean!, $y: Boolean!) {
    ... @include(if: $x) { b ... @skip(if: $y) { a { id } } } c a @include(if: $y) { id price @skip(if: $x) } b a { price id }
  }`;
  for (const [x, y, keys] of [
    [true, true, 'b c a.id,price'],
    [true, false, 'b a.id,price c'],
    [false, true, 'c a.id,price b'],
    [false, false, 'c b a.price,id'],
  ] as const) {
    test(`a key stands where it isn't skipped first: ${keys}`, async () => {
      const answers = { orders: { data: { a: order, b: 1, c: 2 } } };
      const { data, errors } = await asker.ask({ query: places, variables: { x, y }, answers });
      assert.equal(errors, undefined);
      const given = Object.entries(data as object).map(([key, value]) =>
        typeof value === 'object' ? `${key}.${Object.keys(value).join()}` : key,
      );
      assert.equal(given.join(' '), keys);
    });
  }
});
