import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { request } from 'undici';
import { openRedis } from '../../../../subgraphs/kit/redis.ts';
import { type SubgraphServer, serveSubgraph } from '../../../../subgraphs/kit/server.ts';
import type { Call } from '../../../../subgraphs/kit/source.ts';
import type { Subgraph } from '../../../../subgraphs/kit/subgraph.ts';
import { KeyRing } from '../../../../subgraphs/kit/trust/keys.ts';
import { MemoryNonces, type Nonces } from '../../../../subgraphs/kit/trust/nonces.ts';
import { SharedNonces } from '../../../../subgraphs/kit/trust/shared-nonces.ts';
import { Signer } from '../../../../subgraphs/kit/trust/signer.ts';
import { until } from '../../../servers/process.ts';
import { missingRedis, RedisServer } from '../../../servers/redis.ts';
import { keyOf, type Message, message, tokenOf } from './fixture.ts';

// What a subgraph's service lets in. What exactly a signature covers is tested in signature.test.ts.

/** A service with trust, what reached its subgraph, and what it logged. */
async function service(t: TestContext, nonces: Nonces = new MemoryNonces({ longestMs: 120_000 })) {
  const calls: Call[] = [];
  const lines: string[] = [];
  const subgraph: Subgraph = {
    name: 'orders',
    execute: async (_, call) => {
      calls.push(call);
      return { data: { a: 1 } };
    },
    health: async () => ({ name: 'stub', kind: 'stub', status: 'up', latencyMs: 0 }),
    close: async () => {},
  };
  const keys = new KeyRing([keyOf('k1')]);
  const log = pino({ base: null }, { write: (line) => lines.push(line) });
  const server = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0, trust: { keys, nonces }, log });
  t.after(() => server.close());
  return { server, keys, calls, lines, signer: new Signer(new KeyRing([keyOf('k1')]), 'orders') };
}

async function post({ origin }: SubgraphServer, { method, url, headers, body }: Message, requestId = 'r1') {
  const all = { 'content-type': 'application/json', 'x-request-id': requestId, ...headers };
  const response = await request(origin + url, { method, headers: all, body });
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(await response.body.text()) };
}

function refused(message: string) {
  return { status: 401, body: { errors: [{ message, extensions: { code: 'UNTRUSTED_REQUEST' } }] } };
}

test('who does not sign gets 401 and the reason, the log too, and the subgraph nothing', async (t) => {
  const { server, signer, calls, lines } = await service(t);
  const bare = { method: 'POST', url: '/graphql', headers: {}, body: '{"query":"{ a }"}' };
  const answer = await post(server, bare, 'r42');
  assert.deepEqual({ status: answer.status, body: answer.body }, refused('The request is not signed.'));
  assert.equal(answer.headers['www-authenticate'], 'Signature');
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  assert.deepEqual(
    lines.map((line) => {
      const { level, msg, subgraph, requestId, reason } = JSON.parse(line);
      return { level, msg, subgraph, requestId, reason };
    }),
    [
      {
        level: 40,
        msg: 'refused a request',
        subgraph: 'orders',
        requestId: 'r42',
        reason: 'The request is not signed.',
      },
    ],
  );
  const accept = { accept: 'application/graphql-response+json' };
  const typed = await post(server, { ...bare, headers: accept });
  assert.equal(typed.headers['content-type'], 'application/graphql-response+json; charset=utf-8');
  assert.equal((await post(server, { ...bare, body: 'x'.repeat(1000) })).status, 401, 'whatever it asks');
  assert.equal((await post(server, { ...bare, headers: { accept: 'text/html' } })).status, 401);
  assert.equal(calls.length, 0);
  const signed = await post(server, message(signer));
  assert.deepEqual([signed.status, signed.body], [200, { data: { a: 1 } }]);
  assert.equal(calls.length, 1);
});

test('nobody else gets a body read', async (t) => {
  const { server, signer, calls } = await service(t);
  const { body, headers } = message(signer);
  const own = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = (extra: string) =>
    `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n${extra}\r\n`;
  const { port } = new URL(server.origin);
  const unknown = connect(Number(port), '127.0.0.1', () => unknown.write(head('')));
  assert.match(await text(unknown), /^HTTP\/1.1 401 .*UNTRUSTED_REQUEST/s, 'before it has sent any');
  const known = connect(Number(port), '127.0.0.1', () =>
    known.write(head(`connection: close\r\n${own.join('')}`) + body),
  );
  assert.match(await text(known), /^HTTP\/1.1 200 /);
  assert.equal(calls.length, 1);
});

test('altered, stale, replayed and forged requests are refused', async (t) => {
  const { server, signer, calls } = await service(t);
  const say = async (sent: Message) => {
    const { status, body } = await post(server, sent);
    return { status, body };
  };
  const genuine = message(signer, { query: '?a=1' });
  assert.deepEqual(await say({ ...genuine, url: '/graphql?a=2' }), refused('The request is not as it was signed.'));
  assert.deepEqual(
    await say({ ...genuine, body: '{"query":"{ b }"}' }),
    refused('The body is not the one that was signed.'),
  );
  const authorization = `Bearer ${tokenOf(keyOf('k1'), { sub: '1' }, Date.now())}`;
  const lent = { ...genuine, headers: { ...genuine.headers, authorization } };
  assert.deepEqual(await say(lent), refused('The signature does not cover "authorization".'));
  const old = message(new Signer(new KeyRing([keyOf('k1')]), 'orders', () => Date.now() - 100_000));
  assert.match(
    (await say(old)).body.errors[0].message,
    /^The request was signed 10[01] s ago: expected less than 60 s\.$/,
  );
  const unknown = message(new Signer(new KeyRing([keyOf('k2')]), 'orders'));
  assert.deepEqual(await say(unknown), refused('The request is signed with a key that is not known here.'));
  assert.equal(calls.length, 0);
  assert.equal((await say(genuine)).status, 200);
  assert.deepEqual(await say(genuine), refused('The request was received before.'));
  assert.equal(calls.length, 1);
});

test('health is open, and nothing else is there', async (t) => {
  const { server } = await service(t);
  for (const [path, status] of [
    ['/health/live', 200],
    ['/health/ready', 200],
    ['/graphql', 404],
    ['/graphql?query={a}', 404],
  ] as const) {
    const { statusCode, body } = await request(server.origin + path);
    await body.dump();
    assert.equal(statusCode, status, path);
  }
});

test('the claims of the caller token reach the call, and nobody is nobody', async (t) => {
  const { server, signer, calls } = await service(t);
  const authorization = `Bearer ${tokenOf(keyOf('k1'), { sub: '4711', role: 'agent' }, Date.now())}`;
  assert.equal((await post(server, message(signer, { covered: { authorization } }))).status, 200);
  assert.equal((await post(server, message(signer))).status, 200);
  assert.deepEqual(
    calls.map(({ caller }) => caller),
    [{ claims: { sub: '4711', role: 'agent' } }, undefined],
  );
  const forged = `Bearer ${tokenOf(keyOf('k1', 3), { sub: '1' }, Date.now())}`;
  const expired = `Bearer ${tokenOf(keyOf('k1'), { sub: '1' }, Date.now() - 700_000)}`;
  for (const [authorization, reason] of [
    [forged, 'The caller token is not one of our gateway.'],
    [expired, 'The caller token has expired.'],
  ] as const) {
    const { status, body } = await post(server, message(signer, { covered: { authorization } }));
    assert.deepEqual({ status, body }, refused(reason));
  }
  assert.equal(calls.length, 2);
});

test('keys rotate while it runs', async (t) => {
  const { server, keys, signer } = await service(t);
  const next = new Signer(new KeyRing([keyOf('k2')]), 'orders');
  const statuses = async () => [
    (await post(server, message(signer))).status,
    (await post(server, message(next))).status,
  ];
  assert.deepEqual(await statuses(), [200, 401]);
  keys.replace([keyOf('k1'), keyOf('k2')]);
  assert.deepEqual(await statuses(), [200, 200]);
  keys.replace([keyOf('k2')]);
  assert.deepEqual(await statuses(), [401, 200]);
});

test('a request that one replica received is refused by the other', { skip: missingRedis }, async (t) => {
  const redisServer = await RedisServer.start();
  const log = pino({ level: 'silent' });
  const redis = [1, 2].map(() => openRedis(redisServer.url, { log, deadlineMs: 1_000 }));
  t.after(async () => {
    await Promise.all(redis.map((each) => each.close()));
    await redisServer.stop();
  });
  await until(() => redis.every(({ available }) => available));
  const replicas = await Promise.all(
    redis.map((each) => service(t, new SharedNonces(each, new MemoryNonces({ longestMs: 120_000 }), log))),
  );
  const [one, other] = replicas.map(({ server }) => server) as [SubgraphServer, SubgraphServer];
  const { signer } = replicas[0] as (typeof replicas)[0];
  const sent = message(signer);
  assert.equal((await post(one, sent)).status, 200);
  const replayed = await post(other, sent);
  assert.deepEqual({ status: replayed.status, body: replayed.body }, refused('The request was received before.'));
  // At both at once, a hundred times.
  const raced = Array.from({ length: 100 }, () => message(signer));
  const answers = await Promise.all(raced.flatMap((each) => [post(one, each), post(other, each)]));
  assert.equal(answers.filter(({ status }) => status === 200).length, 100);
  assert.equal(
    replicas.reduce((sum, { calls }) => sum + calls.length, 0),
    101,
  );
  // A Redis that hangs holds nobody up for longer than its deadline, and then nobody at all.
  redisServer.freeze();
  for (let i = 0; i < 20; i += 1) assert.equal((await post(one, message(signer))).status, 200);
  const twice = message(signer);
  assert.equal((await post(one, twice)).status, 200);
  assert.equal((await post(one, twice)).status, 401, 'its own memory still counts');
  redisServer.thaw();
});
