import { spawnSync } from 'node:child_process';
import { appendFileSync, chownSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { findProgram, freePort, makeFolder, missing, type Owner, runProgram, ServerProcess } from './process.ts';

const folders = ['/usr/lib/postgresql/*/bin', '/usr/local/pgsql/bin', '/opt/homebrew/bin'];
const initdb = findProgram('initdb', folders);

/** For `{ skip }`: why there are no tests of PostgreSQL on this machine; false when there are. */
export const missingPostgres = missing('PostgreSQL (initdb, postgres)', initdb && findProgram('postgres', folders));

/** How a test's server is set up. */
export interface PostgresOptions {
  /** PEM files by which it speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Lines of `postgresql.conf`. */
  readonly settings?: readonly string[];
}

/** The user of a test's server, its superuser, and a password that is nowhere else. */
export const postgresUser = { user: 'junction_test', password: 'Pg-s3cr#t/ä' } as const;

/** A PostgreSQL server of the test's own, on a free port of the loopback, with an empty database `library`. */
export class PostgresServer {
  readonly port: number;
  readonly #folder: string;
  readonly #owner: Owner | undefined;
  #process: ServerProcess;

  private constructor(port: number, folder: string, owner: Owner | undefined) {
    this.port = port;
    this.#folder = folder;
    this.#owner = owner;
    this.#process = this.#spawn();
  }

  static async start({ tls, settings = [] }: PostgresOptions = {}): Promise<PostgresServer> {
    const owner = postgresOwner();
    const folder = makeFolder(owner);
    const data = join(folder, 'data');
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, postgresUser.password);
    if (owner) chownSync(passwordFile, owner.uid, owner.gid);
    const args = ['-D', data, '-U', postgresUser.user, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256'];
    runProgram(initdb ?? 'initdb', [...args, '--no-sync', '--encoding=UTF8', '--locale=C'], owner);
    const speed = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'jit=off'];
    const lines = [...speed, "listen_addresses='127.0.0.1'", `unix_socket_directories='${folder}'`, ...settings];
    for (const [name, path] of Object.entries(tls ?? {})) {
      const copy = join(data, `server.${name}`);
      copyFileSync(path, copy);
      if (owner) chownSync(copy, owner.uid, owner.gid);
      lines.push(`ssl_${name}_file='${copy}'`, 'ssl=on');
    }
    appendFileSync(join(data, 'postgresql.conf'), `\n${lines.join('\n')}\n`);
    const server = new PostgresServer(await freePort(), folder, owner);
    await server.#ready();
    const client = await server.connect('postgres');
    await client.query('create database library');
    await client.end();
    return server;
  }

  /** The URL of the database `library`; the user and the password stand beside it, as in `postgresUser`. */
  get url(): string {
    return `postgres://127.0.0.1:${this.port}/library`;
  }

  /** The folder of its Unix socket. */
  get folder(): string {
    return this.#folder;
  }

  /** A connection of the test's own. */
  async connect(database = 'library'): Promise<Client> {
    const client = new Client({ ...postgresUser, host: '127.0.0.1', port: this.port, database, ssl: false });
    // A server that is stopped is no failure of the test.
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  /** Runs statements on a connection of the test's own; the rows of the last. */
  async run(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = await this.connect();
    try {
      const result = await client.query(text, [...values]);
      return (Array.isArray(result) ? result.at(-1) : result).rows;
    } finally {
      await client.end();
    }
  }

  /** What Junction's sessions do at this moment. */
  async sessions(): Promise<{ pid: number; state: string; waits: string | null; query: string }[]> {
    const rows = await this.run(`select pid, state, wait_event_type as waits, query from pg_stat_activity
      where application_name = 'junction' and backend_type = 'client backend'`);
    return rows as Awaited<ReturnType<PostgresServer['sessions']>>;
  }

  /** Stops it, at once (`SIGQUIT`) or in good order (`SIGINT`: it says goodbye to its sessions). */
  async halt(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    await this.#process.stop(signal);
  }

  /** Starts it again, on the same port and data. */
  async resume(): Promise<void> {
    this.#process = this.#spawn();
    await this.#ready();
  }

  async stop(): Promise<void> {
    await this.#process.stop('SIGQUIT');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(): ServerProcess {
    const path = findProgram('postgres', folders) ?? 'postgres';
    return new ServerProcess(path, ['-D', join(this.#folder, 'data'), '-p', String(this.port)], this.#owner);
  }

  async #ready(): Promise<void> {
    await this.#process.ready(async () => {
      try {
        await (await this.connect('postgres')).end();
        return true;
      } catch {
        return false;
      }
    });
  }
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package has made. */
function postgresOwner(): Owner | undefined {
  if (userInfo().uid !== 0) return undefined;
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}
