import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import { openRedis, type RedisError } from '../../../subgraphs/kit/redis.ts';
import { freePort, until } from '../../servers/process.ts';
import { missingRedis, RedisServer } from '../../servers/redis.ts';

const silent = pino({ level: 'silent' });

test('a URL that no Redis has is refused without being quoted', () => {
  for (const url of ['http://user:s3cret@host', 'redis://user:s3cret@ho st', 'redis://user:s3cret@host/notanumber']) {
    assert.throws(
      () => openRedis(url, { log: silent }),
      (error: Error) => !`${error.message}${error.stack}`.includes('s3cret') && error.cause === undefined,
    );
  }
});

test('without a Redis every command is refused at once, and the log says so once', async () => {
  const lines: string[] = [];
  const url = `redis://user:s3cret@127.0.0.1:${await freePort()}`;
  const redis = openRedis(url, { log: pino({ base: null }, { write: (line) => lines.push(line) }) });
  await assert.rejects(redis.send(['PING']), isError('REDIS_UNAVAILABLE'));
  let attempts = 0;
  redis.client.on('reconnecting', () => {
    attempts += 1;
  });
  await until(() => attempts >= 3);
  await redis.close();
  assert.equal(lines.length, 1, lines.join(''));
  assert.match(lines[0] ?? '', /Redis is not available/);
  assert.doesNotMatch(lines[0] ?? '', /s3cret/);
});

test('nothing of it keeps a process alive that goes to its end', async () => {
  const port = await freePort();
  const program = `
    import { openRedis } from './subgraphs/kit/redis.ts';
    import { pino } from 'pino';
    const redis = openRedis('redis://127.0.0.1:${port}', { log: pino({ level: 'silent' }) });
    redis.send(['PING']).catch(() => redis.close());`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  const deadline = setTimeout(() => child.kill('SIGKILL'), 10_000);
  const [code] = await once(child, 'exit');
  clearTimeout(deadline);
  assert.equal(code, 0);
});

test('a real one', { skip: missingRedis }, async (t) => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start({ password: 's3cret' });
  });
  after(() => server.stop());

  function open(lines: string[] = [], password = 's3cret') {
    const log = pino({ base: null }, { write: (line) => lines.push(line) });
    return openRedis(`redis://:${password}@127.0.0.1:${server.port}`, { log });
  }

  await t.test('answers, and its errors are told from its absence', async () => {
    const redis = open();
    await until(() => redis.available);
    assert.equal(await redis.send(['SET', 'a', '1', 'NX']), 'OK');
    assert.equal(await redis.send(['SET', 'a', '2', 'NX']), null);
    await assert.rejects(redis.send(['LPUSH', 'a', '1']), isError('REDIS_FAILED'));
    assert.ok(redis.available);
    await redis.close();
    await redis.close();
    await assert.rejects(redis.send(['PING']), isError('REDIS_UNAVAILABLE'));
  });

  await t.test('is not blamed where this process was busy', async () => {
    const lines: string[] = [];
    const redis = open(lines);
    await until(() => redis.available);
    const answers = Promise.all([1, 2, 3].map(() => redis.send(['PING'])));
    // So that the command is sent, and then nothing is read for longer than the deadline.
    await new Promise((resolve) => setImmediate(resolve));
    const busyUntil = performance.now() + 200;
    while (performance.now() < busyUntil);
    assert.deepEqual(await answers, ['PONG', 'PONG', 'PONG']);
    await redis.close();
    assert.deepEqual(lines, []);
  });

  await t.test('goes and comes back: one line each', async () => {
    const lines: string[] = [];
    const redis = open(lines);
    await until(() => redis.available);
    const waits = redis.send(['BLPOP', 'nothing', '0']);
    const failed = assert.rejects(waits, isError('REDIS_UNAVAILABLE'));
    await server.halt();
    await failed;
    await until(() => !redis.available);
    await assert.rejects(redis.send(['PING']), isError('REDIS_UNAVAILABLE'));
    await server.resume();
    await until(() => redis.available);
    assert.equal(await redis.send(['PING']), 'PONG');
    await redis.close();
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).msg),
      ['Redis is not available: this process goes on by itself', 'Redis is back'],
    );
    assert.doesNotMatch(lines.join(''), /s3cret/);
  });

  await t.test(
    'hangs: one call waits for the deadline, the others not at all, and it is back when it answers',
    async () => {
      const lines: string[] = [];
      const redis = open(lines);
      await until(() => redis.available);
      server.freeze();
      await assert.rejects(redis.send(['PING']), isError('REDIS_TIMEOUT'));
      for (let i = 0; i < 1000; i += 1)
        await assert.rejects(redis.send(['INCR', 'never']), isError('REDIS_UNAVAILABLE'));
      // Another one, which never got a connection.
      const second = open();
      await assert.rejects(second.send(['PING']), isError('REDIS_UNAVAILABLE'));
      server.thaw();
      await until(() => redis.available && second.available);
      assert.equal(await redis.send(['GET', 'never']), null);
      await Promise.all([redis.close(), second.close()]);
      assert.equal(lines.length, 2, lines.join(''));
    },
  );

  await t.test('hangs for long: the connection is given up, and made anew', async () => {
    const redis = open();
    await until(() => redis.available);
    let errors = 0;
    redis.client.on('error', () => {
      errors += 1;
    });
    server.freeze();
    await assert.rejects(redis.send(['PING']), isError('REDIS_TIMEOUT'));
    await until(() => errors > 0);
    server.thaw();
    await until(() => redis.available);
    assert.equal(await redis.send(['PING']), 'PONG');
    await redis.close();
  });

  await t.test('refuses the password: the log names it no more than elsewhere', async () => {
    const lines: string[] = [];
    const redis = open(lines, 'wr0ng');
    await until(() => lines.length > 0);
    await assert.rejects(redis.send(['PING']), isError('REDIS_UNAVAILABLE'));
    await redis.close();
    assert.doesNotMatch(lines.join(''), /wr0ng|s3cret/);
  });
});

function isError(code: RedisError['code']) {
  return (error: RedisError) => error.name === 'RedisError' && error.code === code;
}
