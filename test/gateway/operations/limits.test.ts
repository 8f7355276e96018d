import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { buildSchema, getIntrospectionQuery, parse } from 'graphql';
import { defaultConfigFile } from '../../../gateway/config-file.ts';
import { readDocument } from '../../../gateway/operations/document.ts';
import type { DocumentLimits } from '../../../gateway/operations/limits/document.ts';
import { measure } from '../../../gateway/operations/limits/structure.ts';
import { checkText } from '../../../gateway/operations/limits/text.ts';

const schema = buildSchema(`
  type Query { a(list: [Int], lists: [[Int]], input: Input): Query  b: Int }
  type Mutation { a: Query  b: Int }
  input Input { list: [Int]  input: Input }
`);
const { limits } = defaultConfigFile;

/** What a text is refused for; undefined where it isn't. */
function refusalsOf(query: string, some: Partial<DocumentLimits> = {}, operationName?: string) {
  const document = readDocument({ schema, introspection: true }, query, operationName, { ...limits, ...some });
  return 'errors' in document ? document.errors : undefined;
}

const repeated = (count: number, textOf: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => textOf(i)).join(' ');
const nested = (depth: number): string => (depth === 1 ? '{ b }' : `{ a ${nested(depth - 1)} }`);

/** A limit, a text that it just allows, one that exceeds it by one, and what is said of that. */
const bounds: Readonly<Record<string, readonly [keyof DocumentLimits, number, string, string, string]>> = {
  tokens: ['tokens', 4, '{ b b }', '{ b b b }', 'The operation has more than 4 tokens'],
  depth: ['depth', 3, nested(3), nested(4), 'The operation is nested 4 levels deep'],
  'depth in fragments': [
    'depth',
    3,
    '{ a { ...F } } fragment F on Query { ... { a { b } } }',
    '{ a { a { ...F } } } fragment F on Query { ... { a { b } } }',
    'The operation is nested 4 levels deep',
  ],
  'depth of an operation that is not asked for': [
    'depth',
    1,
    'query A { b } query B { b }',
    'query A { b } query B { a { b } }',
    'The operation is nested 2 levels deep',
  ],
  aliases: ['aliases', 2, '{ x: b y: b b: b }', '{ x: b y: b a { z: b } }', 'The operation has 3 aliases'],
  'root fields': ['root_fields', 2, '{ a { b b } b }', '{ a { b } x: b y: b }', 'The operation has 3 root fields'],
  'root fields in fragments': [
    'root_fields',
    3,
    'mutation { b ...F } fragment F on Mutation { x: b ... { y: b } }',
    'mutation { b ...F ...F } fragment F on Mutation { x: b ... { y: b } }',
    'The operation has 5 root fields',
  ],
  directives: [
    'directives',
    3,
    '{ b @skip(if: false) ... @include(if: true) { b } ...F @skip(if: true) } fragment F on Query { b }',
    'query ($x: Int @include(if: true)) { b @skip(if: false) @include(if: true) @skip(if: true) }',
    'The operation has 4 directives',
  ],
  fields: [
    'fields',
    4,
    '{ a { b b } b }',
    '{ a { b b } b b }',
    'With its fragments in place the operation has 5 fields',
  ],
  'fields in fragments': [
    'fields',
    4,
    '{ ...F ...F } fragment F on Query { a { b } }',
    '{ ...F ...F b } fragment F on Query { a { b } }',
    'With its fragments in place the operation has 5 fields',
  ],
  'fields of a fragment that is not spread': [
    'fields',
    1,
    '{ b }',
    '{ b } fragment F on Query { b b }',
    'With its fragments in place the operation has 2 fields',
  ],
  'list items': [
    'list_items',
    3,
    '{ a(list: [1, 2, 3], lists: [[1, 2, 3], [1, 2, 3]]) { b } }',
    '{ a(lists: [[1, 2, 3, 4]]) { b } }',
    'A list in the operation has 4 items',
  ],
  'list items in a default': [
    'list_items',
    3,
    'query ($x: Input = { list: [1, 2, 3] }) { a(input: $x) { b } }',
    'query ($x: Input = { list: [1, 2, 3, 4] }) { a(input: $x) { b } }',
    'A list in the operation has 4 items',
  ],
  'nested literals': [
    'input_depth',
    3,
    '{ a(input: { input: { list: [1] } }) { b } }',
    '{ a(input: { input: { input: { list: [1] } } }) { b } }',
    "Lists and objects in the operation's arguments are nested 4 levels deep",
  ],
};

for (const [what, [limit, maximum, allowed, over, said]] of Object.entries(bounds)) {
  test(`a limit is kept to the letter: ${what}`, () => {
    assert.equal(refusalsOf(allowed, { [limit]: maximum }, /^query A/.test(allowed) ? 'A' : undefined), undefined);
    const value = Number(/\d+/.exec(said)?.[0]) + Number(limit === 'tokens');
    assert.deepEqual(refusalsOf(over, { [limit]: maximum }), [
      {
        message: `${said}; at most ${maximum} ${maximum === 1 ? 'is' : 'are'} allowed (limits.${limit}).`,
        extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit, value, maximum },
      },
    ]);
  });
}

test('a text is as long as it may be', () => {
  const some = { operation_characters: 10 };
  assert.equal(checkText('x'.repeat(10), some), undefined);
  assert.deepEqual(checkText('x'.repeat(11), some), {
    message: "The operation's text has 11 characters; at most 10 are allowed (limits.operation_characters).",
    extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'operation_characters', value: 11, maximum: 10 },
  });
  assert.equal(checkText(`#${'x'.repeat(1_000_000)}\n{ b }`, limits)?.extensions.value, 1_000_007);
});

const floods: Readonly<Record<string, readonly [string, string, number]>> = {
  '746 characters of nesting': [`{${'a{'.repeat(247)}b${'}'.repeat(248)}`, 'depth', 248],
  '1,200 levels': [nested(1_200), 'depth', 1_200],
  '10,000 aliases': [`{ ${repeated(10_000, (i) => `x${i}: b`)} }`, 'tokens', 5_001],
  '1,600 aliases': [`{ ${repeated(1_600, (i) => `x${i}: b`)} }`, 'aliases', 1_600],
  '2,000 times one field': [`{ ${'b '.repeat(2_000)} }`, 'root_fields', 2_000],
  '500 directives': [`{ b ${'@skip(if:false)'.repeat(500)} }`, 'directives', 500],
  'fragments that multiply': [
    `{ ...F0 } ${repeated(200, (i) => `fragment F${i} on Query { a { ...F${i + 1} } a { ...F${i + 1} } }`)} fragment F200 on Query { b }`,
    'depth',
    201,
  ],
  'fragments that multiply in one place': [
    `{ a { ...F0 } } ${repeated(200, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F200 on Query { b }`,
    'fields',
    Number.MAX_SAFE_INTEGER,
  ],
  'lists in lists': [`{ a(lists: ${'['.repeat(800)}${']'.repeat(800)}) { b } }`, 'input_depth', 800],
  'a long list': [`{ a(list: [${'1 '.repeat(4_000)}]) { b } }`, 'list_items', 4_000],
};

for (const [what, [query, limit, value]] of Object.entries(floods)) {
  test(`refused by default: ${what}`, () => {
    const refusals = refusalsOf(query);
    assert.equal(refusals?.length, 1);
    const { code, maximum, ...found } = refusals[0]?.extensions ?? {};
    assert.deepEqual({ code, ...found }, { code: 'OPERATION_LIMIT_EXCEEDED', limit, value });
    assert.ok(maximum !== undefined && value > maximum);
  });
}

test('every document is measured in a step for each of its nodes', () => {
  for (const [what, [query]] of Object.entries(floods)) {
    if (query.length > 50_000) continue;
    const { document, nodes, visits } = watched(parse(query, { noLocation: true }));
    measure(document);
    assert.ok(visits() <= 2 * nodes(), `${what}: ${visits()} looks at ${nodes()} nodes`);
  }
});

test('fragments that hold themselves, or are not there, are measured and left to validation', () => {
  const cycle = '{ a { ...F } } fragment F on Query { a { ...G } } fragment G on Query { b ...F }';
  assert.deepEqual(
    refusalsOf(cycle)?.map(({ message }) => message),
    ['Cannot spread fragment "F" within itself via "G".'],
  );
  assert.deepEqual(
    refusalsOf('{ ...Missing }')?.map(({ message }) => message),
    ['Unknown fragment "Missing".'],
  );
});

test('what GraphQL compares too long is too complex', () => {
  const [refusal] = refusalsOf(`{ a { ${'b '.repeat(4_900)} } }`) ?? [];
  assert.deepEqual(refusal, {
    message: 'The operation repeats its fields too often to be validated.',
    extensions: { code: 'OPERATION_TOO_COMPLEX' },
  });
});

test('nesting that fills the stack is refused, whether by default or where limits allow it', () => {
  const query = `{${'a{'.repeat(100_000)}b${'}'.repeat(100_001)}`;
  assert.equal(checkText(query, limits)?.extensions.value, query.length);
  const full = [{ message: 'The operation is nested too deeply.', extensions: { code: 'GRAPHQL_PARSE_FAILED' } }];
  assert.deepEqual(refusalsOf(query, { tokens: 1_000_000, depth: 1_000_000, fields: 1_000_000 }), full);
  // Half as many levels as tokens fit into some stacks.
  const code = refusalsOf(query)?.[0]?.extensions.code ?? '';
  assert.ok(['GRAPHQL_PARSE_FAILED', 'OPERATION_LIMIT_EXCEEDED'].includes(code), code);
});

test('the usual introspection passes by default', () => {
  const options = {
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  };
  for (const query of [
    getIntrospectionQuery(options),
    getIntrospectionQuery(),
    getIntrospectionQuery({ descriptions: false }),
  ]) {
    assert.equal(checkText(query, limits), undefined);
    assert.equal(refusalsOf(query), undefined);
  }
});

test('the ready-made queries take less than half of each limit', () => {
  const folder = resolve(import.meta.dirname, '../../../gateway/console/queries');
  const files = readdirSync(folder);
  assert.ok(files.length >= 5);
  for (const file of files) {
    const document = parse(readFileSync(resolve(folder, file), 'utf8'));
    const { depth, aliases, rootFields, directives, fields, listItems } = measure(document);
    assert.ok(depth <= limits.depth / 2 && aliases <= limits.aliases / 2, file);
    assert.ok(rootFields <= limits.root_fields / 2 && directives <= limits.directives / 2, file);
    assert.ok(fields <= limits.fields / 2 && listItems <= limits.list_items / 2, file);
    assert.ok((document.tokenCount ?? Number.NaN) <= limits.tokens / 2, file);
  }
});

/** A document that counts how often its nodes' kinds are asked for. */
function watched<Value extends object>(document: Value) {
  const known = new Map<object, object>();
  let visits = 0;
  let nodes = 0;
  const watch = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const proxy =
      known.get(value) ??
      new Proxy(value, {
        get(target, key) {
          if (key === 'kind') visits += 1;
          return watch(Reflect.get(target, key));
        },
      });
    known.set(value, proxy);
    return proxy;
  };
  const count = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('kind' in value) nodes += 1;
    for (const inner of Object.values(value)) count(inner);
  };
  count(document);
  return { document: watch(document) as Value, nodes: () => nodes, visits: () => visits };
}
