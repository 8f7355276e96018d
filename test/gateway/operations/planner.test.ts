import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Planner } from '../../../gateway/operations/planner.ts';
import { compose } from '../../../gateway/supergraph/compose.ts';
import { CompositionError } from '../../../gateway/supergraph/errors.ts';
import { link, plannerOf, programOf, refusalOf, textsOf, wide } from './lower-fixture.ts';

let planner: Planner;
/** With limits that hardly ever refuse. */
let patient: Planner;

before(async () => {
  const subgraphs = {
    a: `
      type Query { item(id: ID, size: Int = 1): Item  items(filter: Filter): [Item!]! }
      input Filter { name: String = "x", colors: [Color!], inner: Filter }
      enum Color { RED BLUE }
      type Item @key(fields: "id") { id: ID! name: String color: Color item: Item }`,
    b: 'type Query { z: Int } type Item @key(fields: "id") { id: ID! stock(at: String): Int }',
  };
  [planner, patient] = await Promise.all([plannerOf(subgraphs), plannerOf(subgraphs, { limits: wide })]);
});

function read(query: string, operationName?: string) {
  const reading = planner.read(query, operationName);
  if (reading.kind !== 'read') throw new assert.AssertionError({ message: JSON.stringify(reading) });
  return reading;
}

test('texts that differ in literals, white space, comments and other operations have one id', () => {
  const { id, literals } = read('query A { item(id: "1") { name stock(at: "x") } }', 'A');
  assert.deepEqual(literals, { id: '1', at: 'x' });
  const same = read('# the same\nquery A { item(id: 22) {\n name, stock(at: "y") } } query B { z }', 'A');
  assert.equal(same.id, id);
  assert.deepEqual(same.literals, { id: '22', at: 'y' });
});

test('texts have ids of their own where a program would differ', () => {
  const ids = [
    '{ item(id: "1") { name } }',
    'query A { item(id: "1") { name } }',
    '{ item(size: 1) { name } }',
    '{ item(id: "1", size: null) { name } }',
    '{ item(id: "1") { name @include(if: true) } }',
    // A variable of the client is something else than a literal, and messages say where it's defined.
    'query($id: ID) { item(id: $id) { name } }',
    'query ($id: ID) { item(id: $id) { name } }',
  ].map((query) => read(query).id);
  assert.equal(new Set(ids).size, ids.length);
});

test('no name and text can pass for another name and text', () => {
  for (const [name, query, other] of [
    ['', 'query P2 { z }', 'query P2 { z }'],
    ['\nquery P1 {', '  z\n}', 'query P1 {\n  z\n}'],
  ] as const) {
    assert.equal(planner.read(query, name).kind, 'refused');
    assert.equal(planner.read(other, undefined).kind, 'read');
  }
});

test('a program says which variables a client may give, and what they may hold', () => {
  const query = `query ($filter: Filter = { colors: RED }
    $at: String) { items(filter: $filter) { stock(at: $at) } item(size: 2) { id } }`;
  const { variables, inputTypes } = programOf(planner, query);
  assert.deepEqual(variables, [
    {
      name: 'filter',
      type: 'Filter',
      defaultValue: { name: 'x', colors: ['RED'] },
      location: { line: 1, column: 8 },
    },
    { name: 'at', type: 'String', location: { line: 2, column: 5 } },
    { name: 'size', type: 'Int', literal: true },
  ]);
  assert.deepEqual(inputTypes, {
    Filter: {
      kind: 'object',
      fields: [
        { name: 'name', type: 'String', defaultValue: 'x' },
        { name: 'colors', type: '[Color!]' },
        { name: 'inner', type: 'Filter' },
      ],
    },
    Color: { kind: 'enum', values: ['RED', 'BLUE'] },
  });
});

for (const [what, query, operationName, expected] of [
  [
    'a text that is no GraphQL',
    '{ item { id } ',
    undefined,
    { message: 'Syntax Error: Expected Name, found <EOF>.', locations: [{ line: 1, column: 15 }] },
  ],
  [
    'a text of too many words',
    `{ ${'z '.repeat(15_000)} }`,
    undefined,
    {
      message: 'The operation has more than 5000 tokens; at most 5000 are allowed (limits.tokens).',
      extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'tokens', value: 5001, maximum: 5000 },
    },
  ],
  ['nesting without end', `{ ${'a { '.repeat(7_400)}`, undefined, { message: 'The operation is nested too deeply.' }],
  [
    'a field that is not there',
    '{\n  item { nope } }',
    undefined,
    {
      message: 'Cannot query field "nope" on type "Item". Did you mean "name"?',
      locations: [{ line: 2, column: 10 }],
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    },
  ],
  [
    'an operation that is not there',
    'query A { z }',
    'B',
    { message: 'The document has no operation named "B".', extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } },
  ],
  [
    'no choice between two',
    'query A { z } query B { z }',
    undefined,
    {
      message: 'The document has 2 operations. Expected "operationName" to choose one.',
      extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
    },
  ],
  [
    'a kind of operation that there is none of',
    'subscription { z }',
    undefined,
    {
      message: 'This schema has no subscriptions.',
      locations: [{ line: 1, column: 1 }],
      extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
    },
  ],
] as const) {
  test(`refused: ${what}`, () => {
    const reading = planner.read(query, operationName);
    assert.partialDeepStrictEqual(reading, {
      kind: 'refused',
      errors: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' }, ...expected }],
    });
    assert.deepEqual(planner.plan(query, operationName), reading);
  });
}

test('refused: fragments that multiply', () => {
  const fragments = Array.from(
    { length: 30 },
    (_, i) => `fragment F${i} on Item { a${i}: item { ...F${i + 1} } b${i}: item { ...F${i + 1} } }`,
  );
  const errors = refusalOf(patient, `{ item { ...F0 } } ${fragments.join(' ')} fragment F30 on Item { id }`);
  assert.deepEqual(errors, [
    {
      message: 'The operation is too complex: with its fragments in place it selects over 50000 fields.',
      extensions: { code: 'OPERATION_TOO_COMPLEX' },
    },
  ]);
});

test('introspection is answered once and for all, unless a variable decides', () => {
  const fixed = programOf(planner, '{ one: __type(name: "Color") { enumValues { name } } __typename }');
  assert.equal(fixed.steps, undefined);
  assert.deepEqual(fixed.selections[0]?.fields[0]?.value, {
    kind: 'introspection',
    text: '{"enumValues":[{"name":"RED"},{"name":"BLUE"}]}',
  });
  const open = programOf(planner, 'query($n: String!) { __type(name: $n) { kind } z }');
  assert.deepEqual(textsOf(open), ['b: {z}']);
  const value = open.selections[0]?.fields[0]?.value;
  assert.ok(value?.kind === 'introspection' && 'query' in value);
  assert.deepEqual(value.variables, ['n']);
  assert.equal(planner.introspect(value.query, { n: 'Item' }), '{"kind":"OBJECT"}');
  assert.equal(planner.introspect(value.query, { n: 'Nothing' }), 'null');
});

test('introspection that is asked for twice under one key keeps the conditions', () => {
  const query =
    'query($a: Boolean!) { x: __type(name: "Item") { name } ... @skip(if: $a) { x: __type(name: "Item") { kind } } }';
  const value = programOf(planner, query).selections[0]?.fields[0]?.value;
  assert.ok(value?.kind === 'introspection' && 'query' in value);
  assert.equal(planner.introspect(value.query, { a: true }), '{"name":"Item"}');
  assert.equal(planner.introspect(value.query, { a: false }), '{"name":"Item","kind":"OBJECT"}');
});

test('introspection with a value that is none is refused, and is no fault of the planner', () => {
  const program = programOf(planner, 'query($n: String = "Item") { __type(name: $n) { kind } }');
  const value = program.selections[0]?.fields[0]?.value;
  assert.ok(value?.kind === 'introspection' && 'query' in value);
  assert.throws(() => planner.introspect(value.query, { n: null }), {
    name: 'OperationRefusedError',
    message: 'Argument "name" of non-null type "String!" must not be null.',
  });
});

test('a long answer to introspection stays out of the program, and has an end', () => {
  const types = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: types { ...T }`).join(' ');
  const many = (count: number) =>
    `{ __schema { ${types(count)} } } fragment T on __Type { a: fields { ...F } b: fields { ...F } c: fields { ...F } }
      fragment F on __Field { name description type { name description } args { name description } }`;
  const value = programOf(patient, many(50)).selections[0]?.fields[0]?.value;
  assert.ok(value?.kind === 'introspection' && 'query' in value);
  assert.ok(patient.introspect(value.query, {}).length > 250_000);
  assert.deepEqual(refusalOf(patient, many(600)), [
    {
      message: 'The operation is too complex: introspection answers it with over 8000000 characters.',
      extensions: { code: 'OPERATION_TOO_COMPLEX' },
    },
  ]);
});

test('where introspection is off, no text asks for the schema, and no error tells names of it', async () => {
  const item =
    'type Query { item(size: Int, color: Color): Item self: Query } type Item { name: String } enum Color { RED }';
  const options = { introspection: false };
  const closed = await plannerOf({ a: item }, options);
  for (const query of [
    '{ __schema { types { name } } }',
    'query($no: Boolean!, $n: String!) { a: __type(name: $n) @include(if: $no) { name } }',
    '{ ... { ...A } } fragment A on Query { ...B } fragment B on Query { __type(name: "Item") { name } }',
    '{ self { self { __schema { description } } } }',
  ]) {
    const reading = closed.read(query, undefined);
    const message = 'Introspection is turned off here.';
    assert.deepEqual(reading, {
      kind: 'refused',
      errors: [{ message, extensions: { code: 'INTROSPECTION_DISABLED' } }],
    });
    assert.deepEqual(closed.plan(query, undefined), reading);
  }
  const others = 'query A { item { __typename } } query B { __schema { types { name } } }';
  assert.equal(closed.read(others, 'A').kind, 'read');

  const open = await plannerOf({ a: item });
  const wrong = '{ itm item(siz: 1, color: RD) { nam ... on Itm { name } } }';
  const messages = (planner: Planner) => refusalOf(planner, wrong).map(({ message }) => message);
  assert.equal(messages(open).filter((message) => message.includes('Did you mean')).length, 5);
  assert.deepEqual(
    messages(closed),
    messages(open).map((message) => message.replace(/ Did you mean .*/, '').replaceAll(/"(Item|Color)"/g, '"…"')),
  );
});

test('a failure of the planner is not mistaken for a limit because of a name', async () => {
  const { sdl } = compose(
    Object.entries({
      a: 'type Query { item: Item } type Item @key(fields: "id") { id: ID! }',
      b: 'type Item @key(fields: "id") { id: ID! limit: Int }',
    }).map(([name, sdl]) => ({ name, url: `http://${name}.test`, where: name, sdl: link + sdl })),
  );
  const broken = sdl.replace('@join__type(graph: B, key: "id")', '@join__type(graph: B)');
  assert.notEqual(broken, sdl);
  assert.deepEqual(refusalOf(await Planner.load(broken), '{ item { limit } }'), [
    {
      message: "The operation can't be answered: the query planner finds no way to do it.",
      extensions: { code: 'OPERATION_NOT_ANSWERABLE' },
    },
  ]);
});

test('what clients do not see is not answered by introspection, nor planned for', async () => {
  const hidden = await plannerOf({
    a: 'type Query { a: A } type A @key(fields: "id") { id: ID! p(x: Int): Int @inaccessible }',
    b: 'type A @key(fields: "id") { id: ID! p(x: Int): Int @external r: Int @requires(fields: "p(x: 1)") }',
  });
  const { selections } = programOf(hidden, '{ __type(name: "A") { fields { name } } }');
  assert.deepEqual(selections[0]?.fields[0]?.value, {
    kind: 'introspection',
    text: '{"fields":[{"name":"id"},{"name":"r"}]}',
  });
});

test('a supergraph that does not load says why', async () => {
  await assert.rejects(Planner.load('type Query { a: Int }'), (error: unknown) => {
    assert.ok(error instanceof CompositionError);
    assert.match(error.message, /^the composed supergraph can't be loaded: /);
    return true;
  });
});
