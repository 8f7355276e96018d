import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { client, persisted, sha256, type Told } from './persisted-fixture.ts';

const query = '{ customer(id: 1) { name } }';
const id = sha256(query);
const notFound: Told = [200, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound'];

test('a text is sent once, and its hash from then on: by POST and by GET, in the extensions and as a document id', async () => {
  const { post, get } = await client();
  assert.deepEqual(await post({ extensions: persisted(id) }), notFound);
  assert.equal(await post({ query, extensions: persisted(id) }), query);
  assert.equal(await post({ extensions: persisted(id) }), query);
  assert.equal(await post({ query: null, extensions: persisted(id) }), query);
  assert.equal(await get({ extensions: JSON.stringify(persisted(id)) }), query);
  assert.equal(await post({ documentId: `sha256:${id}` }), query);
  assert.equal(await get({ documentId: `sha256:${id}` }), query);

  const other = '{ customers { name } }';
  assert.deepEqual(await get({ documentId: `sha256:${sha256(other)}` }), notFound);
  assert.equal(await get({ query: other, extensions: JSON.stringify(persisted(sha256(other))) }), other);
  assert.equal(await get({ documentId: `sha256:${sha256(other)}` }), other);
});

test('what is in memory is there at once', async () => {
  const { operations, post } = await client();
  await post({ query, extensions: persisted(id) });
  const asked = { query: undefined, operationId: id };
  assert.deepEqual(operations.resolve(asked), { kind: 'resolved', query });
  assert.deepEqual(operations.resolve({ query, operationId: id }), { kind: 'resolved', query }, 'nothing to remember');
});

test('a text under a hash that is not its own is not run, and nothing is kept', async () => {
  const { post } = await client();
  const mismatch: Told = [400, 'PERSISTED_QUERY_HASH_MISMATCH', 'provided sha does not match query'];
  assert.deepEqual(await post({ query: '{ evil }', extensions: persisted(id) }), mismatch);
  assert.deepEqual(await post({ extensions: persisted(id) }), notFound);
  assert.deepEqual(await post({ query, extensions: persisted(id.toUpperCase()) }), mismatch);
  await post({ query, extensions: persisted(id) });
  assert.deepEqual(await post({ query: '{ evil }', extensions: persisted(id) }), mismatch, 'also once it is known');
  assert.equal(await post({ extensions: persisted(id) }), query);
  // Both are hashed as U+FFFD.
  const [half, whole] = ['{ a(b: "\ud800") }', '{ a(b: "\ufffd") }'];
  assert.equal(sha256(half), sha256(whole));
  assert.deepEqual(await post({ query: half, extensions: persisted(sha256(half)) }), mismatch);
  assert.deepEqual(await post({ extensions: persisted(sha256(whole)) }), notFound);
});

test('a text that is found to be invalid is not kept', async () => {
  const { post } = await client();
  assert.equal(await post({ query: 'invalid', extensions: persisted(sha256('invalid')) }), 'invalid');
  assert.deepEqual(await post({ extensions: persisted(sha256('invalid')) }), notFound);
});

test('what is kept is bounded in characters; what was used last stays', async () => {
  const { post } = await client({ memory_characters: 1_000 });
  const texts = Array.from({ length: 20 }, (_, i) => `{ a${i} } #${'x'.repeat(100)}`);
  for (const text of texts) {
    await post({ query: text, extensions: persisted(sha256(text)) });
    await post({ extensions: persisted(sha256(texts[0] ?? '')) });
  }
  const kept: number[] = [];
  for (const [i, text] of texts.entries())
    if ((await post({ extensions: persisted(sha256(text)) })) === text) kept.push(i);
  assert.deepEqual(kept, [0, 16, 17, 18, 19]);
  const long = `{ a } #${'x'.repeat(1_000)}`;
  assert.equal(await post({ query: long, extensions: persisted(sha256(long)) }), long);
  assert.deepEqual(await post({ extensions: persisted(sha256(long)) }), notFound);
  assert.equal(await post({ extensions: persisted(sha256(texts[0] ?? '')) }), texts[0], 'it pushed nothing out');
});

test('turned off, clients are told to send texts alone', async () => {
  const { post } = await client({ automatic: false });
  const notSupported: Told = [200, 'PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported'];
  assert.deepEqual(await post({ extensions: persisted(id) }), notSupported);
  assert.deepEqual(await post({ query, extensions: persisted(id) }), notSupported);
  assert.equal(await post({ query }), query);
});

test('ids that mean something to objects, or that are no hash, are unknown ones', async () => {
  const { post } = await client();
  for (const odd of ['__proto__', 'constructor', 'toString', 'x', id.slice(1), `${id}\n`, 'é'.repeat(64)]) {
    assert.deepEqual(await post({ extensions: persisted(odd) }), notFound, odd);
    assert.deepEqual(await post({ documentId: odd }), notFound, odd);
  }
});

test('statuses, codes and messages are those of Apollo Server', async (t) => {
  for (const on of [true, false]) {
    const server = new ApolloServer({
      typeDefs: 'type Query { a: Int }',
      ...(!on && { persistedQueries: false }),
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    });
    await server.start();
    t.after(() => server.stop());
    const { post } = await client({ automatic: on });
    const a = sha256('{ a }');
    for (const body of [
      { extensions: persisted(a) },
      { query: '{a}', extensions: persisted(a) },
      { query: '{ a }', extensions: persisted(a) },
      { extensions: persisted(a) },
      { extensions: { persistedQuery: { version: 2, sha256Hash: a } } },
    ]) {
      const { status, body: answer } = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: 'POST',
          headers: new HeaderMap([['content-type', 'application/json']]),
          search: '',
          body,
        },
        context: async () => ({}),
      });
      assert.equal(answer.kind, 'complete');
      const { errors } = JSON.parse(answer.kind === 'complete' ? answer.string : '');
      const told = await post(body);
      if (typeof told === 'string') {
        assert.equal(errors, undefined, JSON.stringify(body));
        continue;
      }
      const [{ message, extensions }] = errors;
      // Where all of them are turned off, it doesn't look at the version; ours is looked at before.
      if (!on && told[1] === 'BAD_REQUEST') continue;
      assert.deepEqual([told[0], told[2]], [status ?? 200, message], JSON.stringify(body));
      // What the client did wrong has a code of ours where Apollo Server has none.
      if (extensions.code !== 'INTERNAL_SERVER_ERROR') assert.equal(told[1], extensions.code);
    }
  }
});
