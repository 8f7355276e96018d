import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkVariables } from '../../../gateway/http/input.ts';
import { checkJsonValues } from '../../../gateway/http/json-values.ts';
import { bodyTooLarge } from '../../../gateway/http/refusal.ts';

const limits = { list_items: 1_000, input_depth: 20 };

const list = (length: number) => Array.from({ length }, () => 0);
const nested = (depth: number): unknown => JSON.parse(`${'[{"and":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`);

test('lists and nesting pass at their bounds and are refused above, with the path and without a value', () => {
  assert.equal(
    checkVariables({ ids: list(1_000), filter: nested(20), text: 'x'.repeat(1e6), no: null }, limits),
    undefined,
  );
  assert.deepEqual(checkVariables({ first: 1, ids: list(1_001) }, limits), {
    message: 'variables.ids: 1001 items; at most 1000 are allowed (limits.list_items).',
    extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'list_items', value: 1001, maximum: 1000 },
  });
  const inner = { filter: { or: [1, { in: ['secret', ...list(5_000)] }] } };
  assert.equal(
    checkVariables(inner, limits)?.message,
    'variables.filter.or[1].in: 5001 items; at most 1000 are allowed (limits.list_items).',
  );
  assert.deepEqual(checkVariables({ filter: nested(22) }, { ...limits, input_depth: 4 }), {
    message:
      'variables.filter[0].and[0].and: nested 5 levels deep or deeper; at most 4 are allowed (limits.input_depth).',
    extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'input_depth', value: 5, maximum: 4 },
  });
});

test('a megabyte of brackets, of lists or of a name costs little and says little', () => {
  const deep = JSON.parse(`{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`);
  assert.equal(checkVariables(deep, limits)?.extensions.limit, 'input_depth');
  const long = checkVariables({ ['n'.repeat(1e6)]: list(1_001) }, limits);
  assert.ok((long?.message.length ?? 0) < 300);
});

test('names that objects have by themselves are names like others', () => {
  const variables = JSON.parse(`{"__proto__":{"constructor":[${list(1_001)}]}}`);
  assert.equal(
    checkVariables(variables, limits)?.message,
    'variables.__proto__.constructor: 1001 items; at most 1000 are allowed (limits.list_items).',
  );
});

test('any variables are refused just where a list is too long or a value too deep', () => {
  const tooLarge = (value: unknown, depth: number): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    const values = Object.values(value);
    return depth > 3 || (Array.isArray(value) && values.length > 3) || values.some((each) => tooLarge(each, depth + 1));
  };
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (variables) => {
      const expected = Object.values(variables).some((value) => tooLarge(value, 1));
      assert.equal(checkVariables(variables, { list_items: 3, input_depth: 3 }) !== undefined, expected);
    }),
  );
});

test('the values of a body are counted before it is parsed; what stands in strings is none', () => {
  const few = { input_values: 8 };
  assert.equal(checkJsonValues('{"a":[1,2,3],"b":{"c":[]}}', few), undefined);
  assert.deepEqual(checkJsonValues('{"a":[1,2,3,4,5,6,7],"b":1}', few), {
    message: "The request's JSON has more than 8 values; at most 8 are allowed (limits.input_values).",
    extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'input_values', value: 9, maximum: 8 },
  });
  assert.equal(checkJsonValues(JSON.stringify({ query: '{,[,{,[,{,[,{"\\",[[[' }), few), undefined);
});

test('a body that is too large is told the bound', () => {
  const { status, body } = bodyTooLarge(1_048_576);
  assert.equal(status, 413);
  assert.deepEqual(JSON.parse(body), {
    errors: [
      {
        message: 'The request body is too large; at most 1048576 bytes are allowed (limits.body_bytes).',
        extensions: { code: 'PAYLOAD_TOO_LARGE', limit: 'body_bytes', maximum: 1_048_576 },
      },
    ],
  });
});
