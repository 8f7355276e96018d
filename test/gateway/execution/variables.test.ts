import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildSchema, type GraphQLError, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import { compileVariables } from '../../../gateway/execution/variables.ts';
import { lowerInputs } from '../../../gateway/operations/lower/inputs.ts';
import type { Program } from '../../../gateway/operations/program.ts';

const schema = buildSchema(`
  scalar Any
  enum Color { RED GREEN }
  input Filter {
    color: Color
    colors: [Color!] = [RED]
    limit: Int! = 5
    ratio: Float
    need: ID!
    and: [Filter]
    page: Page = { size: 7 }
    any: Any
  }
  input Page @oneOf { size: Int, after: String, color: Color }
  input Sizes { size: Int = 3, on: Boolean }
  input Odd { size: Int = 3, constructor: String }
  type Query { a: Int }
`);

const types = [
  ...['Int', 'Float', 'String', 'Boolean', 'ID', 'Color', 'Any', 'Filter', 'Page', 'Sizes'],
  ...['Int!', 'Filter!', 'Color!', '[Int]', '[Int!]!', '[[ID!]]', '[[Color]!]!', '[Filter!]', '[Page]', '[Any!]'],
];
const defaults: Readonly<Record<string, string>> = {
  Int: '3',
  Color: 'GREEN',
  Any: '{ a: [1, "x"] }',
  Filter: '{ need: 1, and: { need: "2" } }',
  Sizes: '{ on: true }',
  '[Int]': '4',
  '[[ID!]]': 'null',
};

function programOf(query: string): Program {
  const { variableDefinitions = [] } = parse(query).definitions[0] as OperationDefinitionNode;
  const inputs = JSON.parse(JSON.stringify(lowerInputs(schema, variableDefinitions, new Set())));
  return { kind: 'query', selections: [{ type: 'Query', fields: [] }], enums: {}, interfaceObjects: [], ...inputs };
}

/** What graphql-js makes of them; the values are taken out of its messages, as Junction quotes none. */
function oracle(query: string, given: Readonly<Record<string, unknown>>) {
  const { variableDefinitions = [] } = parse(query).definitions[0] as OperationDefinitionNode;
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, given, { hideSuggestions: true });
  return errors ? { messages: errors.map((error) => withoutValue(error, given)) } : { values: plain(coerced) };
}

function withoutValue({ message, originalError }: GraphQLError, given: Readonly<Record<string, unknown>>): string {
  if (!originalError) return message;
  // The reason stands at the end, the place before it, and what is between the name and the place is the value.
  const reason = originalError.message;
  const before = message.slice(0, -`; ${reason}`.length);
  const name = /^Variable "\$(\w+)" got invalid value /.exec(before)?.[1] ?? '';
  const place = / at "(v\d(?:\.\w+|\[\d+\])+)"$/.exec(before)?.[1];
  let value: unknown = given[name];
  for (const step of (place ?? '').matchAll(/\.(\w+)|\[(\d+)\]/g))
    value = (value as Record<string, unknown>)[step[1] ?? step[2] ?? ''];
  const words = wordsFor(reason, value);
  return `Variable "$${name}" got an invalid value${place ? ` at "${place}"` : ''}; ${words}`;
}

/** What Junction says for a reason of graphql-js that quotes the value. */
function wordsFor(reason: string, value: unknown): string {
  if (reason.startsWith('Int cannot represent non 32-bit'))
    return 'Expected Int, a whole number of 32 bits with its sign, got a larger one.';
  const scalar = /^(\w+) cannot represent/.exec(reason)?.[1];
  if (scalar) return `Expected ${scalar}, got ${kind(value)}.`;
  const object = /^Expected type "(\w+)" to be an object\.$/.exec(reason)?.[1];
  if (object) return `Expected an object of type "${object}", got ${kind(value)}.`;
  const name = /^Value ".*" does not exist in "(\w+)" enum\.$/.exec(reason)?.[1];
  if (name) return `Expected a value of enum "${name}", got another string.`;
  const other = /^Enum "(\w+)" cannot represent/.exec(reason)?.[1];
  return other ? `Expected a value of enum "${other}", got ${kind(value)}.` : reason;
}

function kind(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'number') return value % 1 === 0 ? 'a whole number' : 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function ours(query: string, given: Readonly<Record<string, unknown>>) {
  const read = compileVariables(programOf(query))(given, {});
  return 'errors' in read ? { messages: read.errors.map(({ message }) => message) } : { values: plain(read.values) };
}

/** As JSON, which knows no prototypes. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

// Mostly values that fit somewhere, so that both verdicts occur.
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      null,
      true,
      0,
      -0,
      3,
      2 ** 31 - 1,
      2 ** 31,
      -(2 ** 31),
      -(2 ** 31) - 1,
      1.5,
      1e300,
      Number.MAX_SAFE_INTEGER,
    ),
    fc.constantFrom('', 'RED', 'GREEN', 'red', '7', '__proto__'),
    tie('page'),
    tie('filter'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('size', 'need', 'more', 'on'), tie('value'), { maxKeys: 2 }),
  ),
  page: fc.record({ size: fc.constantFrom(1, null, 'x'), after: fc.constantFrom('a', null) }, { requiredKeys: [] }),
  filter: fc.record(
    {
      need: fc.constantFrom('1', 2, null),
      color: fc.constantFrom('RED', null, 'x'),
      colors: fc.constantFrom('RED', ['GREEN', 'RED'], [null], null),
      limit: fc.constantFrom(1, null, '1'),
      ratio: fc.constantFrom(1.5, 2, '1'),
      page: tie('page'),
      any: tie('value'),
      and: fc.oneof(fc.array(tie('filter'), { maxLength: 2 }), tie('filter')),
    },
    { requiredKeys: ['need'] },
  ),
}));

describe('variables', () => {
  test('are coerced as graphql-js does it: the same values, the same messages but for the value', () => {
    const verdicts = { values: 0, messages: 0 };
    const definition = fc.record({ type: fc.constantFrom(...types), preset: fc.boolean(), given: fc.boolean(), value });
    fc.assert(
      fc.property(fc.array(definition, { minLength: 1, maxLength: 3 }), (definitions) => {
        const written = definitions.map(({ type, preset }, i) => {
          return `$v${i}: ${type}${preset && defaults[type] !== undefined ? ` = ${defaults[type]}` : ''}`;
        });
        const given = Object.fromEntries(definitions.flatMap((each, i) => (each.given ? [[`v${i}`, each.value]] : [])));
        const query = `query (${written.join()}) { a }`;
        const expected = oracle(query, plain(given) as Record<string, unknown>);
        const got = ours(query, plain(given) as Record<string, unknown>);
        // Junction shortens long messages, and ends after 50.
        const { length = 0 } = expected.messages ?? [];
        const short = length <= 50 && expected.messages?.every((message) => message.length < 200);
        if (!expected.messages || short) assert.deepEqual(got, expected, query);
        else assert.equal(got.messages?.length, Math.min(length, 51), query);
        verdicts[expected.messages ? 'messages' : 'values'] += 1;
      }),
      { numRuns: 3000, seed: 4 },
    );
    assert.ok(Math.min(verdicts.values, verdicts.messages) > 600, JSON.stringify(verdicts));
  });

  test('may have the names of what every object has', () => {
    const query = 'query ($constructor: Int, $__proto__: Any, $toString: Int, $hasOwnProperty: Int = 3) { a }';
    const read = compileVariables(programOf(query))(JSON.parse('{"__proto__": {"toString": 1}}'), {});
    assert.ok('values' in read);
    assert.equal(JSON.stringify(read.values), '{"__proto__":{"toString":1},"hasOwnProperty":3}');
    assert.equal(read.values.constructor, undefined);
    assert.equal(read.values.toString, undefined);
  });

  test('may have fields with such names', () => {
    // Where graphql-js finds what every object has.
    const query = 'query ($odd: Odd) { a }';
    assert.deepEqual(ours(query, { odd: {} }), { values: { odd: { size: 3 } } });
    assert.deepEqual(ours(query, JSON.parse('{"odd": {"__proto__": {"on": true}}}')), {
      messages: ['Variable "$odd" got an invalid value; Field "__proto__" is not defined by type "Odd".'],
    });
  });

  test('are told by place and kind, and never quoted', () => {
    const marker = 'marker-4711';
    const table: readonly (readonly [type: string, value: unknown, message: string])[] = [
      ['Int', marker, '; Expected Int, got a string.'],
      ['Int', 47.11, '; Expected Int, got a number.'],
      ['Int', 471_147_114_711, '; Expected Int, a whole number of 32 bits with its sign, got a larger one.'],
      ['Boolean', { a: marker }, '; Expected Boolean, got an object.'],
      ['String', [marker, marker], '; Expected String, got a list of 2.'],
      ['Float', marker, '; Expected Float, got a string.'],
      ['[ID!]', ['a', true], ' at "v[1]"; Expected ID, got a boolean.'],
      ['[ID!]', ['a', null], ' at "v[1]"; Expected non-nullable type "ID!" not to be null.'],
      ['Color', marker, '; Expected a value of enum "Color", got another string.'],
      ['Color', 4711, '; Expected a value of enum "Color", got a whole number.'],
      ['Filter', marker, '; Expected an object of type "Filter", got a string.'],
      ['Filter', { need: '1', page: { size: marker } }, ' at "v.page.size"; Expected Int, got a string.'],
      ['Filter', { need: '1', and: marker }, ' at "v.and"; Expected an object of type "Filter", got a string.'],
    ];
    for (const [type, value, message] of table) {
      const { messages = [] } = ours(`query ($v: ${type}) { a }`, { v: value });
      assert.equal(messages[0], `Variable "$v" got an invalid value${message}`);
      assert.doesNotMatch(messages.join(), /4711|47\.11/);
    }
  });

  test('are refused when they are nested deeper than the stack', () => {
    const depth = 100_000;
    const filter = JSON.parse(`${'{"need":1,"and":'.repeat(depth)}null${'}'.repeat(depth)}`);
    const read = ours('query ($filter: Filter) { a }', { filter });
    assert.match(read.messages?.[0] ?? '', /Expected fewer levels\.$/);
  });

  test('are refused where @skip or @include depends on a null', () => {
    const program = programOf('query ($when: Boolean = true) { a @include(if: $when) }');
    const when = [[{ variable: 'when', is: true }]];
    const field = { key: 'a', value: { kind: 'leaf', type: 'Int' }, when } as const;
    const read = compileVariables({ ...program, selections: [{ type: 'Query', fields: [field] }] });
    assert.deepEqual(read({ when: null }, {}), {
      errors: [
        {
          message: 'Variable "$when" must not be null, as @skip or @include depends on it.',
          locations: [{ line: 1, column: 8 }],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
  });

  test('that are wrong in too many ways are not looked at to the end', () => {
    const read = ours('query ($v: [Int]) { a }', { v: Array.from({ length: 100_000 }, () => 'x') });
    assert.equal(read.messages?.length, 51);
    assert.match(read.messages?.at(-1) ?? '', /^Too many errors/);
  });
});
