import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import mysql, { type Connection, type ConnectionOptions, type FieldPacket } from 'mysql2';
import { SystemError } from '../../../errors.ts';
import { unlessAborted } from '../../../limits.ts';
import type { Values } from '../engine.ts';
import type { ServerAddress } from '../server/url.ts';
import { bindable, readValues } from './types.ts';

/** After how long a statement that goes on is told to stop once more. */
const againMs = 50;
/** How long a session may take to open, with all that sets it up. */
const connectMs = 5_000;
/** The most statements that are kept prepared on a connection: the server has 16,382 for all of its clients. */
const maxPrepared = 100;

/** The driver's options for a server. */
export function connectionOptions({ host, port, database, user, password, tls }: ServerAddress): ConnectionOptions {
  return {
    ...(host.startsWith('/') ? { socketPath: host } : { host, port }),
    // The driver's own limit ends with the handshake.
    ...{ database, user, password, connectTimeout: 0, maxPreparedStatements: maxPrepared },
    // No file of ours is ever sent to a server that asks for one.
    flags: ['-LOCAL_FILES'],
    connectAttributes: { program_name: 'junction' },
    ...{ rowsAsArray: true, dateStrings: true, supportBigNumbers: true, jsonStrings: true, timezone: 'Z' },
    ...(tls && {
      ssl: {
        rejectUnauthorized: tls.rejectUnauthorized,
        verifyIdentity: tls.rejectUnauthorized && !tls.checkServerIdentity,
        ...(tls.ca === undefined ? {} : { ca: tls.ca }),
        ...(tls.cert === undefined ? {} : { cert: tls.cert }),
        ...(tls.key === undefined ? {} : { key: tls.key }),
      },
    }),
  };
}

/**
 * One connection. Its session is read-only, its moments are in UTC, names may stand in double quotes, dates that are none (`0000-00-00`)
 * can be compared with, and the server ends what runs too long.
 */
export class MariadbSession {
  readonly #connection: Connection;
  #server = '';
  #onError = (_error: Error) => {};

  private constructor(options: ConnectionOptions) {
    this.#connection = mysql.createConnection(options);
    // With nobody listening the process would end.
    this.#connection.on('error', (error) => this.#onError(error));
  }

  /** Errors: the driver's; SYSTEM_UNAVAILABLE when it takes too long; the signal's reason when it aborts. */
  static async open(
    options: ConnectionOptions,
    statementTimeoutMs: number,
    signal: AbortSignal,
  ): Promise<MariadbSession> {
    const late = AbortSignal.timeout(connectMs);
    const session = new MariadbSession(options);
    try {
      await unlessAborted(session.#setUp(statementTimeoutMs), AbortSignal.any([signal, late]));
      return session;
    } catch (cause) {
      session.destroy();
      if (cause !== late.reason) throw cause;
      throw new SystemError('SYSTEM_UNAVAILABLE', `no session within ${connectMs} ms`, { cause });
    }
  }

  /**
   * Has the server stop what `session` runs, over a connection of its own, until `answer` is there: an order that comes between
   * preparing a statement and running it is lost. Errors: the driver's; the signal's reason when it aborts; an Error when that
   * connection leads to another server, as behind a balancer of load, where the number would be somebody else's.
   */
  static async stop(
    session: MariadbSession,
    answer: Promise<unknown>,
    options: ConnectionOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const side = new MariadbSession(options);
    try {
      await unlessAborted(side.#kill(session, answer, signal), signal);
    } finally {
      side.destroy();
    }
  }

  /** Calls back when the connection breaks, also when nobody uses it. */
  onBroken(callback: () => void): void {
    this.#connection.once('error', callback);
  }

  /** Runs a statement. Errors: the driver's. */
  ask(sql: string, parameters: readonly unknown[]): Promise<readonly Values[]> {
    return new Promise((resolve, reject) => {
      // What breaks the protocol is told to the connection, but not to the statement.
      this.#onError = reject;
      this.#connection.execute(sql, parameters.map(bindable), (error, rows, fields: FieldPacket[] | undefined) => {
        if (error) return reject(error);
        try {
          resolve(readValues(rows as unknown[][], fields ?? []));
        } catch (cause) {
          reject(cause);
        }
      });
    });
  }

  /** Takes in what may still come of an order to stop: it would hit the next statement. Errors: the driver's. */
  async settle(): Promise<void> {
    await this.#command('do 0').catch((error: { errno?: number }) => {
      if (error.errno !== interrupted) throw error;
    });
  }

  /** Says goodbye to the server; `destroy` is for when that takes too long. */
  end(): Promise<void> {
    const { stream } = this.#connection as unknown as WithStream;
    return new Promise((resolve) => {
      if (stream.destroyed) return resolve();
      stream.once('close', resolve);
      this.#connection.end();
    });
  }

  /** Cuts the connection off. */
  destroy(): void {
    this.#connection.destroy();
    (this.#connection as unknown as WithStream).stream.destroy();
  }

  async #setUp(statementTimeoutMs: number): Promise<void> {
    await this.#connect();
    await this.#command('set session transaction read only');
    await this.#command(settings(statementTimeoutMs));
    this.#server = await this.#identity();
  }

  async #kill(session: MariadbSession, answer: Promise<unknown>, signal: AbortSignal): Promise<void> {
    const answered = answer.then(
      () => true,
      () => true,
    );
    await this.#connect();
    if ((await this.#identity()) !== session.#server) throw new Error('the connection leads to another server');
    do await this.#command(`kill query ${session.#connection.threadId}`);
    while (!signal.aborted && !(await Promise.race([answered, delay(againMs, false)])));
  }

  #connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connection.connect((error) => (error ? reject(error) : resolve()));
    });
  }

  async #identity(): Promise<string> {
    return String((await this.ask("select concat(@@hostname, ':', @@port, ':', @@server_id)", []))[0]?.[0]);
  }

  #command(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connection.query(sql, (error: Error | null) => (error ? reject(error) : resolve()));
    });
  }
}

/** ER_QUERY_INTERRUPTED */
const interrupted = 1317;

/** What the driver's types leave out. */
interface WithStream {
  readonly stream: Socket;
}

/** MariaDB alone runs a comment of the first kind; only MySQL, from 5.7.8 on, one of the second ("Comment Syntax" of both). */
function settings(statementTimeoutMs: number): string {
  const seconds = statementTimeoutMs / 1000;
  return `set session sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES,ALLOW_INVALID_DATES', time_zone = '+00:00',
    lock_wait_timeout = ${Math.ceil(seconds)} /*M! , max_statement_time = ${seconds} */ /*!50708 , max_execution_time = ${statementTimeoutMs} */`;
}
