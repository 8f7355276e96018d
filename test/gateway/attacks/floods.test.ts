import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../fixture.ts';
import { ask, flood, refused, startTarget, whileAsked } from './fixture.ts';

// More requests than one caller may send. What is refused costs next to nothing, and the others notice nothing.

const body = '{"query":"{ person(id: \\"1\\") { name } }"}';

const limited = (limit: string, maximum: number, message: string) =>
  refused('RATE_LIMITED', message, { limit, maximum });

test('a caller who asks more often than allowed is told when to come back', async (t) => {
  const target = await startTarget(t);
  const token = await target.token('mallory');
  const calls = () => target.calls.people.filter(({ caller }) => caller?.claims.sub === 'mallory').length;
  const start = performance.now();
  const { counts, samples } = await whileAsked(t, target, () => flood(target, 4_000, () => ({ token, body }), 50));
  const seconds = (performance.now() - start) / 1_000;
  const { 200: answered = 0, 429: refusals = 0, ...others } = counts;
  assert.deepEqual([answered + refusals, others], [4_000, {}]);
  assert.ok(answered >= 1_000 && answered <= 1_001 + 500 * seconds, `${answered} answers in ${seconds} s`);
  if (refusals > 0) {
    assert.deepEqual(
      samples['429'],
      limited(
        'rate.per_second',
        500,
        'More than 500 requests a second came from one caller; at most 500 are allowed, and 1000 at once after a rest (limits.rate).',
      ),
    );
  }
  assert.ok(calls() <= answered, 'what is refused reaches no subgraph');
});

test('the rate is the same for whatever tokens a caller has, and another caller has their own', async (t) => {
  const target = await startTarget(t, { limits: { rate: { per_second: 1, burst: 10 } } });
  const tokens = await Promise.all(
    Array.from({ length: 20 }, (_, i) => target.openid.sign({ sub: 'mallory', jti: `${i}` })),
  );
  const start = performance.now();
  const { counts } = await flood(target, 60, (i) => ({ token: tokens[i % 20], body }), 4);
  const { 200: answered = 0, 429: refusals = 0 } = counts;
  assert.equal(answered + refusals, 60);
  assert.ok(answered >= 10 && answered <= 11 + (performance.now() - start) / 1_000, `${answered} answers`);
  const other = await ask(target, { token: await target.token('ann'), body });
  assert.equal(other.status, 200);
});

test('without a token: refused, and from the two hundredth on unheard', async (t) => {
  const target = await startTarget(t);
  const { counts, samples } = await whileAsked(t, target, () =>
    flood(target, 3_000, (i) => ({ headers: { 'x-forwarded-for': `10.0.0.${i % 250}` }, body }), 50),
  );
  assert.deepEqual(Object.keys(counts), ['401', '429']);
  assert.deepEqual(
    samples['401'],
    refused('UNAUTHENTICATED', 'Expected a credential: a bearer token, an API key or a client certificate.'),
  );
  assert.deepEqual(
    samples['429'],
    limited(
      'anonymous_rate.per_second',
      50,
      'More than 50 requests a second came from one address without a valid credential; at most 50 are allowed, and 200 at once after a rest (limits.anonymous_rate).',
    ),
  );
});

test('a caller who lets requests pile up gets no more of them, and takes no room from others', async (t) => {
  const release = Promise.withResolvers<void>();
  let waiting = 0;
  const target = await startTarget(t, {
    limits: { concurrency: 100, caller_concurrency: 50 },
    answer: async ({ caller }) => {
      if (caller?.claims.sub !== 'mallory') return caller?.claims.sub;
      waiting += 1;
      await release.promise;
      return 'late';
    },
  });
  const token = await target.token('mallory');
  const query = 'query ($id: ID!) { person(id: $id) { askedBy } }';
  const sent = (i: number) => ({ token, body: { query, variables: { id: `${i}` } } });
  await whileAsked(t, target, async () => {
    const held = flood(target, 50, sent, 50);
    await until(() => waiting === 50);
    const { counts, samples } = await flood(target, 1_000, (i) => sent(100 + i), 50);
    assert.deepEqual(counts, { 429: 1_000 });
    assert.deepEqual(
      samples['429'],
      limited(
        'caller_concurrency',
        50,
        '50 requests of this caller are worked on; at most 50 are allowed at once (limits.caller_concurrency).',
      ),
    );
    release.resolve();
    assert.deepEqual((await held).counts, { 200: 50 });
  });
  assert.equal(waiting, 50);
});

test('a hash of something else, a hash that nobody knows, and hashes by the thousand', async (t) => {
  const target = await startTarget(t);
  const token = await target.token('mallory');
  const of = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });
  const text = '{ person(id: "1") { name } }';
  const wrong = await ask(target, { token, body: { query: text, extensions: of('a'.repeat(64)) } });
  assert.deepEqual(wrong, {
    status: 400,
    body: refused('PERSISTED_QUERY_HASH_MISMATCH', 'provided sha does not match query'),
  });
  // Nothing was kept under it.
  const unknown = { status: 200, body: refused('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound') };
  for (const id of ['a'.repeat(64), '__proto__', 'constructor', 'toString', '../x', 'é'.repeat(1_000)]) {
    assert.deepEqual(await ask(target, { token, body: { extensions: of(id) } }), unknown, id);
  }
  const { counts } = await whileAsked(t, target, () =>
    flood(target, 800, (i) => ({ token, body: { query: text, extensions: of(`${i}`.padStart(64, '0')) } })),
  );
  assert.deepEqual(counts, { 400: 800 });
});
