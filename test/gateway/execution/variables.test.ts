import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildSchema, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
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

/** What graphql-js makes of them. */
function oracle(query: string, given: Readonly<Record<string, unknown>>) {
  const { variableDefinitions = [] } = parse(query).definitions[0] as OperationDefinitionNode;
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, given, { hideSuggestions: true });
  return errors ? { messages: errors.map(({ message }) => message) } : { values: plain(coerced) };
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
  test('are coerced as graphql-js does it: the same values, the same messages', () => {
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
      messages: [
        'Variable "$odd" got invalid value { __proto__: { on: true } }; Field "__proto__" is not defined by type "Odd".',
      ],
    });
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
