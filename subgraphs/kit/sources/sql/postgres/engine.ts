import { channel } from 'node:diagnostics_channel';
import { PostgresDialect, sql } from 'kysely';
import { StartupError } from '../../../errors.ts';
import type { Engine, Values } from '../engine.ts';
import { readServerUrl, type ServerAddress, type ServerOptions } from '../server/url.ts';
import { describeTable, listTables, toCatalogTable, toTable } from './catalog.ts';
import { postgresError } from './errors.ts';
import { type Asker, PostgresPool } from './pool.ts';
import { sessionSettings } from './session.ts';

/** Every statement that is run is published here as `{ sql, parameters }`, for whoever counts or traces them. */
const statements = channel('junction:sql');

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
  const read = async (sql: string, parameters: readonly unknown[], call: Asker): Promise<readonly Values[]> => {
    const onSend = () => {
      if (statements.hasSubscribers) statements.publish({ sql, parameters });
    };
    try {
      return await pool.run({ text: sql, values: parameters, onSend }, call);
    } catch (error) {
      throw call.signal.aborted ? call.signal.reason : postgresError(error);
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
    run: (query, _options, call) => read(query.sql, query.parameters, call),
    describe: async (table, call) => toTable(await read(describeTable, [table], call)),
    catalog: async (call) => (await read(listTables, [], call)).map(toCatalogTable),
    ping: async ({ signal }) => void (await read('select 1', [], { signal, requestId: undefined })),
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
