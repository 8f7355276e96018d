import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import type { Engine, EngineTable } from '../../../../subgraphs/kit/sources/sql/engine.ts';
import { SqlSource } from '../../../../subgraphs/kit/sources/sql/source.ts';
import { openSqlite } from '../../../../subgraphs/kit/sources/sql/sqlite/engine.ts';
import { call } from '../source-harness.ts';
import { list, table } from './sql-contract.ts';

// What is read of a SQLite file's own description: what may be NULL, what is unique, and by what rows are found.

const folder = mkdtempSync(join(tmpdir(), 'junction-'));
let engine: Engine;
before(() => {
  const path = join(folder, 'catalog.db');
  const database = new DatabaseSync(path);
  database.exec(`
    create table numbered (id integer primary key, code text not null unique, part text, doc json, unique (code, part));
    create table texted (id text primary key, other integer not null);
    create table firm (b text, a text, primary key (a, b)) without rowid;
    create unique index partly on texted (other) where other > 0;
    create index by_other on texted (other, id);
    create table child (id integer primary key, firm_a text, firm_b text, parent integer references numbered,
      foreign key (firm_a, firm_b) references firm (a, b));
    create view seen as select id, code from numbered;
    create table "a.b" (id integer primary key);
    insert into numbered values (1, 'x', null, '{"a":[1]}'), (2, 'y', null, 'none');
  `);
  database.close();
  engine = openSqlite(path);
});
after(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

async function described(table: string): Promise<EngineTable> {
  const found = await engine.describe(table, call());
  assert.ok(found, table);
  return found;
}

function names(table: EngineTable, which: 'nullable' | 'leads'): string[] {
  return table.columns.filter((column) => column[which]).map(({ name }) => name);
}

test('a whole number as primary key is never NULL; another may be, but WITHOUT ROWID', async () => {
  const numbered = await described('numbered');
  assert.deepEqual(numbered.unique, [['id'], ['code']]);
  assert.deepEqual(
    [names(numbered, 'nullable'), names(numbered, 'leads')],
    [
      ['part', 'doc'],
      ['id', 'code'],
    ],
  );
  const texted = await described('texted');
  assert.deepEqual([texted.unique, names(texted, 'nullable'), names(texted, 'leads')], [[], ['id'], ['id', 'other']]);
  const firm = await described('firm');
  assert.deepEqual([firm.unique, names(firm, 'nullable'), names(firm, 'leads')], [[['a', 'b']], [], ['a']]);
});

test('a view, a schema, a dot in a name, and what is not there', async () => {
  assert.deepEqual((await described('seen')).unique, []);
  assert.deepEqual((await described('main.firm')).unique, [['a', 'b']]);
  assert.deepEqual((await described('a.b')).path, ['a.b']);
  assert.equal(await engine.describe('none', call()), undefined);
  assert.equal(await engine.describe('none.firm', call()).catch(() => undefined), undefined);
});

test('numbers of more than 64 bits fit nowhere', async () => {
  const [id] = (await described('numbered')).columns;
  assert.deepEqual(
    [2n ** 63n, 2n ** 63n - 1n, 'abc', 1.5, true, null].map((value) => id?.fits(value)),
    [false, ...Array(5).fill(true)],
  );
});

test('the catalogue: tables and views with their keys, also one that names no columns', async () => {
  const catalog = await engine.catalog(call());
  assert.deepEqual(
    catalog.map(({ name, kind, primaryKey }) => [name, kind, primaryKey]),
    [
      ['a.b', 'table', ['id']],
      ['child', 'table', ['id']],
      ['firm', 'table', ['a', 'b']],
      ['numbered', 'table', ['id']],
      ['seen', 'view', []],
      ['texted', 'table', ['id']],
    ],
  );
  assert.deepEqual(catalog[1]?.foreignKeys, [
    { columns: ['firm_a', 'firm_b'], schema: undefined, table: 'firm', theirs: ['a', 'b'] },
    { columns: ['parent'], schema: undefined, table: 'numbered', theirs: ['id'] },
  ]);
});

test('what is declared as JSON comes parsed, also inside a list; text that is none stays text', async () => {
  const source = new SqlSource(engine, new Map([['it', table('numbered')]]));
  const { rows } = await source.page(list('it', { columns: ['doc', 'doc.a'] }), call());
  assert.deepEqual(
    rows.map(({ row }) => [row.doc, row['doc.a']]),
    [
      [{ a: [1] }, [1]],
      ['none', null],
    ],
  );
  assert.equal((await source.describe('it', [], call())).columns.get('doc'), 'unknown');
});
