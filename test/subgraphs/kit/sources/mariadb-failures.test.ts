import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { CompiledQuery } from 'kysely';
import { StartupError } from '../../../../subgraphs/kit/errors.ts';
import { withinTime } from '../../../../subgraphs/kit/limits.ts';
import type { Engine } from '../../../../subgraphs/kit/sources/sql/engine.ts';
import { openMariadb } from '../../../../subgraphs/kit/sources/sql/mariadb/engine.ts';
import type { ServerOptions } from '../../../../subgraphs/kit/sources/sql/server/url.ts';
import { MariadbServer, mariadbUser, missingMariadb } from '../../../servers/mariadb.ts';
import { until } from '../../../servers/process.ts';
import { call, systemError } from '../source-harness.ts';

/** Whom the engines ask as: a user who may read, and nothing else. */
const shop = { user: 'shop', password: 'sh0p-s3cret' } as const;

describe('a MariaDB server that fails', { skip: missingMariadb, timeout: 120_000 }, () => {
  let server: MariadbServer;
  const opened: Engine[] = [];

  /** An engine on the server, closed after the tests. */
  function open(options: Partial<ServerOptions> = {}): Engine {
    const engine = openMariadb({ variable: 'SHOP_URL', url: server.url, ...shop, ...options });
    opened.push(engine);
    return engine;
  }

  before(async () => {
    server = await MariadbServer.start({ settings: ['--max-connections=20'] });
    await server.run('create table a (id integer primary key, word varchar(20))');
    await server.run("insert into a select seq, concat('w', seq) from seq_1_to_100");
    await server.run('create table hidden (id integer primary key)');
    await server.run(`create function lost_once() returns integer not deterministic
      begin
        set @asked = coalesce(@asked, 0) + 1;
        if @asked = 1 then signal sqlstate '40001' set mysql_errno = 1213; end if;
        return @asked;
      end`);
    await server.run('create user ? identified by ?', [shop.user, shop.password]);
    await server.run('grant select on library.a to ?', [shop.user]);
    await server.run('grant execute on library.* to ?', [shop.user]);
  });
  after(async () => {
    for (const engine of opened) await engine.close();
    await server?.stop();
  });

  test('nothing is opened before the first call, and nothing is left after close', async () => {
    const engine = openMariadb({ variable: 'SHOP_URL', url: server.url, ...shop });
    assert.deepEqual(await server.sessions(shop.user), []);
    await Promise.all(Array.from({ length: 4 }, () => ask(engine, 'select 1')));
    assert.ok((await server.sessions(shop.user)).length > 0);
    const pending = Promise.allSettled([ask(engine, 'select sleep(60)'), ask(engine, 'select sleep(60)')]);
    await until(async () => (await running()).length === 2);
    await engine.close();
    for (const result of await pending) {
      assert.equal(result.status, 'rejected');
      assert.equal(result.reason.code, 'SYSTEM_UNAVAILABLE');
    }
    assert.deepEqual(await running(), []);
    await until(async () => (await server.sessions(shop.user)).length === 0);
    // The test's own connections need a moment to be gone.
    await until(() => !process.getActiveResourcesInfo().some((name) => /TCP|Socket/.test(name)));
    await assert.rejects(engine.ping(call()), systemError('SYSTEM_UNAVAILABLE', shop.password));
    await engine.close();
  });

  test('what is asked wrongly, and by the wrong person, has its own code and shows no password', async () => {
    const cases: [Partial<ServerOptions>, Parameters<typeof systemError>[0]][] = [
      [{ password: 'wr0ng-s3cret' }, 'SYSTEM_REFUSED'],
      [{ password: '' }, 'SYSTEM_REFUSED'],
      [{ user: 'nobody' }, 'SYSTEM_REFUSED'],
      [{ url: server.url.replace('library', 'nothing'), ...mariadbUser }, 'SYSTEM_REFUSED'],
      [{ url: server.url.replace('library', 'mysql') }, 'SYSTEM_REFUSED'],
      [{ url: 'mariadb://127.0.0.1:1/library' }, 'SYSTEM_UNAVAILABLE'],
      [{ url: 'mysql://nowhere.invalid/library?sslmode=disable' }, 'SYSTEM_UNAVAILABLE'],
      [{ url: `${server.url.replace('127.0.0.1', 'localhost')}?sslmode=verify-full` }, 'SYSTEM_UNAVAILABLE'],
    ];
    for (const [options, code] of cases) {
      const secret = options.password || shop.password;
      await assert.rejects(open(options).ping(call()), systemError(code, secret), JSON.stringify(options));
    }
    await assert.rejects(ask(open(), 'select * from hidden'), systemError('SYSTEM_REFUSED', shop.password));
    await assert.rejects(ask(open(), 'select nothing'), systemError('SYSTEM_FAILED', shop.password));
  });

  test('a certificate can’t be checked for an address', () => {
    const url = `${server.url}?sslmode=verify-full`;
    assert.throws(
      () => openMariadb({ variable: 'SHOP_URL', url, ...shop }),
      (error) => {
        assert.ok(error instanceof StartupError);
        assert.match(error.message, /^SHOP_URL: sslmode=verify-full needs a host by its name/);
        return true;
      },
    );
  });

  test('sessions only read, in UTC, with names in double quotes, and end what runs too long', async () => {
    await server.run("set global time_zone = '+05:30'");
    const engine = open({ ...mariadbUser, statementTimeoutMs: 200 });
    await assert.rejects(ask(engine, 'delete from a'), /READ ONLY transaction/);
    assert.deepEqual(await ask(engine, 'select "word" from "a" where "id" = 1'), [['w1']]);
    assert.deepEqual(await ask(engine, 'select from_unixtime(0)'), [['1970-01-01T00:00:00']]);
    const long = 'select count(*) from a a1, a a2, a a3, a a4, a a5 where a1.id + a2.id + a3.id + a4.id + a5.id < 0';
    await assert.rejects(ask(engine, long), systemError('SYSTEM_TIMEOUT', mariadbUser.password));
    assert.deepEqual(await ask(engine, 'select 1'), [[1]]);
    assert.deepEqual(await server.run('select count(*) as n from a'), [{ n: 100 }]);
    await server.run("set global time_zone = 'SYSTEM'");
  });

  test('by a Unix socket', async () => {
    const url = `mariadb:///library?host=${encodeURIComponent(server.socket)}`;
    assert.deepEqual(await ask(open({ url }), 'select user()'), [['shop@localhost']]);
  });

  test('a statement that nobody waits for is stopped, and its connection goes on', async () => {
    const engine = open({ poolSize: 1 });
    const [[id]] = (await ask(engine, 'select connection_id()')) as [[number]];
    const controller = new AbortController();
    const pending = ask(engine, 'select sleep(60)', [], controller.signal);
    await until(async () => (await running()).some((each) => each.id === id));
    controller.abort(new Error('gone'));
    await assert.rejects(pending, { message: 'gone' });
    assert.deepEqual(await ask(engine, 'select connection_id()'), [[id]]);
    assert.deepEqual(await running(), []);
    await until(async () => (await server.sessions(shop.user)).filter((each) => each.id > id).length === 0);
  });

  test('a caller that leaves a full pool leaves nothing behind', async () => {
    const engine = open({ poolSize: 2 });
    const writer = await server.connect();
    await writer.query('lock tables a write');
    const reading = [ask(engine, 'select id from a where id = 1'), ask(engine, 'select id from a where id = 2')];
    await until(async () => (await running()).length === 2);
    const third = withinTime(call(), 50, ({ signal }) => ask(engine, 'select id from a where id = 3', [], signal));
    await assert.rejects(third, systemError('SYSTEM_TIMEOUT', shop.password));
    const gone = AbortSignal.abort(new Error('gone'));
    await assert.rejects(ask(engine, 'select 1', [], gone), { message: 'gone' });
    await writer.query('unlock tables');
    await writer.end();
    assert.deepEqual(await Promise.all(reading), [[[1]], [[2]]]);
    const ids = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(engine, 'select ?, connection_id()', [i])));
    assert.deepEqual(
      ids.map(([row]) => row?.[0]),
      Array.from({ length: 20 }, (_, i) => i),
    );
    assert.ok(new Set(ids.map(([row]) => row?.[1])).size <= 2);
  });

  test('aborts at any moment, in a storm, harm nobody else', async () => {
    const engine = open({ poolSize: 4 });
    let answered = 0;
    await Promise.all(
      Array.from({ length: 400 }, async (_, i) => {
        const controller = new AbortController();
        const pending = ask(engine, 'select ?, sleep(0.001)', [i], controller.signal);
        if (i % 3 === 0) setTimeout(() => controller.abort(new Error('gone')), i % 50);
        try {
          assert.deepEqual(await pending, [[i, 0]]);
          answered++;
        } catch (error) {
          assert.equal((error as Error).message, 'gone');
          assert.equal(i % 3, 0);
        }
      }),
    );
    assert.ok(answered >= 266);
    await until(async () => (await running()).length === 0);
  });

  test('connections that broke unnoticed: the first query after it is whole', async () => {
    const engine = open({ poolSize: 4 });
    const ids = await Promise.all(Array.from({ length: 4 }, () => ask(engine, 'select connection_id(), sleep(0.05)')));
    assert.equal(new Set(ids.map(([row]) => row?.[0])).size, 4);
    // Without a turn of the event loop in between, so that the driver can't have seen it.
    kill(ids.map(([row]) => Number(row?.[0])));
    assert.equal((await ask(engine, 'select id from a')).length, 100);
  });

  test('a server that restarts under load: unavailable meanwhile, whole afterwards', async () => {
    const engine = open({ poolSize: 5 });
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
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
    // Sessions that only read hold no lock that another could wait for, so that the server is made to say so.
    assert.deepEqual(await ask(open({ poolSize: 1 }), 'select lost_once()'), [[2]]);
  });

  test('a table that is altered: statements that were prepared before are read anew', async () => {
    const engine = open({ ...mariadbUser, poolSize: 1 });
    await server.run('create table changing (x integer)');
    await server.run('insert into changing values (1)');
    assert.deepEqual(await ask(engine, 'select x from changing'), [[1]]);
    await server.run('alter table changing modify x varchar(10)');
    assert.deepEqual(await ask(engine, 'select x from changing'), [['1']]);
  });

  test('a connection does not keep prepared statements without end', async () => {
    const engine = open({ poolSize: 1 });
    for (let i = 0; i < 300; i++) await ask(engine, `select ${i}`);
    const [status] = await server.run("show global status like 'Prepared_stmt_count'");
    assert.ok(Number(status?.Value) <= 100 + opened.length * 20, String(status?.Value));
  });

  test('as many connections as the server has: the others are told that it is unavailable', async () => {
    for (const engine of opened.splice(0)) await engine.close();
    const engines = [open({ poolSize: 15 }), open({ poolSize: 15 })];
    const asked = engines.flatMap((engine) => Array.from({ length: 15 }, () => ask(engine, 'select sleep(0.3)')));
    const results = await Promise.allSettled(asked);
    const failed = results.filter((each) => each.status === 'rejected').map(({ reason }) => reason);
    assert.ok(failed.length > 0);
    for (const error of failed) systemError('SYSTEM_UNAVAILABLE', shop.password)(error);
    assert.deepEqual(await ask(engines[0] as Engine, 'select 1'), [[1]]);
    for (const engine of opened.splice(0)) await engine.close();
  });

  test('a request with many statements holds nobody up, and pings go before all', async () => {
    const engine = open({ poolSize: 4 });
    let answered = 0;
    const greedy = Promise.all(
      Array.from({ length: 400 }, async (_, i) => {
        await ask(engine, `select ${i}`, [], undefined, 'greedy');
        answered++;
      }),
    );
    await until(() => answered > 0);
    const before = answered;
    await ask(engine, "select 'other'", [], undefined, 'other');
    assert.ok(answered - before <= 16, `${answered - before} statements of the other request went first`);
    const beforePing = answered;
    await engine.ping({ ...call(), requestId: 'greedy' });
    assert.ok(answered - beforePing <= 16, `${answered - beforePing} statements went before a ping`);
    assert.ok(answered < 400);
    await greedy;
  });

  /** What the engines' sessions run at this moment. */
  async function running() {
    return (await server.sessions(shop.user)).filter(({ info }) => info !== null);
  }

  function kill(ids: readonly number[]): void {
    const options = JSON.stringify({ ...mariadbUser, host: '127.0.0.1', port: server.port });
    const script = `
      import { createConnection } from 'mysql2/promise';
      const connection = await createConnection(${options});
      for (const id of ${JSON.stringify(ids)}) await connection.query('kill ' + id);
      await connection.end();`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }
});

function ask(
  engine: Engine,
  sql: string,
  parameters: readonly unknown[] = [],
  signal?: AbortSignal,
  requestId = 'test',
) {
  return engine.run(CompiledQuery.raw(sql, [...parameters]), { scan: false }, { ...call(signal), requestId });
}
