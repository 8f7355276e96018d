import { channel } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { env, settingsFrom } from '../../../../subgraphs/kit/settings.ts';
import { sql } from '../../../../subgraphs/kit/sources/sql/backend.ts';
import { columns, fixture } from '../source-fixture.ts';
import { call, type OpenedSource } from '../source-harness.ts';

/** How the fixture's types are declared; SQLite holds no exact decimals but as text. */
const declared = { text: 'TEXT', integer: 'INTEGER', decimal: 'TEXT', date: 'TEXT', datetime: 'TEXT' } as const;

/** The fixture in a SQLite file with a table for each collection, and the path of that file, opened by now if `described`. */
export async function openSqliteLibrary({ described = true } = {}): Promise<OpenedSource & { readonly path: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  const path = join(folder, 'library.db');
  const database = new DatabaseSync(path);
  for (const [table, types] of Object.entries(columns)) {
    const names = Object.keys(types);
    const definitions = Object.entries(types).map(([name, type]) => `"${name}" ${declared[type]}`);
    database.exec(`create table ${table} (${definitions.join()}, primary key (id))`);
    const insert = database.prepare(`insert into ${table} values (${names.map(() => '?').join()})`);
    for (const row of fixture[table as keyof typeof fixture]) insert.run(...names.map((name) => row[name] ?? null));
  }
  database.close();
  const seen: string[] = [];
  let onReached = () => {};
  const onStatement = (message: unknown) => {
    seen.push((message as { sql: string }).sql);
    onReached();
  };
  channel('junction:sql').subscribe(onStatement);
  const backend = sql({
    system: 'library',
    url: env('LIBRARY_URL', 'sqlite:FILE'),
    types: { Author: { table: 'authors', key: { id: 'id' } }, Book: { table: 'books', key: { id: 'id' } } },
  });
  const source = await backend.connect(settingsFrom({ LIBRARY_URL: `sqlite:${path}` }));
  // As at a start: the tests count the reads that follow.
  for (const collection of described ? ['Author', 'Book'] : []) await source.describe(collection, [], call());
  seen.splice(0);
  return {
    source,
    path,
    calls: () => seen.splice(0),
    hold() {
      const writer = new DatabaseSync(path);
      writer.exec('begin exclusive');
      const { promise: reached, resolve } = Promise.withResolvers<void>();
      onReached = resolve;
      // A file sees nobody leave: the thread goes on waiting for it, and only its answer is dropped.
      return { reached, left: Promise.resolve(), release: () => writer.close() };
    },
    collections: { authors: 'Author', books: 'Book' },
    async close() {
      channel('junction:sql').unsubscribe(onStatement);
      await source.close();
      rmSync(folder, { recursive: true });
    },
  };
}
