import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parametersOfBody, parametersOfUrl } from '../../../gateway/http/parameters.ts';

const hash = 'a'.repeat(64);
const persistedQuery = { version: 1, sha256Hash: hash };
const plain = { operationName: undefined, variables: {}, cost: false, sources: false, trace: false };

/** The same parameters, by POST and by GET: what both say. */
function read(parameters: Record<string, unknown>): unknown {
  const byPost = parametersOfBody(JSON.stringify(parameters));
  const entries = Object.entries(parameters).filter(([, value]) => value != null);
  const search = new URLSearchParams(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  const byGet = parametersOfUrl(`/graphql?${search}`);
  assert.deepEqual(byGet, byPost);
  return byPost;
}

test('an operation is named by its text, by a hash, by a document id, or by both', () => {
  const byHash = { ...plain, query: undefined, operationId: hash };
  assert.deepEqual(read({ query: '{ a }' }), { ...plain, query: '{ a }', operationId: undefined });
  assert.deepEqual(read({ extensions: { persistedQuery } }), byHash);
  assert.deepEqual(read({ query: null, extensions: { persistedQuery } }), byHash);
  assert.deepEqual(read({ documentId: `sha256:${hash}` }), byHash);
  assert.deepEqual(read({ documentId: 'order' }), { ...byHash, operationId: 'order' });
  assert.deepEqual(read({ query: '{ a }', extensions: { persistedQuery } }), { ...byHash, query: '{ a }' });
  assert.deepEqual(read({ query: '{ a }', extensions: { persistedQuery: null } }), {
    ...plain,
    query: '{ a }',
    operationId: undefined,
  });
  assert.deepEqual(read({ documentId: 'order', extensions: { persistedQuery } }), { ...byHash, operationId: 'order' });
  assert.equal(read({}), 'Missing query');
  assert.equal(read({ extensions: {} }), 'Missing query');
  assert.equal(read({ extensions: { persistedQuery: null } }), 'Missing query');
});

for (const [what, malformed] of Object.entries<unknown>({
  'a text': 'x',
  'a list': [persistedQuery],
  'no version': { sha256Hash: hash },
  'a version that is a text': { version: '1', sha256Hash: hash },
  'no hash': { version: 1 },
  'an empty hash': { version: 1, sha256Hash: '' },
  'a hash that is none': { version: 1, sha256Hash: { length: 64 } },
  'a hash in a list': { version: 1, sha256Hash: [hash] },
})) {
  test(`extensions.persistedQuery is refused: ${what}`, () => {
    for (const query of ['{ a }', undefined]) {
      assert.equal(read({ query, extensions: { persistedQuery: malformed } }), 'Invalid extensions.persistedQuery');
    }
  });
}

test('another version of the protocol is refused in the words of Apollo', () => {
  const extensions = { persistedQuery: { ...persistedQuery, version: 2 } };
  assert.equal(read({ query: '{ a }', extensions }), 'Unsupported persisted query version');
});

test('a document id is a text', () => {
  for (const documentId of [1, true, [hash], { a: 1 }]) {
    assert.equal(parametersOfBody(JSON.stringify({ query: '{ a }', documentId })), 'Invalid documentId');
  }
  assert.equal(read({ documentId: '' }), 'Invalid documentId');
});

test('what an operation cost, read and how it was answered is told to who says exactly so', () => {
  for (const name of ['cost', 'sources', 'trace'] as const) {
    const told = (value: unknown) => (read({ query: '{ a }', extensions: { [name]: value } }) as typeof plain)[name];
    assert.deepEqual([true, false, 'true', 1, null, {}, [true]].map(told), [true, ...Array(6).fill(false)]);
  }
});

test('a batch is refused, and told why', () => {
  for (const body of ['[]', '[{"query":"{ a }"}]', `[${'{"query":"{ a }"},'.repeat(10)}{}]`]) {
    assert.equal(parametersOfBody(body), 'JSON body must be an object: batches of operations are not taken');
  }
  for (const body of ['null', '1', '"[]"', 'true']) assert.equal(parametersOfBody(body), 'JSON body must be an object');
});

test('__proto__ changes nothing, wherever it stands', () => {
  const polluting = `{"query":"{ b }","documentId":"x","cost":true,"persistedQuery":${JSON.stringify(persistedQuery)},
    "version":1,"sha256Hash":"x","extensions":{"cost":true}}`;
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    const inside = `{"${key}":${polluting}}`;
    assert.equal(parametersOfBody(inside), 'Missing query');
    assert.equal(parametersOfBody(`{"extensions":${inside}}`), 'Missing query');
    assert.equal(parametersOfBody(`{"extensions":{"persistedQuery":${inside}}}`), 'Invalid extensions.persistedQuery');
    assert.deepEqual(parametersOfBody(`{"query":"{ a }","extensions":${inside}}`), {
      ...plain,
      query: '{ a }',
      operationId: undefined,
    });
    const url = `/graphql?query={a}&extensions=${encodeURIComponent(inside)}&${key}=x`;
    assert.deepEqual(parametersOfUrl(url), { ...plain, query: '{a}', operationId: undefined });
    const { variables } = parametersOfBody(`{"query":"{ a }","variables":${inside}}`) as { variables: object };
    assert.deepEqual(Object.keys(variables), [key]);
  }
  assert.deepEqual(Object.keys(Object.prototype), []);
  assert.equal(({} as { cost?: unknown }).cost, undefined);
});

test('whatever the body, it is parameters with a text or an id, or a sentence', () => {
  const names = ['query', 'documentId', 'operationName', 'variables', 'extensions', '__proto__'];
  const extensions = fc.record({ persistedQuery: fc.anything(), cost: fc.anything() }, { requiredKeys: [] });
  const body = fc.oneof(
    fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string(), fc.jsonValue(), extensions)),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(body, (value) => {
      const read = parametersOfBody(JSON.stringify(value) ?? '');
      if (typeof read === 'string') assert.match(read, /^[A-Z]/);
      else {
        assert.ok(typeof (read.query ?? read.operationId) === 'string');
        assert.ok(['string', 'undefined'].includes(typeof read.operationId));
        assert.equal(typeof read.cost, 'boolean');
      }
    }),
    { numRuns: 500 },
  );
});
