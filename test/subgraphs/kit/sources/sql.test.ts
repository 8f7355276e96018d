import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { SystemError } from '../../../../subgraphs/kit/errors.ts';
import { sourceContract } from '../source-contract.ts';
import { ids, ordered, SourceHarness } from '../source-harness.ts';
import { openSqliteLibrary } from './sql-library.ts';

sourceContract('sql on SQLite', () => openSqliteLibrary());

describe('sql on SQLite', { timeout: 60_000 }, () => {
  test('a file that goes away is an unavailable system, until it is there again', async () => {
    const opened = await openSqliteLibrary({ described: false });
    const harness = new SourceHarness(opened);
    renameSync(opened.path, `${opened.path}.away`);
    const unavailable = (error: unknown) => error instanceof SystemError && error.code === 'SYSTEM_UNAVAILABLE';
    await assert.rejects(harness.byKey('authors', 'id', ['a1']), unavailable);
    await assert.rejects(harness.page('authors'), unavailable);
    renameSync(`${opened.path}.away`, opened.path);
    assert.equal((await harness.byKey('authors', 'id', ['a1'])).length, 1);
    assert.equal((await harness.page('authors')).rows.length, 7);
    await opened.close();
  });

  test('while somebody writes, a read waits in the thread and the event loop goes on', async () => {
    const opened = await openSqliteLibrary();
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
    const opened = await openSqliteLibrary();
    const harness = new SourceHarness(opened);
    const hostile = `a1' or '1'='1`;
    assert.deepEqual(await harness.byKey('authors', 'id', [hostile]), []);
    const page = await harness.page('authors', { where: [{ column: 'name', op: '=', value: hostile }] });
    assert.deepEqual(ids(page), []);
    await opened.close();
  });

  test('a walk through NULLs in the order meets each row once, both ways', async () => {
    const opened = await openSqliteLibrary();
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

  test('one number beyond 2^53 does not change how others are read', async () => {
    const opened = await openSqliteLibrary();
    const harness = new SourceHarness(opened);
    const years = async () => (await harness.byKey('books', 'id', ['b10'], ['year'])).map(({ year }) => year);
    assert.deepEqual(await years(), [2000]);
    const writer = new DatabaseSync(opened.path);
    writer.exec("update books set year = 9007199254740993 where id = 'b10'");
    assert.deepEqual(await years(), [9007199254740993n]);
    writer.exec("update books set year = 2001 where id = 'b10'");
    writer.close();
    assert.deepEqual(await years(), [2001]);
    await opened.close();
  });

  test('a read by a column without an index goes to the thread, one by a key does not', async () => {
    const opened = await openSqliteLibrary();
    const harness = new SourceHarness(opened);
    const order: string[] = [];
    const byAuthor = harness.byKey('books', 'author', ['a3'], ['id']).then(() => order.push('scan'));
    const byId = harness.byKey('books', 'id', ['b10'], ['id']).then(() => order.push('key'));
    await Promise.all([byAuthor, byId]);
    assert.deepEqual(order, ['key', 'scan']);
    await opened.close();
  });

  test('after close nothing is left waiting', async () => {
    const opened = await openSqliteLibrary();
    const harness = new SourceHarness(opened);
    const pages = Promise.allSettled([harness.page('books'), harness.page('books'), harness.page('authors')]);
    await opened.close();
    assert.deepEqual(new Set((await pages).map(({ status }) => status)), new Set(['rejected']));
    await assert.rejects(harness.page('books'));
  });
});
