import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeFolder } from '../../gateway/new/write.ts';
import { laidOut } from '../../subgraphs/kit/scaffold/code.ts';
import { readingOf } from '../../subgraphs/kit/scaffold/sql/values.ts';
import { withoutCredentials } from '../../subgraphs/kit/scaffold/system.ts';

test('a folder that can not be named elsewhere is taken away again', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'junction-write-'));
  t.after(() => rmSync(home, { recursive: true }));
  const folder = join(home, 'depot');
  assert.throws(() => writeFolder(folder, { 'schema.graphql': '…' }, { path: home, text: '…' }), { code: 'EISDIR' });
  assert.equal(existsSync(folder), false);
});

test('no part of a password is left in the URL of a database', () => {
  const bare = (url: string) => Object.values(withoutCredentials(url));
  assert.deepEqual(bare('postgres://joe:p@w@db.example:5432/shop'), ['postgres://db.example:5432/shop', 'joe', true]);
  assert.deepEqual(bare('mariadb://a%40b:c@db.example/shop'), ['mariadb://db.example/shop', 'a@b', true]);
  assert.deepEqual(bare('postgres://joe@/shop?host=/run/pg'), ['postgres:///shop?host=/run/pg', 'joe', false]);
});

test('a code of an enum may have any name', () => {
  assert.equal(laidOut({ object: [['__proto__', "'PROTO'"]] }, 0, 0), "{ ['__proto__']: 'PROTO' }");
});

test('days that are none are null; text that holds JSON is no text', () => {
  const column = { name: 'until', engineType: 'date', nullable: false, values: undefined, comment: undefined };
  const day = { ...column, type: 'date' } as const;
  const read = readingOf(day, ['2026-01-02', 'infinity'], 'postgres');
  assert.deepEqual(
    [read?.scalar, read?.mayBeNull, laidOut(read?.code ?? '', 0, 0)],
    ['LocalDate', true, "day('until', 'date')"],
  );
  assert.equal(readingOf(day, ['2026-01-02'], 'postgres')?.code, "'until'");
  assert.equal(readingOf({ ...column, type: 'text' }, [{ a: 1 }], 'mariadb'), undefined);
});
