import { channel } from 'node:diagnostics_channel';
import { openMariadb } from '../../../../subgraphs/kit/sources/sql/mariadb/engine.ts';
import { SqlSource } from '../../../../subgraphs/kit/sources/sql/source.ts';
import { type MariadbServer, mariadbUser } from '../../../servers/mariadb.ts';
import { until } from '../../../servers/process.ts';
import { columns, fixture } from '../source-fixture.ts';
import type { OpenedSource } from '../source-harness.ts';
import { table } from './sql-contract.ts';

/** How the fixture's types are declared. */
const declared = {
  text: 'varchar(100)',
  integer: 'integer',
  decimal: 'decimal(20, 2)',
  date: 'date',
  datetime: 'timestamp',
} as const;

/** The fixture in a new database of a MariaDB server, a table for each collection. */
export async function openMariadbLibrary(server: MariadbServer): Promise<OpenedSource> {
  const name = await newDatabase(server);
  const database = await server.connect(name);
  await database.query("set session time_zone = '+00:00'");
  for (const [collection, types] of Object.entries(columns)) {
    const names = Object.keys(types);
    const definitions = Object.entries(types).map(([column, type]) => `"${column}" ${declared[type]} null`);
    await database.query(`create table ${collection} (${definitions.join()}, primary key (id))`);
    const rows = fixture[collection as keyof typeof fixture].map((row) =>
      names.map((column) => plainMoment(row[column] ?? null)),
    );
    await database.query(`insert into ${collection} values ?`, [rows]);
  }
  const seen: string[] = [];
  const watch = (message: unknown) => void seen.push((message as { sql: string }).sql);
  const engine = openMariadb({
    variable: 'LIBRARY_URL',
    url: server.url.replace(/\/library$/, `/${name}`),
    ...mariadbUser,
  });
  const source = new SqlSource(
    engine,
    new Map([
      ['Author', table('authors')],
      ['Book', table('books')],
    ]),
  );
  for (const collection of ['Author', 'Book']) {
    await source.describe(collection, [], { signal: new AbortController().signal, requestId: 'test' });
  }
  channel('junction:sql').subscribe(watch);
  const waiting = async () => {
    const [rows] = await database.query(
      "select id from information_schema.processlist where db = ? and state like 'Waiting for table%'",
      [name],
    );
    return (rows as unknown[]).length;
  };
  return {
    source,
    calls: () => seen.splice(0),
    async hold() {
      await database.query('lock tables authors write');
      return {
        reached: until(async () => (await waiting()) > 0),
        get left() {
          return until(async () => (await waiting()) === 0);
        },
        release: () => void database.query('unlock tables'),
      };
    },
    collections: { authors: 'Author', books: 'Book' },
    async close() {
      channel('junction:sql').unsubscribe(watch);
      await source.close();
      await database.end();
    },
  };
}

let databases = 0;

/** A new empty database on the server; its name. */
export async function newDatabase(server: MariadbServer): Promise<string> {
  databases += 1;
  const name = `library_${databases}`;
  await server.run(`create database ${name}`);
  return name;
}

function plainMoment(value: string | number | null): string | number | null {
  return typeof value === 'string' && /^\d{4}-.*Z$/.test(value) ? value.slice(0, -1) : value;
}
