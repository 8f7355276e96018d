import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperationRefusedError } from '../../../gateway/operations/refusal.ts';
import { estimateOf } from './cost-fixture.ts';

/** A schema, an operation, its variables, and what it costs. Lists of which nothing is told have 10 items. */
type Example = readonly [string, string, Readonly<Record<string, unknown>>, number];

const library = `
  type Query { book(id: ID, draft: Boolean): Book  books: [Book]  version: String }
  type Book { title: String  isbn: ID  author: Author  publisher: Publisher  tags: [String] }
  type Author { name: String  books: [Book] }
  type Publisher { name: String  address: Address }
  type Address { zip: Int }
`;
const dearAddress = library.replace('type Address', 'type Address @cost(weight: 5)');
const films = `
  type Query {
    films(first: Int, last: Int, after: ID): Films
      @listSize(slicingArguments: ["first", "last"], sizedFields: ["edges", "nodes"], requireOneSlicingArgument: false)
  }
  type Films { edges: [Edge]  nodes: [Film]  pageInfo: PageInfo  related: [Film]  totalCount: Int }
  type Edge { cursor: ID  node: Film }
  type Film { title: String  cast: [Actor] @listSize(assumedSize: 3) }
  type Actor { name: String }
  type PageInfo { hasNextPage: Boolean }
`;
const top = (listSize: string, parameters = 'first: Int, last: Int, ids: [ID]') =>
  `type Query { top(${parameters}): [Item] @listSize(${listSize}) } type Item { id: ID }`;
const paged = `
  type Query { search(input: Search = { page: { first: 7 } }): [Item]
    @listSize(slicingArguments: ["input.page.first"]) }
  input Search { text: String  page: Page }
  input Page { first: Int = 4 }
  type Item { id: ID }
`;
const things = `
  type Query { thing: Thing  things: [Thing]  any: Any }
  interface Thing { id: ID  parts: [Part] }
  type Small implements Thing { id: ID  parts: [Part] @listSize(assumedSize: 2)  box: Part }
  type Large implements Thing @cost(weight: 4) { id: ID  parts: [Part] @listSize(assumedSize: 5)  box: Part }
  union Any = Small | Large | Part
  type Part { id: ID }
`;
const filtered = `
  type Query {
    top(filter: Filter @cost(weight: 15), exact: Boolean @cost(weight: 2)): String @cost(weight: 5)
    plain(filter: Filter, filters: [Filter], kinds: [Kind] @cost(weight: 2), kind: Kind): String
    cheap(approximate: Boolean @cost(weight: -3), loose: Boolean @cost(weight: -20)): Item @cost(weight: 5)
  }
  input Filter { text: String @cost(weight: 3)  kind: Kind  near: Filter  limit: Int }
  enum Kind @cost(weight: 4) { A B }
  type Item { child: Item }
`;
const mutations = `
  type Query { item: Item }
  type Mutation { make(count: Int): Item  makeAll: [Item] @listSize(assumedSize: 3)  dear: Item @cost(weight: 7) }
  type Item { id: ID  item: Item }
`;

const examples: Readonly<Record<string, Example>> = {
  // What things cost by default (Apollo's table; IBM, section 7.1).
  'scalars are free': [library, '{ version }', {}, 0],
  'an object is 1': [library, '{ book(id: 1) { title isbn } }', {}, 1],
  'objects in objects add up (Apollo)': [
    library,
    '{ book(id: 1) { title author { name } publisher { name address { zip } } } }',
    {},
    // book, author, publisher, address
    1 + 1 + 1 + 1,
  ],
  'introspection is free': [library, '{ __typename __schema { types { name } } book { __typename } }', {}, 1],
  'aliases are fields of their own': [library, '{ a: book(id: 1) { title } b: book(id: 2) { title } }', {}, 1 + 1],

  // Weights: of types, fields, leaves.
  'a type of weight 5 (Apollo)': [
    dearAddress,
    '{ book(id: 1) { author { name } publisher { address { zip } } } }',
    {},
    1 + 1 + 1 + 5,
  ],
  "a field's weight counts instead of its type's": [
    'type Query { a: A @cost(weight: 2) } type A @cost(weight: 9) { id: ID }',
    '{ a { id } }',
    {},
    2,
  ],
  'weights of scalars and enums': [
    'type Query { s: Slow  e: E  l: [Slow] @listSize(assumedSize: 4) } scalar Slow @cost(weight: 3) enum E @cost(weight: 2) { X }',
    '{ s e l }',
    {},
    3 + 2 + 4 * 3,
  ],
  'a weight of zero': [
    'type Query { a: [A] } type A @cost(weight: 0) { b: B } type B { id: ID }',
    '{ a { b { id } } }',
    {},
    10 * (0 + 1),
  ],

  // Lists.
  'a list of which nothing is told': [library, '{ books { title } }', {}, 10 * 1],
  'lists multiply': [library, '{ books { author { books { title } } } }', {}, 10 * (1 + 1 + 10 * 1)],
  'a list of scalars is free': [library, '{ book { tags } }', {}, 1],
  'a list of lists': ['type Query { grid: [[Cell!]!]! } type Cell { x: Int }', '{ grid { x } }', {}, 10 * 10 * 1],
  'assumedSize (Apollo)': [
    dearAddress.replace('books: [Book]', 'books: [Book] @listSize(assumedSize: 5)'),
    '{ books { title author { name } publisher { address { zip } } } }',
    {},
    5 * (1 + 1 + 1 + 5),
  ],
  'a slicing argument (Apollo)': [
    top('slicingArguments: ["first"]', 'first: Int!'),
    '{ top(first: 3) { id } }',
    {},
    3 * 1,
  ],
  'a slicing argument by a variable': [
    top('slicingArguments: ["first"]'),
    'query ($n: Int) { top(first: $n) { id } }',
    { n: 7 },
    7 * 1,
  ],
  'a variable without a value: the assumed size': [
    top('slicingArguments: ["first"], assumedSize: 6'),
    'query ($n: Int) { top(first: $n) { id } }',
    {},
    6 * 1,
  ],
  "a variable's default": [
    top('slicingArguments: ["first"]'),
    'query ($n: Int = 8) { top(first: $n) { id } }',
    {},
    8 * 1,
  ],
  "an argument's default counts as given (IBM, section 8.2)": [
    top('slicingArguments: ["first"]', 'first: Int = 20'),
    '{ top { id } }',
    {},
    20 * 1,
  ],
  "an argument's default beside one that is given": [
    top('slicingArguments: ["first"]', 'first: Int! = 20'),
    '{ top { id } other: top(first: 1) { id } }',
    {},
    20 + 1,
  ],
  'the largest of several (IBM, section 8.2)': [
    top('slicingArguments: ["first", "last"], requireOneSlicingArgument: false'),
    'query ($n: Int) { top(first: 3, last: $n) { id } }',
    { n: 5 },
    5 * 1,
  ],
  'a slicing argument goes before the assumed size (IBM, section 9.2.4)': [
    top('slicingArguments: ["first"], assumedSize: 50, requireOneSlicingArgument: false'),
    '{ top(first: 2) { id } }',
    {},
    2 * 1,
  ],
  'none given where none is required: the assumed size': [
    top('slicingArguments: ["first"], assumedSize: 50, requireOneSlicingArgument: false'),
    '{ top { id } }',
    {},
    50 * 1,
  ],
  'less than nothing is nothing': [top('slicingArguments: ["first"]'), '{ top(first: -5) { id } }', {}, 0],
  'null tells no size, and is not free': [
    top('slicingArguments: ["first"]'),
    'query ($n: Int) { top(first: $n) { id } }',
    { n: null },
    10 * 1,
  ],
  'a list as slicing argument is as long as it is (Apollo)': [
    top('slicingArguments: ["ids"]'),
    '{ top(ids: [1, 2, 3]) { id } }',
    {},
    3 * 1,
  ],
  // The input objects in arguments cost 1 each.
  'a nested slicing argument (Apollo)': [paged, '{ search(input: { page: { first: 3 } }) { id } }', {}, 1 + 1 + 3],
  'a nested slicing argument by variables': [
    paged,
    'query ($n: Int, $page: Page) { search(input: { page: { first: $n } }) { id } b: search(input: { page: $page }) { id } }',
    { n: 5, page: { first: 6 } },
    1 + 1 + 5 + (1 + 1 + 6),
  ],
  "a nested slicing argument's default": [paged, '{ search(input: { page: {} }) { id } }', {}, 1 + 1 + 4],
  'the default of what a slicing argument is nested in': [paged, '{ search { id } }', {}, 7],

  // sizedFields (IBM, section 8.3).
  'a connection by first': [films, '{ films(first: 5) { edges { node { title } } } }', {}, 1 + 5 * (1 + 1)],
  'a connection by last, in nodes': [films, '{ films(last: 4) { nodes { title } totalCount } }', {}, 1 + 4 * 1],
  'edges and nodes both': [films, '{ films(first: 2) { edges { cursor } nodes { title } } }', {}, 1 + 2 + 2],
  "a connection's other lists are not sized by it": [
    films,
    '{ films(first: 2) { related { title } } }',
    {},
    1 + 10 * 1,
  ],
  'through fragments and aliases': [
    films,
    '{ films(first: 5) { ...F ... { pageInfo { hasNextPage } } } } fragment F on Films { all: nodes { cast { name } } }',
    {},
    1 + 5 * (1 + 3 * 1) + 1,
  ],
  'sizes of two pages of one connection': [
    films,
    'query ($n: Int) { a: films(first: $n) { nodes { title } } b: films(first: 3) { nodes { title } } }',
    { n: 9 },
    1 + 9 + (1 + 3),
  ],

  // Arguments and input fields (IBM, section 5.3.2.2; Apollo).
  "an argument's weight (IBM, example 10)": [filtered, '{ top(filter: {}) }', {}, 5 + 15],
  'an argument that is not given': [filtered, '{ top }', {}, 5],
  'an argument that is null': [filtered, 'query ($f: Filter) { top(filter: $f) }', { f: null }, 5],
  'input fields (IBM, example 12)': [filtered, '{ top(filter: { text: "a", kind: A }) }', {}, 5 + (15 + 3 + 4)],
  'an input object is 1, and so is each in it': [
    filtered,
    'query ($f: Filter) { plain(filter: $f) }',
    { f: { text: 'a', near: { near: { limit: 1 } } } },
    1 + 3 + (1 + 1),
  ],
  'a list of input objects': [
    filtered,
    'query ($f: [Filter]) { plain(filters: $f) }',
    { f: [{}, { kind: 'A' }, null] },
    1 + (1 + 4) + 0,
  ],
  'a weighted argument that is a list: once, and for each item (Apollo)': [
    filtered,
    '{ plain(kinds: [A, B]) }',
    {},
    2 + 2 * 2,
  ],
  "an enum's weight": [filtered, 'query ($k: Kind) { plain(kind: $k) }', { k: 'B' }, 4],
  'arguments count once, however long the list': [
    'type Query { top(exact: Boolean @cost(weight: 7)): [Item] @listSize(assumedSize: 3) } type Item { id: ID }',
    '{ top(exact: true) { id } }',
    {},
    3 * 1 + 7,
  ],
  'an argument makes it cheaper (IBM, example 11)': [
    filtered,
    '{ cheap(approximate: true) { child { child { child { __typename } } } } }',
    {},
    5 - 3 + (1 + 1 + 1),
  ],
  'but never less than nothing (IBM)': [
    filtered,
    'query ($loose: Boolean) { cheap(loose: $loose) { child { __typename } } }',
    { loose: true },
    Math.max(0, 5 - 20) + 1,
  ],

  // Types that aren't known (IBM, section 7.2).
  'the dearest type of an interface': [things, '{ thing { id } }', {}, Math.max(1, 4)],
  'each with its own fields': [
    things,
    '{ thing { ... on Small { parts { id } box { id } } ... on Large { id } } }',
    {},
    // Small: 1, two parts, a box; Large: 4
    Math.max(1 + 2 * 1 + 1, 4),
  ],
  "each with its own list's size": [things, '{ things { parts { id } } }', {}, 10 * Math.max(1 + 2, 4 + 5)],
  'a union': [things, '{ any { ... on Part { id } ... on Small { box { id } } } }', {}, Math.max(1, 1 + 1, 4)],
  'fragments on interfaces': [things, '{ any { ... on Thing { box: parts { id } } } }', {}, Math.max(1 + 2, 4 + 5, 1)],

  // Fields that merge count once (GraphQL specification, section 5.3.2).
  'a field that is asked for twice': [
    library,
    '{ book { author { name } } book { author { name books { title } } ...B } } fragment B on Book { author { name } }',
    {},
    1 + (1 + 10),
  ],
  'a fragment that is spread twice': [
    library,
    '{ a: book { ...B } b: book { ...B } } fragment B on Book { author { name } }',
    {},
    2 * (1 + 1),
  ],

  // @skip and @include.
  'skipped by a literal': [library, '{ book @skip(if: true) { title } books @include(if: true) { title } }', {}, 10],
  'skipped by a variable': [
    library,
    'query ($s: Boolean!) { book @skip(if: $s) { title } books @include(if: $s) { title } }',
    { s: true },
    10,
  ],
  'asked for if either holds, each with its own fields': [
    library,
    `query ($a: Boolean!, $b: Boolean!) {
      book @include(if: $a) { author { name } }
      book @include(if: $b) { publisher { name address { zip } } }
    }`,
    { a: false, b: true },
    1 + (1 + 1),
  ],
  'conditions of fragments': [
    library,
    'query ($a: Boolean!) { book { ...B @include(if: $a) ... @skip(if: $a) { publisher { name } } } } fragment B on Book { author { books { title } } }',
    { a: true },
    1 + (1 + 10),
  ],

  // Mutations (Apollo: 10).
  'a mutation': [mutations, 'mutation { make(count: 3) { id } }', {}, 10 + 1],
  'each of its root fields': [
    mutations,
    'mutation { make { item { id } } makeAll { id } dear { id } }',
    {},
    10 + 2 + (10 + 3) + (10 + 7),
  ],
  'its query beside it': [mutations, 'query { item { item { id } } }', {}, 1 + 1],
};

for (const [what, [sdl, query, variables, expected]] of Object.entries(examples)) {
  test(`estimate: ${what}`, () => {
    assert.equal(estimateOf(sdl, query, variables), expected);
  });
}

for (const [what, query, given] of [
  ['none', '{ top { id } }', 'none'],
  ['null', '{ top(first: null) { id } }', 'none'],
  ['two', '{ top(first: 1, last: 1) { id } }', '2'],
] as const) {
  test(`refused: ${what} where exactly one slicing argument is required (IBM, section 8.4)`, () => {
    const errors = [
      {
        message: `Field "top" takes exactly one of its arguments that tell how many items it gives, but the operation gives it ${given}.`,
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ];
    assert.throws(
      () => estimateOf(top('slicingArguments: ["first", "last"]'), query),
      (error) => {
        assert.ok(error instanceof OperationRefusedError);
        assert.deepEqual(error.errors, errors);
        return true;
      },
    );
  });
}

test('one item where a list tells the size is a list of one, whatever number it is', () => {
  const sdl = `
    type Query { items(ids: [Int!], by: By): [Item!] @listSize(slicingArguments: ["ids", "by.ids"], requireOneSlicingArgument: false) }
    input By { ids: [Int!] }
    type Item @cost(weight: "1000") { id: ID }`;
  for (const given of ['ids: 0', 'ids: 7', 'ids: [0]', 'by: { ids: 0 }'])
    assert.ok([1_000, 1_001].includes(estimateOf(sdl, `{ items(${given}) { id } }`)), given);
});
