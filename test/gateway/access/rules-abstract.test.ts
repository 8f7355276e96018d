import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Ruled, type RuledSubgraph, ruled, told } from './rules-fixture.ts';

// What is asked of an interface or a union is asked of each object that may come: each by its own rules.

const media = [
  { __typename: 'Book', id: '1', title: 'Emma', year: 1815, pages: 474 },
  { __typename: 'Film', id: '2', title: 'Vertigo', year: 1958, minutes: 128 },
];

const library: RuledSubgraph = {
  sdl: `
type Query { media: [Media] required: [Media!] hits: [Hit] shelf: Shelf one(id: ID!): Media }
interface Media { id: ID! title: String year: Int }
type Book implements Media @key(fields: "id") @requiresScopes(scopes: [["books"]]) { id: ID! title: String year: Int pages: Int }
type Film implements Media @key(fields: "id") { id: ID! title: String year: Int @requiresScopes(scopes: [["years"]]) minutes: Int }
type Person { name: String @requiresScopes(scopes: [["people"]]) }
union Hit = Book | Film | Person
type Shelf { top: Media all: [Media!]! }
`,
  resolvers: {
    Query: {
      media: () => media,
      required: () => media,
      hits: () => [...media, { __typename: 'Person', name: 'Ada' }],
      shelf: () => ({ top: media[0], all: media }),
      one: (_parent: unknown, { id }: { id: string }) => media.find((each) => each.id === id),
    },
  },
};
const reviews: RuledSubgraph = {
  sdl: `
type Book @key(fields: "id") { id: ID! reviews: [String] }
type Film @key(fields: "id") { id: ID! reviews: [String] @requiresScopes(scopes: [["reviews"]]) }
`,
  resolvers: { Book: { reviews: () => ['dry'] }, Film: { reviews: () => ['long'] } },
};
const subgraphs = { library, reviews };

describe('in filter mode', () => {
  let running: Ruled;
  const ask: Ruled['ask'] = (...args) => running.ask(...args);
  const given = () => running.given();
  before(async () => {
    running = await ruled(subgraphs);
  });
  after(() => running?.close());

  test('through an interface, an object whose type is refused is null, and its fields are not fetched', async () => {
    const answer = await ask('{ media { title } }', 'none');
    assert.deepEqual(answer.data, { media: [null, { title: 'Vertigo' }] });
    assert.deepEqual(told(answer), ['media.0: Not allowed: Book requires the scope books.']);
    assert.deepEqual(given(), ['library Film.title', 'library Query.media']);

    const allowed = await ask('{ media { title } }', 'books');
    assert.deepEqual(allowed, { status: 200, data: { media: [{ title: 'Emma' }, { title: 'Vertigo' }] } });
    assert.deepEqual(given(), ['library Book.title', 'library Film.title', 'library Query.media']);
  });

  test('a field that one of the objects guards is refused there alone', async () => {
    const answer = await ask('{ media { when: year ...F } } fragment F on Media { ... on Media { title } }', 'books');
    assert.deepEqual(answer.data, {
      media: [
        { when: 1815, title: 'Emma' },
        { when: null, title: 'Vertigo' },
      ],
    });
    assert.deepEqual(told(answer), ['media.1.when: Not allowed: Film.year requires the scope years.']);
    assert.deepEqual(given(), ['library Book.title', 'library Book.year', 'library Film.title', 'library Query.media']);
  });

  test('where nothing that was asked for is left of any object, nothing is fetched', async () => {
    const answer = await ask('{ media { year } }', 'none');
    assert.deepEqual(answer.data, { media: null });
    assert.deepEqual(told(answer), [
      'media: Not allowed: Book requires the scope books.',
      'media: Not allowed: Film.year requires the scope years.',
    ]);
    assert.deepEqual(given(), []);
  });

  test('a refused object carries null up to what may be null', async () => {
    const answer = await ask('{ required { title } shelf { all { title } top { title } } }', 'none');
    assert.deepEqual(answer.data, { required: null, shelf: null });
    assert.deepEqual(
      new Set(told(answer)),
      new Set([
        'required.0: Not allowed: Book requires the scope books.',
        'shelf.all.0: Not allowed: Book requires the scope books.',
      ]),
    );
    assert.ok(!given().some((field) => field.includes('Book')));
  });

  test('an object whose type is refused does not even tell its type', async () => {
    const one = await ask('{ one(id: "1") { __typename } }', 'none');
    assert.deepEqual(one.data, { one: null });
    assert.deepEqual(told(one), ['one: Not allowed: Book requires the scope books.']);
    assert.deepEqual((await ask('{ one(id: "2") { __typename } }', 'none')).data, { one: { __typename: 'Film' } });
    given();
  });

  test('a union, by fragments on objects and on an interface', async () => {
    const query = '{ hits { ... on Media { title year } ... on Person { name } ... on Book { pages } __typename } }';
    const answer = await ask(query, 'none');
    assert.deepEqual(answer.data, {
      hits: [null, { title: 'Vertigo', year: null, __typename: 'Film' }, { name: null, __typename: 'Person' }],
    });
    assert.deepEqual(told(answer), [
      'hits.0: Not allowed: Book requires the scope books.',
      'hits.1.year: Not allowed: Film.year requires the scope years.',
      'hits.2.name: Not allowed: Person.name requires the scope people.',
    ]);
    assert.deepEqual(given(), ['library Film.title', 'library Query.hits']);
    assert.equal((await ask(query, 'books.years.people')).errors, undefined);
  });

  test('a subgraph is asked about objects of allowed types only', async () => {
    const query = '{ media { title ... on Book { reviews } ... on Film { reviews } } }';
    const answer = await ask(query, 'books');
    assert.deepEqual(answer.data, {
      media: [
        { title: 'Emma', reviews: ['dry'] },
        { title: 'Vertigo', reviews: null },
      ],
    });
    assert.deepEqual(
      given().filter((field) => field.startsWith('reviews')),
      ['reviews Book.reviews'],
    );
    await ask(query, 'none');
    assert.deepEqual(
      given().filter((field) => field.startsWith('reviews')),
      [],
    );
  });

  test('an object of a refused type is null, even if nothing is asked of it', async () => {
    const answer = await ask('{ media { ... on Film { title } } }', 'none');
    assert.deepEqual(answer.data, { media: [null, { title: 'Vertigo' }] });
    assert.deepEqual(told(answer), ['media.0: Not allowed: Book requires the scope books.']);
    given();
  });
});

test('in reject mode, an object that may come is enough', async (t) => {
  const { ask, given, close } = await ruled(subgraphs, { mode: 'reject' });
  t.after(close);
  const answer = await ask('{ media { title } }', 'years');
  assert.equal(answer.status, 403);
  assert.deepEqual(told(answer), ['media: Not allowed: Book requires the scope books.']);
  assert.deepEqual(given(), []);
  assert.equal((await ask('{ media { ... on Film { title year } } }', 'years.books')).status, 200);
});

test('in reject mode, an object that may come is enough also where nothing is asked of it', async (t) => {
  const { ask, given, close } = await ruled(subgraphs, { mode: 'reject' });
  t.after(close);
  const query =
    'query ($films: Boolean!) { media @include(if: $films) { ... on Film { title } } shelf { __typename } }';
  const answer = await ask(query, 'years', { films: true });
  assert.equal(answer.status, 403);
  assert.deepEqual(told(answer), ['media: Not allowed: Book requires the scope books.']);
  assert.deepEqual(given(), []);
  assert.deepEqual(await ask(query, 'years', { films: false }), {
    status: 200,
    data: { shelf: { __typename: 'Shelf' } },
  });
});

test('in reject mode, refused fields that are not asked for in this run hide none that is', async (t) => {
  const { ask, given, close } = await ruled(subgraphs, { mode: 'reject' });
  t.after(close);
  const many = Array.from({ length: 100 }, (_, i) => `y${i}: year`).join(' ');
  // Below a field of which all is refused, and beside one.
  for (const [asked, path] of [
    ['year', 'media'],
    ['title year', 'media.year'],
  ]) {
    const query = `query ($no: Boolean!) { media { ... on Film { ... @include(if: $no) { ${many} } ${asked} } } }`;
    const answer = await ask(query, 'books', { no: false });
    assert.equal(answer.status, 403);
    assert.deepEqual(told(answer), [`${path}: Not allowed: Film.year requires the scope years.`]);
  }
  assert.deepEqual(given(), []);
});

test('an interface that a subgraph knows as an object: the rules of what it turns out to be', async (t) => {
  const films: RuledSubgraph = {
    sdl: `
type Query { films: Int }
interface Media @key(fields: "id") { id: ID! title: String }
type Book implements Media @key(fields: "id") @requiresScopes(scopes: [["books"]]) { id: ID! title: String }
type Film implements Media @key(fields: "id") { id: ID! title: String }
`,
    resolvers: {
      Media: { __resolveReference: ({ id }: { id: string }) => media.find((each) => each.id === id) },
    },
  };
  const stars: RuledSubgraph = {
    sdl: `
type Query { top: [Media] }
type Media @interfaceObject @key(fields: "id") { id: ID! reviews: Int stars: Int @requiresScopes(scopes: [["stars"]]) }
`,
    resolvers: { Query: { top: () => [{ id: '1' }, { id: '2' }] }, Media: { reviews: () => 7, stars: () => 5 } },
  };
  const { ask, given, close } = await ruled({ films, stars });
  t.after(close);
  const answer = await ask('{ top { reviews stars } }', 'none');
  assert.deepEqual(answer.data, { top: [null, { reviews: 7, stars: null }] });
  assert.deepEqual(told(answer), [
    'top.0: Not allowed: Book requires the scope books.',
    'top.1.stars: Not allowed: Film.stars requires the scope stars.',
  ]);
  assert.ok(!given().includes('stars Media.stars'));
  assert.deepEqual((await ask('{ top { reviews stars } }', 'books.stars')).data, {
    top: [
      { reviews: 7, stars: 5 },
      { reviews: 7, stars: 5 },
    ],
  });
});
