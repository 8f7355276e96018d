import { isIP } from 'node:net';
import { MysqlDialect, sql } from 'kysely';
import { StartupError } from '../../../errors.ts';
import type { Call } from '../../../source.ts';
import type { Engine, Statement, Values } from '../engine.ts';
import { readServerUrl, type ServerOptions } from '../server/url.ts';
import { Watch } from '../watch.ts';
import { describeTable, listTables } from './catalog.ts';
import { mariadbError } from './errors.ts';
import { MariadbReader } from './reader.ts';

/**
 * A MariaDB server, version 10.5 or newer, or MySQL, version 8 or newer, read by `mysql2`. Nothing is opened before the first call.
 * Sessions are read-only; expressions of mappings are read with ANSI_QUOTES: "…" is a name, '…' a text.
 *
 * Errors: StartupError for a URL that can't be used.
 */
export function openMariadb(options: ServerOptions): Engine {
  const { poolSize = 10, statementTimeoutMs = 30_000 } = options;
  const address = readServerUrl(options);
  if (address.tls?.rejectUnauthorized && !address.tls.checkServerIdentity && isIP(address.host)) {
    // The driver would look for the name localhost in its certificate.
    throw new StartupError([
      `${options.variable}: sslmode=verify-full needs a host by its name, which its certificate can be checked for; got an address. ` +
        'sslmode=verify-ca checks only who signed the certificate.',
    ]);
  }
  const reader = new MariadbReader(address, { poolSize, statementTimeoutMs });
  const { host, port, database } = address;
  const place = {
    'db.system.name': 'mariadb',
    'server.address': host,
    'server.port': port,
    'db.namespace': database,
  } as const;
  const read = async (statement: Statement, call: Pick<Call, 'signal'> & Partial<Call>): Promise<readonly Values[]> => {
    const { signal, requestId } = call;
    const toError = (error: unknown) => (signal.aborted ? signal.reason : mariadbError(error));
    try {
      return await reader.run(statement, requestId, signal, new Watch(statement, call, place, toError));
    } catch (error) {
      throw toError(error);
    }
  };
  const look = (call: Call) => (sql: string, parameters: readonly unknown[]) => read({ sql, parameters }, call);
  return {
    kind: 'mariadb',
    dialect: new MysqlDialect({
      pool: () => Promise.reject(new Error('statements are compiled, not run, by Kysely')),
    }),
    // Row values are compared row by row, from the start of the index on.
    traits: {
      nulls: 'smallest',
      rowValues: false,
      // In one character set, since texts that a column's own hasn't can't be compared with it; accents tell, as elsewhere.
      lower: (text) => sql`lower(convert(${text} using utf8mb4)) collate utf8mb4_bin`,
      perParent: 'union all',
      keys: 'in',
    },
    run: (query, _options, call) => read(query, call),
    describe: (table, call) => describeTable(table, database, look(call)),
    catalog: (call) => listTables(database, look(call)),
    load: () => reader.load,
    ping: async ({ signal }) => void (await read({ sql: 'select 1', parameters: [] }, { signal })),
    close: () => reader.close(),
  };
}
