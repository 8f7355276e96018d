import { rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { findProgram, freePort, makeFolder, missing, runProgram, ServerProcess } from './process.ts';

const folders = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec', '/opt/homebrew/bin'];
const install = findProgram('mariadb-install-db', folders);
const program = findProgram('mariadbd', folders);

/** For `{ skip }`: why there are no tests of MariaDB on this machine; false when there are. */
export const missingMariadb = missing('MariaDB (mariadb-install-db, mariadbd)', install && program);

/** How a test's server is set up. */
export interface MariadbOptions {
  /** PEM files by which it speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Further options of `mariadbd`, such as `--max-connections=5`. */
  readonly settings?: readonly string[];
}

/** The user of a test's server, who may do everything, and a password that is nowhere else. */
export const mariadbUser = { user: 'junction_test', password: 'My-s3cr#t/ä' } as const;

/** A MariaDB server of the test's own, on a free port of the loopback, with an empty database `library`. */
export class MariadbServer {
  readonly port: number;
  readonly #folder: string;
  readonly #settings: readonly string[];
  #process: ServerProcess;

  private constructor(port: number, folder: string, settings: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#settings = settings;
    this.#process = this.#spawn();
  }

  static async start({ tls, settings = [] }: MariadbOptions = {}): Promise<MariadbServer> {
    const folder = makeFolder();
    const where = ['--no-defaults', `--user=${userInfo().username}`, ...places(folder)];
    runProgram(install ?? 'mariadb-install-db', [
      ...where,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ]);
    const certificate = Object.entries(tls ?? {}).map(([name, path]) => `--ssl-${name}=${path}`);
    const server = new MariadbServer(await freePort(), folder, [...certificate, ...settings]);
    await server.#ready({ user: 'root' });
    const root = await createConnection({ user: 'root', socketPath: server.socket });
    await root.query('create database library');
    await root.query('create user ? identified by ?', [mariadbUser.user, mariadbUser.password]);
    await root.query('grant all on *.* to ? with grant option', [mariadbUser.user]);
    await root.end();
    return server;
  }

  /** The URL of the database `library`; the user and the password stand beside it, as in `mariadbUser`. */
  get url(): string {
    return `mariadb://127.0.0.1:${this.port}/library`;
  }

  /** A connection of the test's own, to which names may be given in double quotes. */
  async connect(database = 'library'): Promise<Connection> {
    const address = { host: '127.0.0.1', port: this.port, database, charset: 'utf8mb4' };
    const connection = await createConnection({
      ...mariadbUser,
      ...address,
      supportBigNumbers: true,
      dateStrings: true,
    });
    // A server that is stopped is no failure of the test.
    connection.on('error', () => {});
    await connection.query("set session sql_mode = 'ANSI_QUOTES,ALLOW_INVALID_DATES'");
    return connection;
  }

  /** Runs a statement on a connection of the test's own; its rows. */
  async run(text: string, values: readonly string[] = []): Promise<Record<string, unknown>[]> {
    const connection = await this.connect();
    try {
      const [rows] = await connection.query(text, [...values]);
      return rows as Record<string, unknown>[];
    } finally {
      await connection.end();
    }
  }

  /** The sessions of a user and what they do at this moment; those of the tests themselves have no part in it. */
  async sessions(user: string): Promise<{ id: number; info: string | null }[]> {
    const rows = await this.run(
      'select id, info from information_schema.processlist where user = ? and id <> connection_id()',
      [user],
    );
    return rows as { id: number; info: string | null }[];
  }

  /** Stops it, in good order (`SIGTERM`) or at once (`SIGKILL`). */
  async halt(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.#process.stop(signal);
  }

  /** Starts it again, on the same port and data. */
  async resume(): Promise<void> {
    this.#process = this.#spawn();
    await this.#ready(mariadbUser);
  }

  async stop(): Promise<void> {
    await this.#process.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The path of its Unix socket. */
  get socket(): string {
    return join(this.#folder, 'socket');
  }

  #spawn(): ServerProcess {
    return new ServerProcess(program ?? 'mariadbd', [
      '--no-defaults',
      `--user=${userInfo().username}`,
      ...places(this.#folder),
      `--socket=${this.socket}`,
      `--pid-file=${join(this.#folder, 'pid')}`,
      `--port=${this.port}`,
      '--skip-networking=0',
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--character-set-server=utf8mb4',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-fast-shutdown=2',
      ...this.#settings,
    ]);
  }

  async #ready(user: { user: string; password?: string }): Promise<void> {
    await this.#process.ready(async () => {
      try {
        await (await createConnection({ ...user, socketPath: this.socket })).end();
        return true;
      } catch {
        return false;
      }
    });
  }
}

/** Also a folder for temporary tables: two servers that start at the same time give theirs the same names. */
function places(folder: string): string[] {
  return [`--datadir=${join(folder, 'data')}`, `--tmpdir=${folder}`];
}
