import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, GraphQLScalarType } from 'graphql';
import type { Context } from '../../../subgraphs/kit/context.ts';
import { InputError } from '../../../subgraphs/kit/errors.ts';
import { Operations } from '../../../subgraphs/kit/operations.ts';
import { scalars } from '../../../subgraphs/kit/scalars.ts';

// What graphql-js would quote of a value that it refuses.

const marker = 'marker4711';

const own = new GraphQLScalarType({
  name: 'Own',
  parseValue: (value) => {
    throw new TypeError(`what is ${value}?`);
  },
});
const args =
  'int: Int, id: ID, ids: [ID!], lists: [[Int]], color: Color, own: Own, in: In, at: DateTime, day: LocalDate, currency: Currency, amount: Decimal, need: Need';
const schema = buildSchema(`
  scalar DateTime
  scalar LocalDate
  scalar Currency
  scalar Decimal
  scalar Own
  enum Color { RED }
  input In { n: Int! at: DateTime colors: [Color!] in: [In] own: Own }
  input Need { n: Int! text: String }
  type Query { a(${args}): Int }
  type Mutation { a(${args}): Int }
`);
for (const [name, { parseValue, parseLiteral, serialize }] of Object.entries({ ...scalars, Own: own }))
  Object.assign(schema.getType(name) as object, { parseValue, parseLiteral, serialize });
const operations = new Operations(schema);

async function run(query: string, variables: Record<string, unknown> = {}) {
  const { errors = [] } = await operations.run({ query, variables }, {} as Context);
  for (const { message } of errors) assert.doesNotMatch(message, /4711/);
  return errors;
}

const variables: readonly (readonly [argument: string, type: string, value: unknown, message: string])[] = [
  ['int', 'Int', marker, '; Expected Int.'],
  ['int', 'Int', 47114711471147, '; Expected Int.'],
  ['id', 'ID', { a: marker }, '; Expected ID.'],
  ['ids', '[ID!]', ['a', [marker]], ' at "v[1]"; Expected ID.'],
  ['ids', '[ID!]', { a: marker }, '; Expected ID.'],
  ['lists', '[[Int]]', [[1, marker]], ' at "v[0][1]"; Expected Int.'],
  ['color', 'Color', marker, '; Expected Color.'],
  ['color', 'Color', 4711, '; Expected Color.'],
  ['own', 'Own', marker, '; Expected Own.'],
  ['in', 'In', marker, '; Expected type "In" to be an object.'],
  ['in', 'In', { n: 1, in: { n: 1, own: marker } }, ' at "v.in.own"; Expected Own.'],
  ['in', 'In', { n: 1, colors: ['RED', marker] }, ' at "v.colors[1]"; Expected Color.'],
  ['in', 'In', { n: 1, colors: [null] }, ' at "v.colors[0]"; Expected non-nullable type "Color!" not to be null.'],
  ['in', 'In', { own: null }, '; Field "n" of required type "Int!" was not provided.'],
  ['in', 'In', { n: 1, other: marker }, '; Field "other" is not defined by type "In".'],
  ['at', 'DateTime', marker, '; DateTime expects a moment in ISO 8601 with a zone, such as 2026-03-29T01:30:00Z.'],
  ['day', 'LocalDate', 4711, '; LocalDate expects a day in ISO 8601, such as 2026-03-29.'],
  ['currency', 'Currency', marker, '; Currency expects an ISO 4217 code in capital letters, such as EUR.'],
  ['amount', 'Decimal', [marker], '; Decimal expects a decimal number written as a string, such as "1249.90".'],
];
for (const [argument, type, value, message] of variables) {
  test(`a variable is told by its place and type: ${type}${message}`, async () => {
    for (const kind of ['query', 'mutation']) {
      const errors = await run(`${kind} ($v: ${type}) { a(${argument}: $v) }`, { v: value });
      assert.deepEqual(
        errors.map((error) => error.message),
        [`Variable "$v" got an invalid value${message}`],
      );
    }
  });
}

test('variables that are missing are told beside those that are wrong, and many are not told to the end', async () => {
  const two = await run('query ($a: Int!, $b: Int) { a(int: $a) b: a(int: $b) }', { b: marker });
  assert.deepEqual(two.map(({ message }) => message).sort(), [
    'Variable "$a" of required type "Int!" was not provided.',
    'Variable "$b" got an invalid value; Expected Int.',
  ]);
  const many = await run('query ($v: [[Int]]) { a(lists: $v) }', { v: [Array.from({ length: 1000 }, () => marker)] });
  assert.equal(many.length, 51);
  assert.match(many.at(-1)?.message ?? '', /^Too many errors/);
});

const literals: readonly (readonly [literal: string, message: string])[] = [
  [`int: "${marker}"`, 'A value in the text is not of its type. Expected Int.'],
  ['int: 47114711471147', 'A value in the text is not of its type. Expected Int.'],
  [`id: [${marker}]`, 'A value in the text is not of its type. Expected ID.'],
  [`ids: ["a", ${marker}]`, 'A value in the text is not of its type. Expected ID!.'],
  [`color: "${marker}"`, 'A value in the text is not of its type. Expected Color.'],
  [`color: ${marker}`, 'A value in the text is not of its type. Expected Color.'],
  [`own: "${marker}"`, 'A value in the text is not of its type. Expected Own.'],
  [`in: "${marker}"`, 'A value in the text is not of its type. Expected In.'],
  [`in: { n: "${marker}" }`, 'A value in the text is not of its type. Expected Int!.'],
  [`at: "${marker}"`, 'DateTime expects a moment in ISO 8601 with a zone, such as 2026-03-29T01:30:00Z.'],
  [`amount: 4711`, 'Decimal expects a decimal number written as a string, such as "1249.90".'],
  [`int: "${marker}`, "Syntax Error: the text can't be read at line 1, column 24."],
  [`int: 1 "${marker}"`, "Syntax Error: the text can't be read at line 1, column 12."],
];
for (const [literal, message] of literals) {
  test(`a literal is told by its type: ${literal.split(':')[0]}, ${message}`, async () => {
    const errors = await run(`{ a(${literal}) }`);
    assert.deepEqual(
      errors.map((error) => error.message),
      [message],
    );
  });
}

test('an argument that lacks a variable is told without what else it holds', async () => {
  const [error] = await run(`query ($n: Int = 1) { a(need: { n: $n, text: "${marker}" }) }`, { n: null });
  assert.ok(error);
  const [other] = await run(`query ($n: Int = 1) { a(need: { n: $n, text: "${marker}" }) }`);
  assert.equal(other, undefined);
  assert.ok(error.originalError instanceof InputError);
  assert.equal(error.message, 'An argument of Query.a has a variable without a value where one is needed.');
});

test('a text that is nested too deeply is refused', async () => {
  const [error] = await run(`${'{a'.repeat(50_000)}`);
  assert.equal(error?.message, 'The operation is nested too deeply.');
});
