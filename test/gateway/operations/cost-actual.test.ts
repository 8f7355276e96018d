import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actualOf, estimateOf } from './cost-fixture.ts';

/** A schema, an operation, its variables, the answer's data, and what it has cost. */
type Example = readonly [string, string, Readonly<Record<string, unknown>>, unknown, number];

const library = `
  type Query { book(id: ID @cost(weight: 2)): Book  books(first: Int): [Book] @listSize(slicingArguments: ["first"]) }
  type Book { title: String  author: Author  publisher: Publisher @cost(weight: 3)  cover: Image  covers: [Image] }
  type Author { name: String  books: [Book] }
  type Publisher @cost(weight: 9) { name: String }
  scalar Image @cost(weight: 4)
`;
const things = `
  type Query { things: [Thing]  any: Any }
  interface Thing { id: ID }
  type Small implements Thing { id: ID  box: Box }
  type Large implements Thing @cost(weight: 4) { id: ID  box: Box }
  union Any = Small | Box
  type Box { id: ID  thing: Thing }
`;
const mutations = `
  type Query { id: ID }
  type Mutation { make(input: Make): Item  cheap(loose: Boolean @cost(weight: -20)): Item @cost(weight: 5) }
  input Make { name: String @cost(weight: 6) }
  type Item { id: ID  item: Item }
`;

const examples: Readonly<Record<string, Example>> = {
  'lists are as long as they are': [library, '{ books(first: 50) { title } }', {}, { books: [{}, {}, {}] }, 3 * 1],
  'an empty list': [library, '{ books(first: 50) { title } }', {}, { books: [] }, 0],
  'lists in lists': [
    library,
    '{ books(first: 9) { author { books { title } } } }',
    {},
    { books: [{ author: { books: [{}, {}] } }, { author: null }, { author: { books: [] } }] },
    // A book with an author of two, one without, one with an author of none.
    1 + (1 + 2) + 1 + (1 + 1),
  ],
  'null costs nothing': [library, '{ books(first: 9) { title } }', {}, { books: [null, {}] }, 0 + 1],
  "null costs a field's own weight, not its type's": [
    library,
    '{ books(first: 9) { publisher { name } cover } }',
    {},
    {
      books: [
        { publisher: null, cover: null },
        { publisher: { name: 'x' }, cover: 'y' },
      ],
    },
    1 + 3 + 0 + (1 + 3 + 4),
  ],
  'arguments cost what they cost, whatever comes': [library, '{ book(id: 1) { title } }', {}, { book: null }, 2],
  'no data at all': [library, '{ book(id: 1) { title } }', {}, null, 0],
  'weights of scalars, for each item': [
    library,
    '{ book { covers } }',
    {},
    { book: { covers: ['a', 'b'] } },
    1 + 2 * 4,
  ],
  aliases: [library, '{ a: book { title } b: book(id: 2) { title } }', {}, { a: {}, b: {} }, 1 + (1 + 2)],
  'what was skipped is not there': [
    library,
    'query ($s: Boolean!) { book @skip(if: $s) { author { name } } books(first: 2) { author @include(if: $s) { name } } }',
    { s: true },
    { books: [{ author: {} }] },
    1 + 1,
  ],
  'the type of an object, where the answer tells it': [
    things,
    '{ things { kind: __typename id } }',
    {},
    { things: [{ kind: 'Small' }, { kind: 'Large' }, { kind: 'Small' }] },
    1 + 4 + 1,
  ],
  'and where it does not: the dearest': [things, '{ things { id } }', {}, { things: [{ id: 1 }] }, Math.max(1, 4)],
  'fields that only some types have': [
    things,
    '{ any { ... on Small { box { id } } ... on Box { thing { id } } } }',
    {},
    { any: { box: { id: 1 } } },
    // A Small with a box; a Box without a thing.
    Math.max(1 + 1, 1),
  ],
  'a mutation': [
    mutations,
    'mutation { a: make(input: { name: "x" }) { item { id } } }',
    {},
    { a: { item: {} } },
    10 + (1 + 6) + 1 + 1,
  ],
  'a mutation that gave nothing': [mutations, 'mutation { make { id } }', {}, { make: null }, 10],
  'negative weights make nothing below them cheaper': [
    mutations,
    'mutation ($loose: Boolean) { cheap(loose: $loose) { item { id } } }',
    { loose: true },
    { cheap: { item: { id: 1 } } },
    Math.max(0, 10 + 5 - 20) + 1,
  ],
};

for (const [what, [sdl, query, variables, data, expected]] of Object.entries(examples)) {
  test(`actual: ${what}`, () => {
    assert.equal(actualOf(sdl, query, data, variables), expected);
  });
}

test('actual: what it comes to is the estimate where all lists are as long as estimated', () => {
  const query = '{ books(first: 2) { title author { books { cover } } } }';
  const authors = { author: { books: Array.from({ length: 10 }, () => ({ cover: 'x' })) } };
  assert.equal(actualOf(library, query, { books: [authors, authors] }), estimateOf(library, query));
});

test('actual: objects of unknown types in each other are each looked at once as each type', () => {
  const levels = 11;
  // Both types can be meant at each level; tried on their own they would be looked at 2 to the power of 11 times.
  const sdl = `type Query { t: T }
    interface T { id: ID } type A implements T { id: ID  a: T } type B implements T @cost(weight: 2) { id: ID  a: T }`;
  const selection = (level: number): string =>
    level === 0 ? '{ id }' : `{ ... on A { a ${selection(level - 1)} } ... on B { a ${selection(level - 1)} } }`;
  // Written out the text would be as large: fragments say it in little.
  const fragments = Array.from({ length: levels }, (_, level) => {
    const below = level === 0 ? '{ id }' : `{ ...F${level - 1} }`;
    return `fragment F${level} on T { ... on A { a ${below} } ... on B { a ${below} } }`;
  });
  const query = `{ t { ...F${levels - 1} } } ${fragments.join(' ')}`;
  let looked = 0;
  const data = (level: number): unknown => ({
    get a() {
      looked += 1;
      return level === 0 ? null : value[level - 1];
    },
  });
  const value: unknown[] = [];
  for (let level = 0; level < levels; level++) value.push(data(level));
  assert.equal(actualOf(sdl, query, { t: value[levels - 1] }), 2 * levels);
  // Twice: with literals and with variables in their places.
  assert.ok(looked <= 2 * 2 * levels, `${looked}`);
  assert.equal(actualOf(sdl, `{ t ${selection(3)} }`, { t: value[2] }), 2 * 3);
});
