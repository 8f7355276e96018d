import { PostgresDialect, sql } from 'kysely';
import { StartupError } from '../../../errors.ts';
import type { Engine, Statement, Values } from '../engine.ts';
import { readServerUrl, type ServerAddress, type ServerOptions } from '../server/url.ts';
import { Watch } from '../watch.ts';
import { describeTable, listTables, toCatalogTable, toTable } from './catalog.ts';
import { postgresError } from './errors.ts';
import { type Asker, PostgresPool } from './pool.ts';
import { sessionSettings } from './session.ts';

/**
 * A PostgreSQL server, version 12 or newer, read by `pg`. Nothing is opened before the first call. Sessions are read-only.
 *
 * Behind PgBouncer in transaction mode the URL says `pgbouncer=true`: each statement then stands in a transaction that brings its
 * settings along, two more round trips, and none is kept prepared. Without it, a pooler refuses the settings when it is connected to.
 *
 * `search_path=sales,public` names the schemas in which tables without one are looked for.
 *
 * Errors: StartupError for a URL that can't be used.
 */
export function openPostgres(options: ServerOptions): Engine {
  const { poolSize = 10, statementTimeoutMs = 30_000 } = options;
  const address = readServerUrl(options, ['pgbouncer', 'search_path']);
  const pooler = address.parameters.get('pgbouncer') === 'true';
  const settings = { ...sessionSettings(statementTimeoutMs), ...searchPath(address, options) };
  const pool = new PostgresPool(address, { poolSize, settings, pooler });
  const { host, port, database } = address;
  const place = {
    'db.system.name': 'postgresql',
    'server.address': host,
    'server.port': port,
    'db.namespace': database,
  } as const;
  const read = async (statement: Statement, call: Asker): Promise<readonly Values[]> => {
    const toError = (error: unknown) => (call.signal.aborted ? call.signal.reason : postgresError(error));
    const watch = new Watch(statement, call, place, toError);
    try {
      return await pool.run({ text: statement.sql, values: statement.parameters, watch }, call);
    } catch (error) {
      throw toError(error);
    }
  };
  return {
    kind: 'postgres',
    dialect: new PostgresDialect({
      pool: () => Promise.reject(new Error('statements are compiled, not run, by Kysely')),
    }),
    traits: {
      nulls: 'largest',
      rowValues: true,
      nullIsConstant: false,
      lower: (text) => sql`lower(${text}::text)`,
      perParent: 'lateral',
      keys: 'any',
    },
    run: (query, _options, call) => read(query, call),
    describe: async (table, call) => toTable(await read({ sql: describeTable, parameters: [table] }, call)),
    catalog: async (call) => (await read({ sql: listTables, parameters: [] }, call)).map(toCatalogTable),
    load: () => pool.load,
    ping: async ({ signal }) => {
      await read({ sql: 'select 1', parameters: [] }, { signal, requestId: undefined });
    },
    close: () => pool.close(),
  };
}

function searchPath({ parameters }: ServerAddress, { variable }: ServerOptions): { readonly search_path?: string } {
  const schemas = parameters.get('search_path');
  if (schemas === undefined) return {};
  if (/^[\w$]+(,[\w$]+)*$/.test(schemas)) return { search_path: schemas };
  throw new StartupError([
    `${variable}: search_path: expected names of schemas with commas between, such as sales,public.`,
  ]);
}
