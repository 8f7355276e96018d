import { channel } from 'node:diagnostics_channel';
import { type Client, escapeLiteral } from 'pg';
import { openPostgres } from '../../../../subgraphs/kit/sources/sql/postgres/engine.ts';
import { SqlSource } from '../../../../subgraphs/kit/sources/sql/source.ts';
import { type PostgresServer, postgresUser } from '../../../servers/postgres.ts';
import { until } from '../../../servers/process.ts';
import { columns, fixture } from '../source-fixture.ts';
import { call, type OpenedSource } from '../source-harness.ts';
import { type SqlDatabase, type Statement, table } from './sql-contract.ts';

/** How the fixture's types are declared. */
const declared = {
  text: 'text',
  integer: 'integer',
  decimal: 'numeric',
  date: 'date',
  datetime: 'timestamptz',
} as const;

/** The fixture in a new database of a PostgreSQL server, a table for each collection, described as at a start. */
export async function openPostgresLibrary(server: PostgresServer): Promise<OpenedSource> {
  const name = await newDatabase(server);
  const client = await server.connect(name);
  for (const [collection, types] of Object.entries(columns)) {
    const definitions = Object.entries(types).map(([column, type]) => `"${column}" ${declared[type]}`);
    await client.query(`create table ${collection} (${definitions.join()}, primary key (id))`);
    const rows = JSON.stringify(fixture[collection as keyof typeof fixture]);
    await client.query(`insert into ${collection} select * from json_populate_recordset(null::${collection}, $1)`, [
      rows,
    ]);
  }
  const source = sourceOf(
    server,
    name,
    new Map([
      ['Author', table('authors')],
      ['Book', table('books')],
    ]),
  );
  for (const collection of ['Author', 'Book']) await source.describe(collection, [], call());
  const seen: string[] = [];
  const watch = (message: unknown) => void seen.push((message as { sql: string }).sql);
  channel('junction:sql').subscribe(watch);
  const isWaiting = async () => (await server.sessions()).some(({ waits }) => waits === 'Lock');
  return {
    source,
    calls: () => seen.splice(0),
    async hold() {
      await client.query('begin; lock table authors in access exclusive mode');
      return {
        reached: until(isWaiting),
        get left() {
          return until(async () => !(await isWaiting()));
        },
        release: () => void client.query('commit'),
      };
    },
    collections: { authors: 'Author', books: 'Book' },
    async close() {
      channel('junction:sql').unsubscribe(watch);
      await source.close();
      await client.end();
    },
  };
}

/** What `explain (analyze)` tells of one step of a plan. */
interface Plan {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Plan[];
}

/** A new, empty database for the tests of all SQL engines. */
export async function openPostgresDatabase(server: PostgresServer): Promise<SqlDatabase> {
  const name = await newDatabase(server);
  const client = await server.connect(name);
  return {
    run: async (statement) => void (await client.query(statement)),
    source: (tables) => sourceOf(server, name, new Map(Object.entries(tables))),
    rowsRead: (statement) => rowsRead(client, statement),
    close: () => client.end(),
  };
}

let databases = 0;

async function newDatabase(server: PostgresServer): Promise<string> {
  databases += 1;
  await server.run(`create database library_${databases}`);
  return `library_${databases}`;
}

/** The most that is read for a statement: as it is planned for its parameters, and as it may be once it has often been asked. */
async function rowsRead(client: Client, { sql, parameters }: Statement): Promise<number> {
  const literals = parameters.map((value) =>
    value === null ? 'null' : escapeLiteral(Array.isArray(value) ? `{${value}}` : String(value)),
  );
  const counts: number[] = [];
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    await client.query(`set plan_cache_mode = ${mode}; prepare page as ${sql}`);
    const { rows } = await client.query(
      `explain (analyze, format json) execute page ${literals.length > 0 ? `(${literals})` : ''}`,
    );
    await client.query('deallocate page');
    counts.push(readBy(rows[0]['QUERY PLAN'][0].Plan));
  }
  return Math.max(...counts);
}

/** The rows that come out of tables and indexes, whether or not they pass a filter. */
function readBy(plan: Plan): number {
  if (plan.Plans) return plan.Plans.map(readBy).reduce((a, b) => a + b, 0);
  const removed = (plan['Rows Removed by Filter'] ?? 0) + (plan['Rows Removed by Index Recheck'] ?? 0);
  return (plan['Actual Rows'] + removed) * plan['Actual Loops'];
}

function sourceOf(
  server: PostgresServer,
  database: string,
  tables: ConstructorParameters<typeof SqlSource>[1],
): SqlSource {
  const url = server.url.replace(/\/library$/, `/${database}`);
  return new SqlSource(openPostgres({ variable: 'LIBRARY_URL', url, ...postgresUser }), tables);
}
