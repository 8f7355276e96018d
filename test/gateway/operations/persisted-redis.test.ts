import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import { openRedis, type Redis } from '../../../subgraphs/kit/redis.ts';
import { freePort, until } from '../../servers/process.ts';
import { missingRedis, RedisServer } from '../../servers/redis.ts';
import { type Client, client, persisted, sha256, type Told } from './persisted-fixture.ts';

const silent = pino({ level: 'silent' });
const notFound: Told = [200, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound'];
const day = 86_400_000;

/** A text that no other test uses, with its hash and its key in Redis. */
function operation(name: string) {
  const query = `query ${name} { a }`;
  const id = sha256(query);
  return { query, id, key: `junction:operation::${id}` };
}

test('without a Redis that was set, clients are asked for texts, and they are kept in memory', async () => {
  const redis = openRedis(`redis://127.0.0.1:${await freePort()}`, { log: silent });
  const { post } = await client({}, { redis });
  await worksAlone(post, 'Alone');
  await redis.close();
});

test('with a Redis', { skip: missingRedis }, async (t) => {
  let server: RedisServer;
  const opened: Redis[] = [];
  before(async () => {
    server = await RedisServer.start();
  });
  after(async () => {
    await Promise.all(opened.map((redis) => redis.close()));
    await server.stop();
  });

  /** One more replica. */
  async function replica(): Promise<Client & { redis: Redis }> {
    const redis = openRedis(server.url, { log: silent });
    opened.push(redis);
    await until(() => redis.available);
    return { ...(await client({}, { redis })), redis };
  }

  await t.test('what one replica was sent, the others know', async () => {
    const [one, two] = [await replica(), await replica()];
    const { query, id, key } = operation('Shared');
    assert.deepEqual(await two.post({ extensions: persisted(id) }), notFound);
    assert.equal(await one.post({ query, extensions: persisted(id) }), query);
    await until(async () => (await one.redis.send(['EXISTS', key])) === 1);
    assert.equal(await two.post({ extensions: persisted(id) }), query);
    // From then on it is in its memory.
    await one.redis.send(['DEL', key]);
    assert.equal(await two.post({ extensions: persisted(id) }), query);
  });

  await t.test('texts without end do not fill it', async () => {
    const one = await replica();
    const padding = '#'.repeat(90_000);
    const many = Array.from({ length: 300 }, (_, i) => {
      const text = `query Padded${i} { a } ${padding}`;
      return { text, id: sha256(text) };
    });
    const isKept = async (i: number) => {
      const key = `junction:operation::${many[i]?.id}`;
      return (await one.redis.send(['EXISTS', key]).catch(() => 'late')) === 1;
    };
    for (const { text, id } of many) assert.equal(await one.post({ query: text, extensions: persisted(id) }), text);
    // They are written in the order in which they came.
    await until(() => isKept(176));
    assert.deepEqual([await isKept(0), await isKept(178), await isKept(299)], [true, false, false]);
    assert.ok(one.log.some(({ msg }) => msg === 'too many new persisted operations: they are not shared for now'));
    // All the same it is known here, like whatever was sent lately.
    const { text, id } = many.at(-1) ?? { text: '', id: '' };
    assert.equal(await one.post({ extensions: persisted(id) }), text);
  });

  await t.test('it stays there for a day after it was used', async () => {
    const [one, two] = [await replica(), await replica()];
    const { query, id, key } = operation('Used');
    const ttl = async () => Number(await one.redis.send(['PTTL', key]));
    await one.post({ query, extensions: persisted(id) });
    await until(async () => (await ttl()) > day - 60_000);
    await one.redis.send(['PEXPIRE', key, '60000']);
    assert.ok((await ttl()) <= 60_000);
    assert.equal(await two.post({ extensions: persisted(id) }), query);
    await until(async () => (await ttl()) > day - 60_000);
  });

  await t.test('clients that ask for the same at the same time cost one question', async () => {
    const [one, two] = [await replica(), await replica()];
    const { query, id, key } = operation('Rush');
    await one.post({ query, extensions: persisted(id) });
    await until(async () => (await one.redis.send(['EXISTS', key])) === 1);
    await one.redis.send(['CONFIG', 'RESETSTAT']);
    const told = await Promise.all(Array.from({ length: 50 }, () => two.post({ extensions: persisted(id) })));
    assert.deepEqual(new Set(told), new Set([query]));
    assert.match(String(await one.redis.send(['INFO', 'commandstats'])), /cmdstat_get:calls=1,/);
  });

  await t.test('who writes to it does not choose what runs', async () => {
    const { post, redis, log } = await replica();
    const { query, id, key } = operation('Planted');
    for (const value of [
      JSON.stringify({ value: '{ evil }' }),
      JSON.stringify({ value: ['{ evil }'] }),
      JSON.stringify({ value: { toString: 1 } }),
      JSON.stringify('{ evil }'),
      '{ evil }',
      'null',
      '{"__proto__":{"value":"{ evil }"}}',
    ]) {
      await redis.send(['SET', key, value]);
      assert.deepEqual(await post({ extensions: persisted(id) }), notFound, value);
    }
    await redis.send(['DEL', key]);
    await redis.send(['LPUSH', key, 'not a string']);
    assert.deepEqual(await post({ extensions: persisted(id) }), notFound);
    assert.equal(log.length, 1, 'the log says so, once');
    assert.doesNotMatch(JSON.stringify(log), /evil/);
    assert.equal(await post({ query, extensions: persisted(id) }), query);
    assert.equal(await post({ extensions: persisted(id) }), query);
  });

  await t.test('ids that are no hash are not asked for', async () => {
    const { post, redis } = await replica();
    await redis.send(['CONFIG', 'RESETSTAT']);
    for (const id of ['x', '*', `${'a'.repeat(64)}\n`, 'A'.repeat(64)]) {
      assert.deepEqual(await post({ extensions: persisted(id) }), notFound);
    }
    assert.doesNotMatch(String(await redis.send(['INFO', 'commandstats'])), /cmdstat_get/);
  });

  await t.test('when it hangs, and when it is gone, answers go on; when it is back, it is used', async () => {
    const { post, redis } = await replica();
    const { query, id, key } = operation('Before');
    await post({ query, extensions: persisted(id) });
    server.freeze();
    assert.equal(await post({ extensions: persisted(id) }), query, 'known ones');
    let broken = 0;
    redis.client.on('error', () => {
      broken += 1;
    });
    await worksAlone(post, 'Hangs');
    assert.equal(broken, 0, 'no question waited until the silent connection was given up');
    await until(() => !redis.available);
    await worksAlone(post, 'HangsStill');
    server.thaw();
    await until(() => redis.available);

    await server.halt();
    await worksAlone(post, 'Gone');
    assert.equal(await post({ extensions: persisted(id) }), query);
    await server.resume();
    await until(() => redis.available);
    const other = await replica();
    const after = operation('After');
    assert.equal(await post({ query: after.query, extensions: persisted(after.id) }), after.query);
    await until(async () => (await redis.send(['EXISTS', after.key])) === 1);
    assert.equal(await other.post({ extensions: persisted(after.id) }), after.query);
    assert.equal(await redis.send(['EXISTS', key]), 0);
  });

  await t.test('a Redis that takes no more is logged by the name of its error, once', async () => {
    const { post, redis, log } = await replica();
    await redis.send(['CONFIG', 'SET', 'maxmemory', '1']);
    for (const name of ['Full', 'Fuller']) await worksAlone(post, name);
    await until(() => log.length > 0);
    await redis.send(['CONFIG', 'SET', 'maxmemory', '0']);
    assert.deepEqual(
      log.map(({ msg, detail }) => [msg, detail]),
      [['Redis failed of a persisted operation', 'OOM']],
    );
  });
});

/** A text is asked for, and known from then on, without what is shared. */
async function worksAlone(post: Client['post'], name: string): Promise<void> {
  const { query, id } = operation(name);
  assert.deepEqual(await post({ extensions: persisted(id) }), notFound);
  assert.equal(await post({ query, extensions: persisted(id) }), query);
  assert.equal(await post({ extensions: persisted(id) }), query);
}
