import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Planner } from '../../../gateway/operations/planner.ts';
import type { Step } from '../../../gateway/operations/program.ts';
import { fetchesOf, plannerOf, programOf, refusalOf, representationsOf, textsOf } from './lower-fixture.ts';

let planner: Planner;

before(async () => {
  planner = await plannerOf({
    a: `
      type Query { items: [[Item]!]  thing(id: ID): Thing  any: Any  again: Query }
      type Mutation { change(to: Int): Change  set(to: Int): Int }
      type Change { ok: Boolean  query: Query }
      union Any = Item | Box
      interface Thing @key(fields: "id") { id: ID!  name: String }
      type Item implements Thing @key(fields: "id") { id: ID!  name: String  size: Size }
      type Box implements Thing @key(fields: "id") { id: ID!  name: String  label: String }
      type Size { w: Int  h: Int }`,
    b: `
      type Query { z(n: Int): Int }
      type Mutation { other: Int }
      type Thing @interfaceObject @key(fields: "id") { id: ID!  rating: Int }`,
    c: `
      type Item @key(fields: "id") {
        id: ID!  size: Size @external  area: Int @requires(fields: "size { w h }")  c(n: Int): Int
      }
      type Size { w: Int @external  h: Int @external }`,
  });
});

test('fetches go one after the other where the plan says so, and at once where it can', () => {
  const { steps } = programOf(planner, '{ items { c rating } z }');
  assert.ok(steps?.kind === 'parallel');
  assert.deepEqual(steps.steps.map(({ kind }) => kind).sort(), ['fetch', 'sequence']);
});

test('entities stand at a path, with a representation for each type that they may have', () => {
  const [, fetch] = fetchesOf(programOf(planner, '{ items { area } }'));
  assert.partialDeepStrictEqual(fetch, {
    subgraph: 'c',
    operation: 'query',
    query: 'query($representations:[_Any!]!){_entities(representations:$representations){...on Item{area}}}',
    variables: [],
    target: { kind: 'entities', path: ['items', '@', '@'], variable: 'representations' },
    renames: [],
  });
  assert.deepEqual(representationsOf(fetch), {
    Item: [
      { as: '__typename', value: 'Item' },
      { as: 'id', from: 'id' },
      {
        as: 'size',
        from: 'size',
        fields: {
          kind: 'any',
          fields: [
            { as: 'w', from: 'w' },
            { as: 'h', from: 'h' },
          ],
        },
      },
    ],
  });
});

test('a subgraph that knows only an interface gets its name in the place of the type', () => {
  const [, fetch] = fetchesOf(programOf(planner, '{ any { ... on Item { rating } } }'));
  assert.deepEqual(representationsOf(fetch)?.Item, [
    { as: '__typename', value: 'Thing' },
    { as: 'id', from: 'id' },
  ]);
  const [, ofAny] = fetchesOf(programOf(planner, '{ thing { rating } }'));
  // An object that comes from such a subgraph may still have the interface's name.
  assert.deepEqual(Object.keys(representationsOf(ofAny) ?? {}).sort(), ['Box', 'Item', 'Thing']);
});

test('conditions that decide about a whole fetch are steps; the others stay in the text', () => {
  const { steps } = programOf(
    planner,
    'query($a: Boolean!, $b: Boolean!) { z @include(if: $a) again @skip(if: $b) { z } }',
  );
  assert.ok(steps?.kind === 'parallel');
  const conditions = steps.steps.map(
    (step) => step.kind === 'condition' && [step.variable, step.then?.kind, step.otherwise?.kind],
  );
  assert.deepEqual(conditions, [
    ['a', 'fetch', undefined],
    ['b', undefined, 'sequence'],
  ]);
});

test('the keys of a root fetch come with their conditions', () => {
  const query =
    'query($a: Boolean!) { x: z(n: 1) ... @include(if: $a) { y: z z @skip(if: true) } ... on Query { y: z } }';
  const [fetch] = fetchesOf(programOf(planner, query));
  assert.deepEqual(fetch?.target, { kind: 'root', keys: [{ key: 'x' }, { key: 'y' }] });
  const [conditional] = fetchesOf(programOf(planner, 'query($a: Boolean!) { z ... @include(if: $a) { y: z } }'));
  assert.deepEqual(conditional?.target, {
    kind: 'root',
    keys: [{ key: 'z' }, { key: 'y', when: [[{ variable: 'a', is: true }]] }],
  });
});

test('mutations go in series, and a Query inside an answer is fetched into that answer', () => {
  const program = programOf(planner, 'mutation { change(to: 1) { query { z } } other set(to: 2) }');
  assert.equal(program.steps?.kind, 'sequence');
  assert.deepEqual(textsOf(program), [
    'a: mutation($to:Int){change(to:$to){query{__typename}}}',
    'b: {...on Query{z}}',
    'b: mutation{other}',
    'a: mutation($to_2:Int){set(to:$to_2)}',
  ]);
  assert.deepEqual(fetchesOf(program)[1]?.target, { kind: 'root', path: ['change', 'query'], keys: [{ key: 'z' }] });
});

test("a client's variable called representations has another name where the plan needs that one", () => {
  const [, fetch] = fetchesOf(programOf(planner, 'query($representations: Int) { items { c(n: $representations) } }'));
  assert.equal(
    fetch?.query,
    'query($representations:[_Any!]!$representations_:Int){_entities(representations:$representations){...on Item{c(n:$representations_)}}}',
  );
  assert.deepEqual(fetch?.variables, [{ name: 'representations', as: 'representations_' }]);
  const { steps } = programOf(planner, 'query($representations: Boolean!) { z @include(if: $representations) }');
  assert.ok(steps?.kind === 'condition');
  assert.equal(steps.variable, 'representations');
});

test('keys that the planner makes up for fields of different types are moved back', () => {
  const [fetch] = fetchesOf(programOf(planner, '{ any { ... on Item { x: name } ... on Box { x: label } } }'));
  assert.equal(fetch?.query, '{any{__typename ...on Item{x:name}...on Box{x__alias_0:label}}}');
  assert.deepEqual(fetch?.renames, [{ path: [{ key: 'any' }, { types: ['Box'] }], from: 'x__alias_0', to: 'x' }]);
});

test('nothing is fetched for what is not asked for', () => {
  assert.equal(programOf(planner, '{ __typename ... { x: __typename } }').steps, undefined);
  assert.equal(programOf(planner, '{ z @skip(if: true) }').steps, undefined);
});

test('what the planner finds no fetch for is refused, instead of answered by null', async () => {
  const stranded = await plannerOf({
    a: `
      interface Node @key(fields: "id") { id: ID! }
      type Query { a: Node }`,
    b: `
      type Node @key(fields: "id", resolvable: false) @interfaceObject { id: ID!  field: String }
      type Query { b: Node }`,
  });
  assert.deepEqual(refusalOf(stranded, '{ a { field } }'), [
    {
      message: 'The operation can\'t be answered: no subgraph has all of "a".',
      extensions: { code: 'OPERATION_NOT_ANSWERABLE' },
    },
  ]);
  assert.deepEqual(textsOf(programOf(stranded, '{ b { field } }')), ['b: {b{field}}']);
});

test('a subscription is one fetch, and what each of its events needs after it', async () => {
  const live = await plannerOf({
    a: `
      type Query { a: Int }
      type Subscription { changed(n: Int): Item }
      type Item @key(fields: "id") { id: ID! }`,
    b: 'type Item @key(fields: "id") { id: ID!  name: String }',
  });
  const program = programOf(live, 'subscription { changed(n: 1) { name } }');
  assert.equal(program.kind, 'subscription');
  assert.equal(program.steps?.kind, 'sequence');
  assert.deepEqual(
    fetchesOf(program).map(({ operation, query }) => [operation, query]),
    [
      ['subscription', 'subscription($n:Int){changed(n:$n){__typename id}}'],
      ['query', 'query($representations:[_Any!]!){_entities(representations:$representations){...on Item{name}}}'],
    ],
  );
});

test('mutations stay in the order of the text, in fragments or not', () => {
  const query = `mutation ($a: Boolean!, $b: Boolean!) {
    ... on Mutation { one: set(to: 1) }
    other
    ... on Mutation @include(if: $a) { three: set(to: 3)  four: set(to: 4) @include(if: $b) }
  }`;
  assert.deepEqual(textsOf(programOf(planner, query)), [
    'a: mutation($to:Int){one:set(to:$to)}',
    'b: mutation{other}',
    'a: mutation($to_2:Int$a:Boolean!$to_3:Int$b:Boolean!){three:set(to:$to_2)@include(if:$a)...@include(if:$a){four:set(to:$to_3)@include(if:$b)}}',
  ]);
});

test('a mutation that is written twice under one key is done once, at its first place that is not skipped', () => {
  const query = `mutation ($a: Boolean!) {
    x: set(to: 1) @include(if: $a)
    other
    ... @include(if: $a) { x: set(to: 1) @include(if: true) }
    x: set(to: 1)
  }`;
  const { steps } = programOf(planner, query);
  const texts = (step?: Step) => step && fetchesOf({ steps: step }).map(({ query }) => query);
  assert.deepEqual(
    steps?.kind === 'sequence' &&
      steps.steps.map((step) =>
        step.kind === 'condition' ? [step.variable, texts(step.then), texts(step.otherwise)] : texts(step),
      ),
    [
      ['a', ['mutation($to:Int){...{x:set(to:$to)...{x:set(to:$to)}}}'], undefined],
      ['mutation{other}'],
      ['a', undefined, ['mutation($to:Int){...{x:set(to:$to)}}']],
    ],
  );
});

test('an object of which it may be that nothing is asked is still asked for', () => {
  const program = programOf(planner, 'query($a: Boolean!) { again @skip(if: $a) { z @include(if: $a) } }');
  assert.deepEqual(
    fetchesOf(program).flatMap(({ target }) => (target.kind === 'root' && !target.path ? target.keys : [])),
    [{ key: 'again' }],
  );
  const query = '{ items { name @skip(if: true) ... on Item @include(if: false) { c } } z @include(if: true) }';
  assert.deepEqual(textsOf(programOf(planner, query)).sort(), ['a: {items{__typename}}', 'b: {z@include(if:true)}']);
});

test('another interface is named by its types where the one it stands in is an object in a subgraph', async () => {
  const media = await plannerOf({
    a: `
      interface Media @key(fields: "id") { id: ID! }
      interface Lendable { due: String }
      type Book implements Media & Lendable @key(fields: "id") { id: ID!  due: String }
      type Song implements Media @key(fields: "id") { id: ID! }`,
    b: `
      type Query { top: Media }
      type Media @interfaceObject @key(fields: "id") { id: ID! }`,
  });
  assert.deepEqual(textsOf(programOf(media, '{ top { ... on Lendable { due } } }')), [
    'b: {top{__typename id}}',
    'a: query($representations:[_Any!]!){_entities(representations:$representations){...on Media{__typename ...on Book{due}}}}',
  ]);
});
