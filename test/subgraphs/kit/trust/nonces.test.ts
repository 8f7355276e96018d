import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { openRedis, RedisError } from '../../../../subgraphs/kit/redis.ts';
import { MemoryNonces } from '../../../../subgraphs/kit/trust/nonces.ts';
import { SharedNonces } from '../../../../subgraphs/kit/trust/shared-nonces.ts';
import { until } from '../../../servers/process.ts';
import { missingRedis, RedisServer } from '../../../servers/redis.ts';
import { type Message, message, noon, pair, verdict } from './fixture.ts';

const again = 'The request was received before.';

test('a request counts once, for as long as it could be sent again', async () => {
  const { signer, verifier, clock } = pair();
  const sent = message(signer);
  // Signed by a clock that is ahead: it could be sent for nearly two minutes.
  clock.now = noon - 59_000;
  assert.equal(await verdict(verifier, sent), undefined);
  for (const at of [noon - 59_000, noon, noon + 59_999]) {
    clock.now = at;
    assert.equal(await verdict(verifier, sent), again);
    assert.equal(await verdict(verifier, message(signer)), undefined);
  }
});

test('a body that takes its time to come does not outlive the memory', async () => {
  const { signer, verifier, clock } = pair();
  const sent = message(signer);
  assert.equal(await verdict(verifier, sent), undefined);
  clock.now = noon + 59_000;
  const head = verifier.readHead(sent);
  clock.now = noon + 400_000;
  await assert.rejects(verifier.accept(head, sent.body), { message: /signed 400 s ago/ });
});

test('what can no longer be sent is forgotten, not before', () => {
  let now = 0;
  const nonces = new MemoryNonces({ longestMs: 100, now: () => now });
  const kept: number[] = [];
  for (now = 0; now < 5_000; now += 7) {
    assert.equal(nonces.add(`at ${now}`), 'first');
    kept.push(now);
    for (const at of kept) if (now - at < 100) assert.equal(nonces.add(`at ${at}`), 'again', `${at} at ${now}`);
  }
  assert.equal(nonces.add('at 4000'), 'first');
});

test('one that is full refuses, and lets nothing in a second time', async () => {
  const nonces = new MemoryNonces({ longestMs: 120_000, most: 3, now: () => noon });
  const { signer, verifier } = pair({ nonces });
  const sent = [1, 2, 3].map(() => message(signer));
  for (const each of sent) assert.equal(await verdict(verifier, each), undefined);
  assert.match(String(await verdict(verifier, message(signer))), /^More requests were received/);
  assert.equal(await verdict(verifier, sent[0] as Message), again);
});

test('replicas that share a Redis', { skip: missingRedis }, async (t) => {
  const server = await RedisServer.start();
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line) => lines.push(line) });
  const connections = [1, 2].map(() => openRedis(server.url, { log: pino({ level: 'silent' }), deadlineMs: 5_000 }));
  t.after(async () => {
    await Promise.all(connections.map((redis) => redis.close()));
    await server.stop();
  });
  await until(() => connections.every(({ available }) => available));
  const [one, other] = connections.map((redis) => {
    return new SharedNonces(redis, new MemoryNonces({ longestMs: 120_000 }), log);
  }) as [SharedNonces, SharedNonces];

  assert.equal(await one.add('n1', 60_000), 'first');
  assert.equal(await other.add('n1', 60_000), 'again');
  assert.equal(await one.add('n1', 60_000), 'again');
  const ttl = Number(await connections[0]?.send(['PTTL', 'junction:nonce:n1']));
  assert.ok(ttl > 50_000 && ttl <= 60_000, String(ttl));
  // However short: Redis refuses a time of nothing.
  assert.equal(await other.add('n2', 0.4), 'first');

  // At the same moment, each at one of them: each request counts once.
  const names = Array.from({ length: 500 }, (_, i) => `race ${i}`);
  const both = await Promise.all(names.flatMap((name) => [one.add(name, 60_000), other.add(name, 60_000)]));
  assert.equal(both.filter((receipt) => receipt === 'first').length, 500);

  // Without Redis each goes by its own memory, which knows what it received before.
  await server.halt();
  await until(() => connections.every(({ available }) => !available));
  assert.equal(await one.add('n1', 60_000), 'again');
  assert.equal(await one.add('n3', 60_000), 'first');
  assert.equal(await one.add('n3', 60_000), 'again');
  assert.equal(await one.add('n4', 60_000), 'first');
  await server.resume();
  await until(() => connections.every(({ available }) => available));
  assert.equal(await one.add('n5', 60_000), 'first');
  assert.equal(await other.add('n5', 60_000), 'again');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).msg),
    [
      'which requests other replicas received is not known: Redis is of no use',
      'replicas share again which requests they received',
    ],
  );
});

test('a Redis that refuses is none', async () => {
  const redis = { send: async () => Promise.reject(new RedisError('REDIS_FAILED', 'Redis answered with an error')) };
  const nonces = new SharedNonces(redis, new MemoryNonces({ longestMs: 60_000 }), pino({ level: 'silent' }));
  assert.equal(await nonces.add('n1', 60_000), 'first');
  assert.equal(await nonces.add('n1', 60_000), 'again');
});
