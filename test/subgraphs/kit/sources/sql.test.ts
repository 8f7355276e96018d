import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { SystemError } from '../../../../subgraphs/kit/errors.ts';
import { env, settingsFrom } from '../../../../subgraphs/kit/settings.ts';
import { sql } from '../../../../subgraphs/kit/sources/sql/backend.ts';
import { sourceContract } from '../source-contract.ts';
import { call, ids, listOf, ordered, SourceHarness } from '../source-harness.ts';
import { openSqliteLibrary } from './sql-library.ts';

sourceContract('sql on SQLite', async () => openSqliteLibrary());

describe('sql on SQLite', { timeout: 60_000 }, () => {
  test('a file that is not there is an unavailable system, until it is', async () => {
    const opened = openSqliteLibrary();
    const away = sql({
      system: 'library',
      url: env('URL', 'sqlite:FILE'),
      types: { Author: { table: 'authors', key: { id: 'id' } } },
    }).connect(settingsFrom({ URL: `sqlite:${opened.path}.later` }));
    const byKey = () => away.byKey({ collection: 'Author', key: ['id'], keys: [['a1']], columns: ['name'] }, call());
    const unavailable = (error: unknown) => error instanceof SystemError && error.code === 'SYSTEM_UNAVAILABLE';
    await assert.rejects(byKey(), unavailable);
    await assert.rejects(away.page({ collection: 'Author', ...listOf('authors') }, call()), unavailable);
    const database = new DatabaseSync(opened.path);
    database.exec(`vacuum into '${opened.path}.later'`);
    database.close();
    assert.deepEqual(await byKey(), [{ id: 'a1', name: 'Ana Björk' }]);
    assert.equal((await away.page({ collection: 'Author', ...listOf('authors') }, call())).rows.length, 7);
    await away.close();
    rmSync(`${opened.path}.later`);
    await opened.close();
  });

  test('while somebody writes, a read waits in the thread and the event loop goes on', async () => {
    const opened = openSqliteLibrary();
    const writer = new DatabaseSync(opened.path);
    writer.exec('begin exclusive');
    let answered = false;
    const reading = new SourceHarness(opened).byKey('authors', 'id', ['a1']).then((rows) => {
      answered = true;
      return rows;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(answered, false);
    writer.exec('commit');
    writer.close();
    assert.equal((await reading).length, 1);
    await opened.close();
  });

  test('text is bound, never spliced: what looks like SQL is only text', async () => {
    const opened = openSqliteLibrary();
    const harness = new SourceHarness(opened);
    const hostile = `a1' or '1'='1`;
    assert.deepEqual(await harness.byKey('authors', 'id', [hostile]), []);
    const page = await harness.page('authors', { where: [{ column: 'name', op: '=', value: hostile }] });
    assert.deepEqual(ids(page), []);
    await opened.close();
  });

  test('a walk through NULLs in the order meets each row once, both ways', async () => {
    const opened = openSqliteLibrary();
    const harness = new SourceHarness(opened);
    for (const direction of ['asc', 'desc'] as const) {
      const met: unknown[] = [];
      let page = await harness.page('authors', { order: ordered('born', direction), first: 2 });
      met.push(...ids(page));
      while (page.hasNext) {
        page = await harness.page('authors', {
          order: ordered('born', direction),
          first: 2,
          after: page.rows.at(-1)?.position,
        });
        met.push(...ids(page));
      }
      assert.equal(met.length, 7);
      assert.equal(new Set(met).size, 7);
    }
    await opened.close();
  });
});
