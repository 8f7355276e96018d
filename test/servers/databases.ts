import { MariadbServer, mariadbUser, missingMariadb } from './mariadb.ts';
import { missingPostgres, PostgresServer, postgresUser } from './postgres.ts';
import { copySqlite, mariadbDialect, postgresDialect } from './sqlite-copy.ts';

/** A database server that runs for a test. */
export interface DatabaseServer {
  readonly user: string;
  readonly password: string;
  /** Copies a SQLite file into a new database of this name, and returns that one's URL. */
  copy(file: string, database: string): Promise<string>;
  stop(): Promise<void>;
}

/** Where the data of the demo company can be, for tests that ask the same of each. */
export const databases: readonly {
  readonly name: string;
  /** Why it can't be tested here; false where it can. */
  readonly skip: string | false;
  start(): Promise<DatabaseServer | undefined>;
}[] = [
  { name: 'SQLite', skip: false, start: async () => undefined },
  { name: 'PostgreSQL', skip: missingPostgres, start: startPostgres },
  { name: 'MariaDB', skip: missingMariadb, start: startMariadb },
];

async function startPostgres(): Promise<DatabaseServer> {
  const server = await PostgresServer.start();
  return {
    ...postgresUser,
    async copy(file, database) {
      await server.run(`create database ${database}`);
      const client = await server.connect(database);
      await copySqlite(file, postgresDialect, (statement) => client.query(statement));
      await client.query('analyze');
      await client.end();
      return server.url.replace(/\/library$/, `/${database}`);
    },
    stop: () => server.stop(),
  };
}

async function startMariadb(): Promise<DatabaseServer> {
  const server = await MariadbServer.start();
  return {
    ...mariadbUser,
    async copy(file, database) {
      await server.run(`create database ${database}`);
      const client = await server.connect(database);
      await copySqlite(file, mariadbDialect, (statement) => client.query(statement));
      await client.end();
      return server.url.replace(/\/library$/, `/${database}`);
    },
    stop: () => server.stop(),
  };
}
