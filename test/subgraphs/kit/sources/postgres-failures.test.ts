import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { CompiledQuery } from 'kysely';
import { withinTime } from '../../../../subgraphs/kit/limits.ts';
import type { Engine } from '../../../../subgraphs/kit/sources/sql/engine.ts';
import { openPostgres } from '../../../../subgraphs/kit/sources/sql/postgres/engine.ts';
import type { ServerOptions } from '../../../../subgraphs/kit/sources/sql/server/url.ts';
import { missingPostgres, PostgresServer, postgresUser } from '../../../servers/postgres.ts';
import { until } from '../../../servers/process.ts';
import { call, systemError } from '../source-harness.ts';

const { user, password } = postgresUser;

describe('a PostgreSQL server that fails', { skip: missingPostgres, timeout: 120_000 }, () => {
  let server: PostgresServer;
  const opened: Engine[] = [];

  /** An engine on the server, closed after the tests. */
  function open(options: Partial<ServerOptions> = {}): Engine {
    const engine = openPostgres({ variable: 'SHOP_URL', url: server.url, ...postgresUser, ...options });
    opened.push(engine);
    return engine;
  }

  before(async () => {
    server = await PostgresServer.start({ settings: ['max_connections=20', 'superuser_reserved_connections=3'] });
    await server.run(`create table a (id integer primary key, word text); create table b (id integer primary key);
      insert into a select i, 'w' || i from generate_series(1, 100) i; insert into b values (1);
      create role plain login password 'plain-s3cret'; revoke all on a from plain`);
  });
  after(async () => {
    for (const engine of opened) await engine.close();
    await server?.stop();
  });

  test('nothing is opened before the first call, and nothing is left after close', async () => {
    const engine = openPostgres({ variable: 'SHOP_URL', url: server.url, ...postgresUser });
    assert.deepEqual(await server.sessions(), []);
    await Promise.all(Array.from({ length: 4 }, () => ask(engine, 'select 1')));
    assert.ok((await server.sessions()).length > 0);
    const pending = Promise.allSettled([ask(engine, 'select pg_sleep(60)'), ask(engine, 'select pg_sleep(60)')]);
    await until(async () => (await server.sessions()).filter(({ state }) => state === 'active').length === 2);
    await engine.close();
    for (const result of await pending) {
      assert.equal(result.status, 'rejected');
      assert.equal(result.reason.code, 'SYSTEM_UNAVAILABLE');
    }
    assert.deepEqual(
      process.getActiveResourcesInfo().filter((name) => /TCP|Socket|Timeout/.test(name)),
      [],
    );
    await until(async () => (await server.sessions()).length === 0);
    await assert.rejects(engine.ping(call()), systemError('SYSTEM_UNAVAILABLE', password));
    await engine.close();
  });

  test('search_path names the schemas in which a table is looked for, also behind a pooler', async () => {
    await server.run('create schema aside; create table aside.only (id int primary key)');
    for (const parameters of ['search_path=aside,public', 'search_path=aside&pgbouncer=true']) {
      const engine = open({ url: `${server.url}?${parameters}` });
      assert.deepEqual((await engine.describe('only', call()))?.path, ['aside', 'only'], parameters);
      await engine.close();
    }
    const engine = open();
    assert.equal(await engine.describe('only', call()), undefined);
    await engine.close();
    const wrong = { variable: 'SHOP_URL', url: `${server.url}?search_path=a b`, ...postgresUser };
    assert.throws(() => openPostgres(wrong), /SHOP_URL: search_path: expected names of schemas/);
  });

  test('what is asked wrongly, and by the wrong person, has its own code and shows no password', async () => {
    const cases: [Partial<ServerOptions>, Parameters<typeof systemError>[0]][] = [
      [{ password: 'wr0ng-s3cret' }, 'SYSTEM_REFUSED'],
      [{ password: '' }, 'SYSTEM_REFUSED'],
      [{ user: 'nobody' }, 'SYSTEM_REFUSED'],
      [{ url: server.url.replace('library', 'nothing') }, 'SYSTEM_REFUSED'],
      [{ url: 'postgres://127.0.0.1:1/library' }, 'SYSTEM_UNAVAILABLE'],
      [{ url: 'postgres://nowhere.invalid/library?sslmode=disable' }, 'SYSTEM_UNAVAILABLE'],
      [{ url: `${server.url}?sslmode=verify-full` }, 'SYSTEM_UNAVAILABLE'],
    ];
    for (const [options, code] of cases) {
      const secret = options.password || password;
      await assert.rejects(open(options).ping(call()), systemError(code, secret), JSON.stringify(options));
    }
    const plain = open({ user: 'plain', password: 'plain-s3cret' });
    await assert.rejects(ask(plain, 'select * from a'), systemError('SYSTEM_REFUSED', 'plain-s3cret'));
    await assert.rejects(open({ password: '' }).ping(call()), /there is no password/);
    await assert.rejects(open({ url: `${server.url}?sslmode=verify-full` }).ping(call()), /sslmode=disable/);
    await assert.rejects(ask(open(), 'select nothing'), systemError('SYSTEM_FAILED', password));
  });

  test('sessions only read, in UTC, and end what runs too long', async () => {
    await server.run(
      `alter role ${user} set default_transaction_read_only = off; alter role ${user} set timezone = 'Asia/Kolkata'`,
    );
    const engine = open({ statementTimeoutMs: 200 });
    await assert.rejects(ask(engine, 'delete from a'), /read-only transaction/);
    assert.deepEqual(await ask(engine, "select timestamptz '2026-01-01 00:00:00+00'"), [['2026-01-01T00:00:00Z']]);
    await assert.rejects(ask(engine, 'select pg_sleep(60)'), systemError('SYSTEM_TIMEOUT', password));
    assert.deepEqual(await ask(engine, 'select 1'), [[1]]);
    assert.deepEqual(await server.run('select count(*)::int as n from a'), [{ n: 100 }]);
  });

  test('by a Unix socket', async () => {
    const url = `postgres://${encodeURIComponent(server.folder)}:${server.port}/library`;
    assert.deepEqual(await ask(open({ url }), 'select inet_client_addr()'), [[null]]);
  });

  test('a statement that nobody waits for is stopped, and its connection goes on', async () => {
    const engine = open({ poolSize: 1 });
    const [[pid]] = (await ask(engine, 'select pg_backend_pid()')) as [[number]];
    const controller = new AbortController();
    const pending = ask(engine, 'select pg_sleep(60)', [], controller.signal);
    await until(async () => (await server.sessions()).some((each) => each.pid === pid && each.state === 'active'));
    controller.abort(new Error('gone'));
    await assert.rejects(pending, { message: 'gone' });
    await until(async () => (await server.sessions()).every((each) => each.pid !== pid || each.state === 'idle'));
    assert.deepEqual(await ask(engine, 'select pg_backend_pid()'), [[pid]]);
  });

  test('a caller that leaves a full pool leaves nothing behind', async () => {
    const engine = open({ poolSize: 2 });
    const writer = await server.connect();
    await writer.query('begin; lock table a in access exclusive mode');
    const reading = [ask(engine, 'select id from a where id = 1'), ask(engine, 'select id from a where id = 2')];
    await until(async () => (await server.sessions()).filter(({ waits }) => waits === 'Lock').length === 2);
    const third = withinTime(call(), 50, ({ signal }) => ask(engine, 'select id from a where id = 3', [], signal));
    await assert.rejects(third, systemError('SYSTEM_TIMEOUT', password));
    const gone = AbortSignal.abort(new Error('gone'));
    await assert.rejects(ask(engine, 'select 1', [], gone), { message: 'gone' });
    await writer.query('commit');
    await writer.end();
    assert.deepEqual(await Promise.all(reading), [[[1]], [[2]]]);
    const rest = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(engine, 'select $1::integer', [i])));
    assert.deepEqual(
      rest,
      Array.from({ length: 20 }, (_, i) => [[i]]),
    );
    assert.ok((await server.sessions()).filter(({ query }) => query === 'select $1::integer').length <= 2);
  });

  test('aborts at any moment, in a storm, harm nobody else', async () => {
    const engine = open({ poolSize: 4 });
    let answered = 0;
    await Promise.all(
      Array.from({ length: 400 }, async (_, i) => {
        const controller = new AbortController();
        const pending = ask(engine, 'select $1::integer, pg_sleep(0.001)', [i], controller.signal);
        if (i % 3 === 0) setTimeout(() => controller.abort(new Error('gone')), i % 50);
        try {
          assert.equal((await pending)[0]?.[0], i);
          answered++;
        } catch (error) {
          assert.equal((error as Error).message, 'gone');
          assert.equal(i % 3, 0);
        }
      }),
    );
    assert.ok(answered >= 266);
    await until(async () => (await server.sessions()).every(({ state }) => state === 'idle'));
  });

  test('statements given up while they begin are stopped, too, and no connection is cut off for it', async () => {
    const engine = open({ poolSize: 4 });
    const begun = await Promise.all(
      Array.from({ length: 4 }, () => ask(engine, 'select pg_backend_pid(), pg_sleep(0.05)')),
    );
    const pids = begun.map(([row]) => Number(row?.[0])).sort();
    const isOurs = ({ pid }: { pid: number }) => pids.includes(pid);
    for (let round = 0; round < 15; round++) {
      const left = Array.from({ length: 8 }, async (_, i) => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(new Error('gone')), i % 6);
        await assert.rejects(ask(engine, 'select count(*) from generate_series(1, 1e9)', [], controller.signal), {
          message: 'gone',
        });
      });
      await Promise.all(left);
    }
    await until(async () => (await server.sessions()).filter(isOurs).every(({ state }) => state === 'idle'));
    assert.deepEqual(
      (await server.sessions())
        .filter(isOurs)
        .map(({ pid }) => pid)
        .sort(),
      pids,
    );
    const last = Array.from({ length: 4 }, () => ask(engine, 'select count(*) from generate_series(1, 1e9)'));
    const results = Promise.allSettled(last);
    await engine.close();
    await results;
    await until(async () => !(await server.sessions()).some(isOurs));
  });

  test('a statement whose connection is cut off does not go on', async () => {
    const sockets = new Set<Socket>();
    const proxy = createServer((client) => {
      sockets.add(client);
      client.on('error', () => {});
      // The first alone gets through: no order to stop does.
      if (sockets.size > 1) return;
      const upstream = connect(server.port, '127.0.0.1');
      upstream.on('error', () => {});
      client.on('close', () => upstream.destroy());
      client.pipe(upstream).pipe(client);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const engine = open({ url: `postgres://127.0.0.1:${(proxy.address() as AddressInfo).port}/library` });
    const isRunning = async () => (await server.sessions()).some(({ query }) => query === 'select pg_sleep(59)');
    const controller = new AbortController();
    const pending = ask(engine, 'select pg_sleep(59)', [], controller.signal);
    await until(isRunning);
    controller.abort(new Error('gone'));
    await assert.rejects(pending, { message: 'gone' });
    await engine.close();
    await until(async () => !(await isRunning()));
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });

  test('a request with many statements leaves the next turn to others, and a ping goes first', async () => {
    const engine = open({ poolSize: 4 });
    const sent: string[] = [];
    const note = (message: unknown) => void sent.push((message as { sql: string }).sql);
    subscribe('junction:sql', note);
    try {
      const as = (requestId: string, sql: string) =>
        engine.run(CompiledQuery.raw(sql), { scan: false }, { ...call(), requestId });
      const many = Promise.all(Array.from({ length: 400 }, () => as('a', 'select pg_sleep(0.001)')));
      await until(() => sent.length > 20);
      const before = sent.length;
      await Promise.all([as('b', "select 'small'"), engine.ping(call())]);
      const after = sent.slice(before, before + 5);
      assert.ok(after.includes("select 'small'") && after.includes('select 1'), after.join('\n'));
      await many;
      assert.equal(sent.length, 402);
    } finally {
      unsubscribe('junction:sql', note);
      await engine.close();
    }
  });

  test('connections that broke unnoticed: the first query after it is whole', async () => {
    const engine = open({ poolSize: 4 });
    const pids = await Promise.all(
      Array.from({ length: 4 }, () => ask(engine, 'select pg_backend_pid(), pg_sleep(0.05)')),
    );
    assert.equal(new Set(pids.map(([row]) => row?.[0])).size, 4);
    // Without a turn of the event loop in between, so that the driver can't have seen it.
    for (const [row] of pids) process.kill(Number(row?.[0]), 'SIGTERM');
    for (const [row] of pids) while (isAlive(Number(row?.[0])));
    assert.equal((await ask(engine, 'select id from a')).length, 100);
  });

  test('a server that restarts under load: unavailable meanwhile, whole afterwards', async () => {
    const engine = open({ poolSize: 5 });
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
      let isOver = false;
      const failures = new Set<unknown>();
      const clients = Array.from({ length: 8 }, async () => {
        while (!isOver) {
          await ask(engine, 'select id, word from a order by id').then(
            (rows) => assert.equal(rows.length, 100),
            (error) => failures.add(error.code),
          );
        }
      });
      try {
        await ask(engine, 'select 1');
        await server.halt(signal);
        await until(() => failures.size > 0);
      } finally {
        isOver = true;
      }
      await Promise.all(clients);
      assert.deepEqual([...failures], ['SYSTEM_UNAVAILABLE'], signal);
      await server.resume();
      assert.equal((await ask(engine, 'select id, word from a order by id')).length, 100);
    }
  });

  test('a victim of a deadlock is asked once more', async () => {
    const engine = open();
    const writer = await server.connect();
    await writer.query("set deadlock_timeout = '1min'; begin; lock table b in access exclusive mode");
    const reading = ask(engine, 'select count(*) from a, b');
    await until(async () => (await server.sessions()).some(({ waits }) => waits === 'Lock'));
    await writer.query('lock table a in access exclusive mode');
    await writer.query('commit');
    await writer.end();
    assert.deepEqual(await reading, [[100]]);
  });

  test('a table that is altered: statements that were prepared before are read anew', async () => {
    const engine = open({ poolSize: 1 });
    await server.run('create table changing (x integer); insert into changing values (1)');
    assert.deepEqual(await ask(engine, 'select x from changing'), [[1]]);
    await server.run('alter table changing alter x type text');
    assert.deepEqual(await ask(engine, 'select x from changing'), [['1']]);
  });

  test('a connection does not keep prepared statements without end', async () => {
    const engine = open({ poolSize: 1 });
    const pids = new Set<unknown>();
    for (let i = 0; i < 1_100; i++) pids.add((await ask(engine, `select pg_backend_pid(), ${i}`))[0]?.[0]);
    assert.equal(pids.size, 3);
    assert.ok(Number((await ask(engine, 'select count(*) from pg_prepared_statements'))[0]?.[0]) <= 501);
  });

  test('as many connections as the server has: the others are told that it is unavailable', async () => {
    const plain = { user: 'plain', password: 'plain-s3cret' };
    const engines = [open({ ...plain, poolSize: 15 }), open({ ...plain, poolSize: 15 })];
    const asked = engines.flatMap((engine) => Array.from({ length: 15 }, () => ask(engine, 'select pg_sleep(0.3)')));
    const results = await Promise.allSettled(asked);
    const failed = results
      .filter(({ status }) => status === 'rejected')
      .map((each) => (each as PromiseRejectedResult).reason);
    assert.ok(failed.length > 0);
    for (const error of failed) systemError('SYSTEM_UNAVAILABLE', 'plain-s3cret')(error);
    assert.deepEqual(await ask(engines[0] as Engine, 'select 1'), [[1]]);
  });

  test('through a pooler each statement brings its settings along, and none is kept prepared', async () => {
    const engine = open({ url: `${server.url}?pgbouncer=true`, poolSize: 1, statementTimeoutMs: 300 });
    await assert.rejects(ask(engine, 'delete from a'), /read-only transaction/);
    assert.deepEqual(await ask(engine, "select array[timestamptz '2026-01-01 00:00:00+00']"), [
      [['2026-01-01T00:00:00Z']],
    ]);
    await assert.rejects(ask(engine, 'select pg_sleep(60)'), systemError('SYSTEM_TIMEOUT', password));
    assert.deepEqual(
      await ask(engine, 'select count(*) from pg_prepared_statements where not from_sql and name <> $1', ['']),
      [[0]],
    );
    const [session] = (await server.sessions()).filter(({ query }) => query === 'rollback');
    assert.equal(session?.state, 'idle');
  });

  test('a pooler that refuses the settings of a session: the log says what to do', async () => {
    const words = 'SFATAL\0C08P01\0Munsupported startup parameter: options\0\0';
    const pooler = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        const length = Buffer.alloc(4);
        length.writeInt32BE(words.length + 4);
        socket.end(Buffer.concat([Buffer.from('E'), length, Buffer.from(words)]));
      });
    });
    await new Promise<void>((resolve) => pooler.listen(0, '127.0.0.1', resolve));
    const { port } = pooler.address() as AddressInfo;
    const engine = open({ url: `postgres://127.0.0.1:${port}/library` });
    await assert.rejects(engine.ping(call()), /pgbouncer=true in the URL/);
    pooler.close();
  });

  test('a network that swallows everything costs its callers, and no connection for ever', async () => {
    const sockets = new Set<Socket>();
    const proxy = createServer((client) => {
      const upstream = connect(server.port, '127.0.0.1');
      client.pipe(upstream).pipe(client);
      for (const socket of [client, upstream]) socket.on('error', () => {});
      sockets.add(client).add(upstream);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const engine = open({ url: `postgres://127.0.0.1:${port}/library`, poolSize: 1 });
    await ask(engine, 'select 1');
    const [client, upstream] = [...sockets];
    client?.unpipe(upstream);
    upstream?.unpipe(client);
    proxy.removeAllListeners('connection').on('connection', (socket) => void sockets.add(socket));
    const limited = withinTime(call(), 50, ({ signal }) => ask(engine, 'select 2', [], signal));
    await assert.rejects(limited, systemError('SYSTEM_TIMEOUT', password));
    proxy.removeAllListeners('connection').on('connection', (socket) => {
      const again = connect(server.port, '127.0.0.1');
      socket.pipe(again).pipe(socket);
      for (const each of [socket, again]) each.on('error', () => {});
      sockets.add(again).add(socket);
    });
    assert.deepEqual(await ask(engine, 'select 3'), [[3]]);
    await engine.close();
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
});

function ask(engine: Engine, sql: string, parameters: readonly unknown[] = [], signal?: AbortSignal) {
  return engine.run(CompiledQuery.raw(sql, [...parameters]), { scan: false }, call(signal));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
