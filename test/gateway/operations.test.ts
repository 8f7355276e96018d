import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema } from 'graphql';
import { type Operation, Operations } from '../../gateway/operations/operation.ts';

const schema = buildSchema('type Query { a: Int b: Int }');

test('a text is parsed once for each schema', () => {
  const operations = new Operations();
  const prepare = (on = schema, operationName?: string) =>
    operations.prepare(on, { query: 'query A { a } query B { b }', operationName: operationName ?? 'A' }) as Operation;
  const first = prepare();
  assert.equal(prepare().document, first.document);
  assert.equal(prepare(schema, 'B').document, first.document);
  assert.equal(prepare(schema, 'B').definition.name?.value, 'B');
  assert.notEqual(prepare(buildSchema('type Query { a: Int b: Int }')).document, first.document);
});

test('two thousand texts are kept: the one that was used longest ago is parsed anew', () => {
  const operations = new Operations();
  const prepare = (query: string) => (operations.prepare(schema, { query }) as Operation).document;
  const [first, second] = [prepare('{ a }'), prepare('{ b }')];
  for (let i = 0; i < 1999; i++) {
    prepare(`{ x${i}: a }`);
    prepare('{ a }');
  }
  assert.equal(prepare('{ a }'), first);
  assert.notEqual(prepare('{ b }'), second);
});
