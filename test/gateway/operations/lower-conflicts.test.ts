import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Program } from '../../../gateway/operations/program.ts';
import { fetchesOf, plannerOf, programOf, refusalOf, representationsOf, textsOf } from './lower-fixture.ts';

// Cases in which Apollo's own executor, or its planner as it's usually fed, gives a wrong answer.

const priced = {
  a: `
    type Query { products: [Product!]!  box: Box }
    interface Box { price(in: String): Int }
    type Product implements Box @key(fields: "upc") { upc: ID!  name: String  price(in: String): Int  origin: Place }
    type Place @shareable { code(form: Int): String }`,
  b: `
    type Product @key(fields: "upc") {
      upc: ID!
      price(in: String): Int @external
      origin: Place @external
      dollars: Int @requires(fields: "price(in: \\"USD\\")")
      euros: Int @requires(fields: "price(in: \\"EUR\\")")
      plain: Int @requires(fields: "price")
      short: Int @requires(fields: "origin { code(form: 1) }")
      long: Int @requires(fields: "origin { code(form: 2) }")
      other(n: Int): Int
    }
    type Place @shareable { code(form: Int): String }`,
};

test('what a @requires asks for with arguments has a key of its own beside what the client asks for', async () => {
  const planner = await plannerOf(priced);
  const program = programOf(planner, '{ products { price(in: "CHF") dollars } }');
  const [root, fetch] = fetchesOf(program);
  assert.equal(
    root?.query,
    'query($in:String){products{__typename upc _required0_price:price(in:"USD")price(in:$in)}}',
  );
  assert.deepEqual(representationsOf(fetch)?.Product, [
    { as: '__typename', value: 'Product' },
    { as: 'upc', from: 'upc' },
    { as: 'price', from: '_required0_price' },
  ]);
});

test('a @requires that leaves arguments out is not given what the client asks for with some', async () => {
  const planner = await plannerOf(priced);
  const [root, fetch] = fetchesOf(programOf(planner, '{ products { price(in: "CHF") plain } }'));
  assert.equal(root?.query, 'query($in:String){products{__typename upc _required2_price:price price(in:$in)}}');
  assert.deepEqual(representationsOf(fetch)?.Product?.at(-1), { as: 'price', from: '_required2_price' });
});

test('two @requires that differ in arguments are answered by two fetches at once, with what needs neither in the first', async () => {
  const planner = await plannerOf(priced);
  const program = programOf(planner, 'query($n: Int) { products { other(n: $n) dollars euros } }');
  const steps = program.steps?.kind === 'sequence' ? program.steps.steps : [];
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['fetch', 'parallel'],
  );
  const [, first, second] = fetchesOf(program);
  assert.equal(
    first?.query,
    'query($representations:[_Any!]!$n:Int){_entities(representations:$representations){...on Product{other(n:$n)dollars}}}',
  );
  assert.equal(
    second?.query,
    'query($representations:[_Any!]!){_entities(representations:$representations){...on Product{euros}}}',
  );
  assert.deepEqual([first?.variables, second?.variables], [[{ name: 'n' }], []]);
  assert.deepEqual(
    [first, second].map((fetch) => representationsOf(fetch)?.Product?.at(-1)),
    [
      { as: 'price', from: '_required0_price' },
      { as: 'price', from: '_required1_price' },
    ],
  );
});

test('arguments inside what is required count, too', async () => {
  const planner = await plannerOf(priced);
  const [root, first, second] = fetchesOf(programOf(planner, '{ products { short long } }'));
  assert.equal(
    root?.query,
    '{products{__typename upc origin{_required4_code:code(form:2)_required3_code:code(form:1)}}}',
  );
  assert.deepEqual(
    [first, second].map((fetch) => representationsOf(fetch)?.Product?.find(({ as }) => as === 'origin')),
    [3, 4].map((n) => ({
      as: 'origin',
      from: 'origin',
      fields: { kind: 'any', fields: [{ as: 'code', from: `_required${n}_code` }] },
    })),
  );
});

test('a client that writes a name that Junction has made up gets its own field', async () => {
  const planner = await plannerOf(priced);
  const program = programOf(planner, '{ products { _required0_price: name dollars } }');
  const [root] = fetchesOf(program);
  assert.equal(root?.query, '{products{__typename upc _required0_price:price(in:"USD")_alias0:name}}');
  assert.deepEqual(program.selections[1]?.fields[0], {
    key: '_required0_price',
    from: '_alias0',
    name: 'name',
    value: { kind: 'leaf', type: 'String' },
  });
  assert.equal(planner.read('{ products { _required0_price } }', undefined).kind, 'refused');
});

test("a client's alias is never taken for a key, for what is required, or for __typename", async () => {
  const planner = await plannerOf(priced);
  const program = programOf(planner, '{ products { upc: name __typename: name __proto__: name price: upc dollars } }');
  const [root] = fetchesOf(program);
  assert.equal(
    root?.query,
    '{products{__typename upc _required0_price:price(in:"USD")_alias0:name _alias1:name _alias2:name _alias3:upc}}',
  );
  assert.deepEqual(
    program.selections[1]?.fields.map(({ key, from }) => [key, from]),
    [
      ['upc', '_alias0'],
      ['__typename', '_alias1'],
      ['__proto__', '_alias2'],
      ['price', '_alias3'],
      ['dollars', undefined],
    ],
  );
});

test('fields that could be merged under such an alias still are', async () => {
  const planner = await plannerOf(priced);
  const [root] = fetchesOf(
    programOf(planner, '{ products { upc: origin { a: code(form: 1) } upc: origin { b: code(form: 2) } } }'),
  );
  assert.equal(
    root?.query,
    'query($form:Int$form_2:Int){products{_alias0:origin{a:code(form:$form)b:code(form:$form_2)}}}',
  );
});

test('a subgraph is entered by a key that it can resolve, wherever the schema names that', async () => {
  const planner = await plannerOf({
    a: `
      type Query { p: P }
      type P @key(fields: "id", resolvable: false) @key(fields: "sku") {
        id: ID!  sku: ID!  title: String @external  extra: String @requires(fields: "title")
      }`,
    b: 'type P @key(fields: "id") @key(fields: "sku") { id: ID!  sku: ID!  title: String }',
  });
  const [, , back] = fetchesOf(programOf(planner, '{ p { extra } }'));
  assert.equal(back?.subgraph, 'a');
  assert.deepEqual(representationsOf(back)?.P, [
    { as: '__typename', value: 'P' },
    { as: 'title', from: 'title' },
    { as: 'sku', from: 'sku' },
  ]);
});

test('a subgraph that can only be entered by a key marked "resolvable: false" is not entered', async () => {
  const planner = await plannerOf({
    a: `
      type Query { p: P }
      type P @key(fields: "id", resolvable: false) {
        id: ID!  title: String @external  extra: String @requires(fields: "title")  free: String
      }`,
    b: 'type P @key(fields: "id") { id: ID!  title: String }',
  });
  assert.deepEqual(refusalOf(planner, '{ p { extra } }'), [
    {
      message: `The operation can't be answered: it needs P of subgraph a by a key that is marked "resolvable: false" there.`,
      extensions: { code: 'OPERATION_NOT_ANSWERABLE' },
    },
  ]);
  assert.deepEqual(textsOf(programOf(planner, '{ p { free } }')), ['a: {p{free}}']);
});

test("an interface object's fields are asked for where it stands, and not by coming back for one of the types", async () => {
  const planner = await plannerOf({
    a: `
      type Query { node: Node }
      type Node @interfaceObject @key(fields: "id", resolvable: false) { id: ID!  extra(n: Int): String }`,
    b: `
      interface Node @key(fields: "id") { id: ID! }
      type Product implements Node @key(fields: "id") { id: ID!  price: Int }
      type Other implements Node @key(fields: "id") { id: ID!  price: Int }`,
  });
  const program = programOf(
    planner,
    'query($a: Boolean!) { node { ... on Product { price x: extra(n: 1) } ... on Other @skip(if: $a) { x: extra(n: 2) } } }',
  );
  const [root, ...others] = fetchesOf(program);
  assert.equal(root?.subgraph, 'a');
  assert.deepEqual(
    others.map(({ subgraph }) => subgraph),
    ['b'],
  );
  // One answer for each type: `x` isn't the same field for both.
  const keys = program.selections.flatMap(({ type, fields }) =>
    fields.filter(({ key }) => key === 'x').map(({ from, when }) => ({ type, from: from ?? 'x', when })),
  );
  assert.deepEqual(keys.map(({ type }) => type).sort(), ['Other', 'Product']);
  for (const { from } of keys) assert.match(root?.query ?? '', new RegExp(`\\b${from}:extra`));
  assert.equal(new Set(keys.map(({ from }) => from)).size, 2);
});

/** The fields that the fetches ask of entities of a type, and how many fields their representations have. */
function entityFetchesOf(program: Program, type: string) {
  return fetchesOf(program).flatMap((fetch) => {
    const asked = fetch.query.match(new RegExp(`on ${type}\\{(.*?)\\}`))?.[1];
    return asked && fetch.subgraph === 'b' ? [[asked, Object.values(representationsOf(fetch) ?? {})[0]?.length]] : [];
  });
}

test('what only a field with a condition requires does not keep the others from being fetched', async () => {
  const planner = await plannerOf({
    a: `
      type Query { items: [Item!]! }
      type Item @key(fields: "id") { id: ID!  risk: Int }`,
    b: `
      type Item @key(fields: "id") {
        id: ID!  risk: Int @external  grade: Int @requires(fields: "risk")  check: Int
      }`,
  });
  const asked = (fields: string) =>
    entityFetchesOf(programOf(planner, `query ($a: Boolean!) { items { id @skip(if: $a) ${fields} } }`), 'Item');
  assert.deepEqual(asked('check grade @skip(if: $a)'), [
    ['check', 2],
    ['grade@skip(if:$a)', 3],
  ]);
  // One fetch is enough where all of it has the condition, or none, or where it's required in any case.
  assert.deepEqual(asked('check grade'), [['check grade', 3]]);
  assert.deepEqual(asked('again: grade grade @skip(if: $a)'), [['again:grade grade@skip(if:$a)', 3]]);
  assert.deepEqual(asked('check grade @include(if: true)'), [['check grade@include(if:true)', 3]]);
});

test('nor does what is required for some of the types of an interface', async () => {
  const planner = await plannerOf({
    a: `
      type Query { all: [Media!]! }
      interface Media @key(fields: "id") { id: ID!  title: String }
      type Song implements Media @key(fields: "id") { id: ID!  title: String }
      type Film implements Media @key(fields: "id") { id: ID!  title: String }`,
    b: `
      type Media @interfaceObject @key(fields: "id") {
        id: ID!  title: String @external  summary: String @requires(fields: "title")  stars: Int
      }`,
  });
  const asked = (fields: string) => entityFetchesOf(programOf(planner, `{ all { ${fields} } }`), 'Media');
  assert.deepEqual(asked('stars ... on Song { summary }'), [
    ['stars', 2],
    ['summary', 3],
  ]);
  assert.deepEqual(asked('stars summary'), [['stars summary', 3]]);
  assert.deepEqual(asked('... on Song { stars summary }'), [['stars summary', 3]]);
});
