import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, parse, print, stripIgnoredCharacters } from 'graphql';
import { takeLiterals } from '../../../gateway/operations/literals.ts';

const schema = buildSchema(`
  directive @mark(as: Int) on FIELD
  scalar Any
  enum Color { RED BLUE }
  input Filter { color: Color, ids: [ID!], size: Int = 3, inner: Filter }
  type Query {
    int(x: Int): Query
    needed(x: Int!): Int
    other(first: Int, x: Int): Int
    float(x: Float): Int
    id(x: ID): Int
    color(x: Color): Int
    colors(x: [Color!]): Int
    filter(by: Filter!): Int
    any(x: Any): Int
  }
`);

/** The text and the values that are left of a query. */
function taken(query: string): [string, unknown] {
  const { document, values } = takeLiterals(schema, parse(query));
  return [stripIgnoredCharacters(print(document)), values];
}

for (const [what, query, text, values] of [
  [
    'a number',
    '{ int(x: 1) { float(x: 2.5) } }',
    'query($x:Int$x_2:Float){int(x:$x){float(x:$x_2)}}',
    { x: 1, x_2: 2.5 },
  ],
  ['the type of the argument', '{ needed(x: 1) }', 'query($x:Int!){needed(x:$x)}', { x: 1 }],
  ['an enum becomes a string', '{ color(x: RED) }', 'query($x:Color){color(x:$x)}', { x: 'RED' }],
  ['a list is one', '{ colors(x: [RED, BLUE]) }', 'query($x:[Color!]){colors(x:$x)}', { x: ['RED', 'BLUE'] }],
  ['one item for a list', '{ colors(x: RED) }', 'query($x:[Color!]){colors(x:$x)}', { x: ['RED'] }],
  [
    'an object is one',
    '{ filter(by: { color: RED, ids: [1, "b"], inner: { size: null } }) }',
    'query($by:Filter!){filter(by:$by)}',
    { by: { color: 'RED', ids: ['1', 'b'], inner: { size: null } } },
  ],
  ['an ID of any length', '{ id(x: 12345678901234567890) }', 'query($x:ID){id(x:$x)}', { x: '12345678901234567890' }],
  ['JSON for a custom scalar', '{ any(x: { a: [1, "b"] }) }', 'query($x:Any){any(x:$x)}', { x: { a: [1, 'b'] } }],
] as const) {
  test(`a literal becomes a variable: ${what}`, () => assert.deepEqual(taken(query), [text, values]));
}

for (const [what, query] of [
  ['null', '{int(x:null){needed(x:$v)}}'],
  ['what holds a variable', '{filter(by:{size:$v})}'],
  ['a number that JavaScript writes otherwise', '{float(x:1.50)}'],
  ['a number that JavaScript cannot hold', '{any(x:12345678901234567890)}'],
  ['minus zero', '{float(x:-0)}'],
  ['an enum value of a custom scalar', '{any(x:{a:RED})}'],
  ['a key that objects treat as special', '{any(x:{__proto__:1})}'],
  ['in a directive', '{int@mark(as:1)@include(if:true){needed(x:$v)}}'],
  ['in introspection', '{__type(name:"Query"){fields(includeDeprecated:true){name}}}'],
] as const) {
  test(`a literal stays: ${what}`, () => assert.deepEqual(taken(query), [query, {}]));
}

test('equal values of one type share a variable, so that fields can be merged', () => {
  const [text, values] = taken('{ a: int(x: 1) { needed(x: 1) } a: int(x: 1) { other(first: 1, x: 2) } }');
  assert.equal(text, 'query($x:Int$x_2:Int!$x_3:Int){a:int(x:$x){needed(x:$x_2)}a:int(x:$x){other(first:$x x:$x_3)}}');
  assert.deepEqual(values, { x: 1, x_2: 1, x_3: 2 });
});

test('a made-up name is none of the client', () => {
  const [text, values] = taken('query($x: Int, $x_2: Int) { int(x: 1) { other(first: $x, x: $x_2) } }');
  assert.equal(text, 'query($x:Int$x_2:Int$x_3:Int){int(x:$x_3){other(first:$x x:$x_2)}}');
  assert.deepEqual(values, { x_3: 1 });
});

test('literals in fragments are taken, too', () => {
  const [text] = taken('{ ...F } fragment F on Query { int(x: 1) { ...G } } fragment G on Query { needed(x: 7) }');
  assert.equal(
    text,
    'query($x:Int$x_2:Int!){...F}fragment F on Query{int(x:$x){...G}}fragment G on Query{needed(x:$x_2)}',
  );
});
