import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openMariadb } from '../../../../subgraphs/kit/sources/sql/mariadb/engine.ts';
import { openPostgres } from '../../../../subgraphs/kit/sources/sql/postgres/engine.ts';
import { MariadbServer, missingMariadb } from '../../../servers/mariadb.ts';
import { missingPostgres, PostgresServer } from '../../../servers/postgres.ts';
import { call as anyCall, type OpenedSource } from '../source-harness.ts';
import { openMariadbLibrary } from '../sources/mariadb-library.ts';
import { openPostgresLibrary } from '../sources/postgres-library.ts';
import { codes, observed, watched } from './watched.ts';

// The engines that are servers: a span and a count for each attempt to run a statement, also where none can be sent.

const engines = [
  {
    kind: 'postgresql',
    skip: missingPostgres,
    async start() {
      const server = await PostgresServer.start();
      return { server, library: await openPostgresLibrary(server) };
    },
    dead: () => openPostgres({ variable: 'URL', url: 'postgres://reader:markerC@127.0.0.1:1/library' }),
  },
  {
    kind: 'mariadb',
    skip: missingMariadb,
    async start() {
      const server = await MariadbServer.start();
      return { server, library: await openMariadbLibrary(server) };
    },
    dead: () => openMariadb({ variable: 'URL', url: 'mariadb://reader:markerC@127.0.0.1:1/library' }),
  },
] as const;

for (const { kind, skip, start, dead } of engines) {
  describe(kind, { skip, timeout: 120_000 }, () => {
    let library: OpenedSource;
    let stop: () => Promise<void>;
    before(async () => {
      const started = await start();
      library = started.library;
      stop = () => started.server.stop();
    });
    after(async () => {
      await library.close();
      await stop();
    });

    test('one span for each statement, with the table, the server and no value', async (t) => {
      const { source, calls = () => [] } = library;
      const watch = await watched(t);
      const { call, span } = observed(watch, kind);
      calls();
      const keys = [['a1'], ['markerA']];
      await source.byKey({ collection: 'Author', columns: ['name'], key: ['id'], keys }, call);
      const where = [{ column: 'name', op: '=', value: 'markerB' }] as const;
      const order = [{ column: 'id', direction: 'asc' }] as const;
      const list = {
        collection: 'Author',
        columns: ['name'],
        where,
        order,
        first: 75_319_753,
        after: undefined,
        count: true,
      };
      await source.page(list, call);
      await source.ping(anyCall());
      span.end();
      const statements = calls().filter((text) => text !== 'select 1');
      assert.equal(statements.length, 3);
      const [, ...spans] = await watch.otlp.until(4);
      const sizes: unknown[] = [];
      for (const { name, status, attributes } of spans) {
        assert.deepEqual([name, status], ['SELECT authors', 'unset']);
        const { 'db.query.text': text, 'db.namespace': database, 'server.port': port, ...others } = attributes;
        const { 'junction.wait_ms': wait, 'db.operation.batch.size': size, 'server.address': host, ...rest } = others;
        assert.deepEqual(rest, {
          'db.system.name': kind,
          'db.operation.name': 'SELECT',
          'db.collection.name': 'authors',
        });
        assert.deepEqual(
          [typeof text, typeof database, typeof port, typeof wait, typeof host],
          ['string', 'string', 'number', 'number', 'string'],
        );
        sizes.push(size);
      }
      assert.deepEqual(sizes, [2, undefined, undefined]);
      const sent = watch.otlp.requests.map(({ text }) => text).join();
      for (const value of ['markerA', 'markerB', '7531975']) assert.ok(!sent.includes(value), value);
      assert.deepEqual(codes(watch), { calls: 3 });
    });

    test('the pool says who uses and who waits', async () => {
      const { source, hold, collections } = library;
      assert.deepEqual(source.load?.(), { used: 0, waiting: 0 });
      assert.ok(hold);
      const held = await hold();
      const request = { collection: collections.authors, columns: ['name'], key: ['id'] };
      const reads = Array.from({ length: 12 }, (_, i) => source.byKey({ ...request, keys: [[`a${i}`]] }, anyCall()));
      await held.reached;
      assert.deepEqual(source.load?.(), { used: 10, waiting: 2 });
      held.release();
      await Promise.all(reads);
      assert.deepEqual(source.load?.(), { used: 0, waiting: 0 });
    });
  });

  test(`${kind}: a server that is not there is seen, though no statement was sent`, async (t) => {
    const engine = dead();
    t.after(() => engine.close());
    const watch = await watched(t);
    const { call } = observed(watch, kind);
    await assert.rejects(engine.run({ sql: 'select 1', parameters: [], table: 'authors' }, { scan: false }, call), {
      code: 'SYSTEM_UNAVAILABLE',
    });
    const { calls = 0, ...failed } = codes(watch);
    assert.ok(calls >= 1);
    assert.deepEqual(failed, { SYSTEM_UNAVAILABLE: calls });
    const spans = await watch.otlp.until(calls);
    for (const { name, status, attributes } of spans) {
      assert.deepEqual([name, status], ['SELECT authors', 'error']);
      assert.deepEqual([attributes['error.type'], attributes['server.port']], ['SYSTEM_UNAVAILABLE', 1]);
      assert.equal(attributes['junction.wait_ms'], undefined);
    }
    assert.ok(!watch.otlp.requests.some(({ text }) => text.includes('markerC')));
  });
}
