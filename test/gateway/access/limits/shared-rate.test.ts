import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Rate } from '../../../../gateway/access/limits/rate.ts';
import { SharedRate } from '../../../../gateway/access/limits/shared-rate.ts';
import { createLog } from '../../../../gateway/telemetry/log.ts';
import { openRedis } from '../../../../subgraphs/kit/redis.ts';
import { until } from '../../../servers/process.ts';
import { missingRedis, RedisServer } from '../../../servers/redis.ts';

// A request every 100 s: what a test takes adds nothing.
const settings = { per_second: 0.01, burst: 100 };

interface Replica {
  readonly rate: SharedRate;
  readonly log: string[];
}

async function replicas(t: TestContext, count: number, periodMs?: number) {
  const server = await RedisServer.start();
  t.after(() => server.stop());
  const all: Replica[] = [];
  for (let i = 0; i < count; i++) {
    const log: string[] = [];
    const logger = createLog({ level: 'info', output: { write: (line: string) => log.push(JSON.parse(line).msg) } });
    const redis = openRedis(server.url, { log: createLog({ level: 'silent' }), deadlineMs: 300 });
    t.after(() => redis.close());
    await until(() => redis.available);
    const options = { redis, name: 'rate', log: logger, ...(periodMs !== undefined && { periodMs }) };
    const rate = new SharedRate({ rate: new Rate(settings, () => 0), ...options });
    t.after(() => rate.close());
    all.push({ rate, log });
  }
  return { server, all };
}

function counted({ rate }: Replica, id: string, requests: number): number {
  let allowed = 0;
  for (let i = 0; i < requests; i++) if (rate.take(id).allowed) allowed += 1;
  return allowed;
}

const never = 3_600_000;
const syncAll = async (all: readonly Replica[]) => {
  for (const { rate } of all) await rate.sync();
};

test('replicas let through one limit together; what was too much in one period is paid back', {
  skip: missingRedis,
}, async (t) => {
  const { all } = await replicas(t, 2, never);
  const [a, b] = all as [Replica, Replica];
  // Nobody knows of the other yet: at worst two bursts.
  assert.deepEqual([counted(a, 'x', 150), counted(b, 'x', 150)], [100, 100]);
  assert.equal(counted(b, 'y', 30), 30);
  await syncAll([b, a]);
  const refused = a.rate.take('x');
  // 200 of 100 are taken: 101 have to come back, one in 100 s.
  assert.ok(!refused.allowed && refused.retryAfterS > 10_000 && refused.retryAfterS <= 10_100, JSON.stringify(refused));
  assert.equal(counted(a, 'y', 10), 10);
  await syncAll(all);
  assert.equal(counted(a, 'y', 200), 60, '100 but for the 30 of the one and the 10 of the other');
  assert.equal(counted(b, 'y', 200), 70, 'b has not asked since');
});

test('with a period of 10 requests the sum of both stays within 10 of the limit', { skip: missingRedis }, async (t) => {
  const { all } = await replicas(t, 2, never);
  let passed = 0;
  for (let i = 0; i < 30; i++) {
    for (const each of all) passed += counted(each, 'x', 5);
    await syncAll(all);
  }
  assert.ok(passed >= 100 && passed <= 110, `${passed} passed`);
});

test('requests that pass while Redis is told count once', { skip: missingRedis }, async (t) => {
  const { all } = await replicas(t, 2, never);
  const [a, b] = all as [Replica, Replica];
  assert.equal(counted(b, 'x', 20), 20);
  await b.rate.sync();
  assert.equal(counted(a, 'x', 50), 50);
  const telling = a.rate.sync();
  assert.equal(counted(a, 'x', 20), 20);
  await telling;
  assert.equal(counted(a, 'x', 50), 10);
  await syncAll(all);
  assert.equal(counted(a, 'x', 50), 0);
});

test('a request is told to the others by itself, many ids at once', { skip: missingRedis }, async (t) => {
  const { all } = await replicas(t, 2, 20);
  const [a, b] = all as [Replica, Replica];
  const ids = Array.from({ length: 1_200 }, (_, i) => `caller ${i} Łódź`);
  for (const id of ids) counted(a, id, 100);
  let passedBefore = 0;
  await until(() => {
    const { allowed } = b.rate.take(ids.at(-1) ?? '');
    if (allowed) passedBefore += 1;
    return !allowed;
  });
  assert.ok(passedBefore < 100, 'b was told, and did not just count to 100');
  await b.rate.sync();
  const passed = ids.filter((id) => b.rate.take(id).allowed);
  await b.rate.sync();
  assert.ok(passed.length > 0, 'b learns of an id when it is asked by it');
  assert.deepEqual(
    ids.filter((id) => b.rate.take(id).allowed),
    [],
  );
});

test('a request that is given back counts nowhere', { skip: missingRedis }, async (t) => {
  const { all } = await replicas(t, 2, never);
  const [a, b] = all as [Replica, Replica];
  assert.equal(counted(a, 'x', 60), 60);
  await a.rate.sync();
  for (let i = 0; i < 50; i++) a.rate.giveBack('x');
  await a.rate.sync();
  assert.equal(counted(b, 'x', 1), 1);
  await b.rate.sync();
  assert.equal(counted(b, 'x', 200), 89);
});

for (const [what, gone, back] of [
  ['is gone', (server: RedisServer) => server.halt(), (server: RedisServer) => server.resume()],
  ['hangs', async (server: RedisServer) => server.freeze(), async (server: RedisServer) => server.thaw()],
] as const) {
  test(`while Redis ${what} each replica counts alone, and says so once`, { skip: missingRedis }, async (t) => {
    const { server, all } = await replicas(t, 2, never);
    const [a, b] = all as [Replica, Replica];
    assert.equal(counted(a, 'x', 10), 10);
    await a.rate.sync();
    await gone(server);
    assert.equal(counted(a, 'x', 200), 90);
    assert.equal(counted(b, 'x', 200), 100);
    for (let i = 0; i < 3; i++) {
      await syncAll(all);
      assert.deepEqual([counted(a, 'x', 1), counted(a, `y${i}`, 1), counted(b, `y${i}`, 1)], [0, 1, 1]);
    }
    for (const { log } of all) assert.deepEqual(log, ['each replica counts requests alone']);
    await back(server);
    for (const each of all) {
      await until(async () => {
        counted(each, 'z', 1);
        await each.rate.sync();
        return each.log.length === 2;
      });
      assert.equal(each.log[1], 'replicas count requests together again');
    }
    counted(a, 'w', 100);
    await a.rate.sync();
    counted(b, 'w', 1);
    await b.rate.sync();
    assert.equal(counted(b, 'w', 1), 0);
  });
}
