import { Connection, Pool, type PoolClient } from 'pg';
import { SystemError } from '../../../errors.ts';
import { unlessAborted } from '../../../limits.ts';
import type { Values } from '../engine.ts';
import type { ServerAddress } from '../server/url.ts';
import { isBroken, isCanceled, isConflict, isOutdated } from './errors.ts';
import { PostgresSession } from './session.ts';
import { PostgresTypes } from './types.ts';

/** How long a connection may take to open. */
const connectMs = 5_000;
/** How long a connection is given to end in good order before it is cut off. */
const graceMs = 2_000;

/** What a pool may do. */
export interface PoolOptions {
  /** The most connections. */
  readonly poolSize: number;
  /** The settings of every session. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether a pooler stands between, which runs each transaction on another connection of its own. */
  readonly pooler: boolean;
}

/** Connections to a server, opened when they are needed. */
export class PostgresPool {
  readonly #address: ServerAddress;
  readonly #pool: Pool;
  readonly #sessions = new WeakMap<PoolClient, PostgresSession>();
  readonly #running = new Set<AbortController>();
  readonly #open = new Set<Connection>();
  /** When a connection breaks, so did mostly all that were open by then: these are not used again. */
  #trustedSince = 0;
  #closed = false;

  constructor(address: ServerAddress, options: PoolOptions) {
    const { poolSize, pooler } = options;
    this.#address = address;
    const { host, port, database, user, password, tls } = address;
    const types = new PostgresTypes();
    const settings = Object.entries(options.settings);
    this.#pool = new Pool({
      ...{ host, port, database, user, ssl: tls ?? false, types, application_name: 'junction' },
      ...{ max: poolSize, connectionTimeoutMillis: connectMs, idleTimeoutMillis: 60_000, allowExitOnIdle: true },
      // So that a connection which a firewall has forgotten is found out.
      ...{ keepAlive: true, keepAliveInitialDelayMillis: 30_000 },
      // So that replicas of the server that came later get their share.
      maxLifetimeSeconds: 1_800,
      // As a function, so that the driver shows it nowhere and looks for no other in the environment or in files.
      password: () => password,
      // A pooler refuses these aloud; were they SET, they would stay on its connections and reach other clients.
      options: pooler ? '' : settings.map(([name, value]) => `-c ${name}=${value}`).join(' '),
    });
    const begin = ['begin read only', ...settings.map(([name, value]) => `set local ${name} = '${value}'`)].join(';');
    this.#pool.on('connect', (client) => {
      this.#sessions.set(client, new PostgresSession(client, types, pooler ? begin : undefined));
      this.#watch(client.connection);
    });
    // An idle connection broke: the pool has let it go by then.
    this.#pool.on('error', () => {});
  }

  /**
   * Runs a reading statement; once more where the connection broke, its prepared statement no longer held, or another transaction
   * was in the way: it only reads. Rejects with the signal's reason as soon as it aborts, and has the server stop.
   */
  async run(
    text: string,
    values: readonly unknown[],
    signal: AbortSignal,
    onSend: () => void,
  ): Promise<readonly Values[]> {
    signal.throwIfAborted();
    const leaving = new AbortController();
    const leave = () => leaving.abort(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    this.#running.add(leaving);
    try {
      if (this.#closed) throw closed();
      return await this.#attempt(text, values, leaving.signal, onSend).catch((error: unknown) => {
        if (leaving.signal.aborted) throw error;
        const isStale = isBroken(error) || isOutdated(error);
        if (isStale) this.#trustedSince = performance.now();
        if (!isStale && !isConflict(error)) throw error;
        return this.#attempt(text, values, leaving.signal, onSend);
      });
    } finally {
      signal.removeEventListener('abort', leave);
      this.#running.delete(leaving);
    }
  }

  /** Ends what runs and every connection; what still waits is rejected. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const leaving of this.#running) leaving.abort(closed());
    await this.#pool.end();
    const ended = [...this.#open].map((connection) => new Promise((resolve) => connection.once('end', resolve)));
    const cutOff = setTimeout(() => {
      for (const { stream } of this.#open) stream.destroy();
    }, graceMs);
    await Promise.all(ended);
    clearTimeout(cutOff);
  }

  async #attempt(
    text: string,
    values: readonly unknown[],
    signal: AbortSignal,
    onSend: () => void,
  ): Promise<readonly Values[]> {
    const session = await this.#acquire(signal);
    const { client } = session;
    if (signal.aborted) client.release();
    signal.throwIfAborted();
    let release = (drop: boolean) => {
      release = () => {};
      client.release(drop);
    };
    let cutOff: NodeJS.Timeout | undefined;
    const stop = () => {
      const request = this.#cancel(client);
      cutOff = setTimeout(() => {
        this.#trustedSince = performance.now();
        request.stream.destroy();
        release(true);
      }, graceMs);
    };
    onSend();
    const answer = session.ask(text, values);
    signal.addEventListener('abort', stop, { once: true });
    answer
      .then(
        // A cancel request that came too late may yet hit what the connection runs next.
        () => release(signal.aborted || session.isWornOut),
        (error: unknown) => release(signal.aborted ? !isCanceled(error) : isBroken(error) || isOutdated(error)),
      )
      .finally(() => {
        clearTimeout(cutOff);
        signal.removeEventListener('abort', stop);
      });
    return unlessAborted(answer, signal);
  }

  async #acquire(signal: AbortSignal): Promise<PostgresSession> {
    for (;;) {
      const arriving = this.#pool.connect();
      try {
        const client = await unlessAborted(arriving, signal);
        const session = this.#sessions.get(client);
        if (session && session.openedAt >= this.#trustedSince) return session;
        client.release(true);
      } catch (error) {
        // It may still come, and belongs to the others then.
        arriving.then(
          (client) => client.release(),
          () => {},
        );
        throw error;
      }
    }
  }

  /** Asks the server over a connection of its own to stop a statement (PostgreSQL, "Canceling Requests in Progress", 55.2.9). */
  #cancel(client: PoolClient): Connection {
    const { host, port, tls } = this.#address;
    const { processID, secretKey } = client as unknown as BackendKey;
    const request = new Connection({ ssl: tls ?? false }) as CancelConnection;
    this.#watch(request);
    // A request that doesn't get through is made up for by cutting the connection off.
    request.on('error', () => request.stream.destroy());
    request.on('connect', () => (tls ? request.requestSsl() : request.cancel(processID, secretKey)));
    request.on('sslconnect', () => request.cancel(processID, secretKey));
    if (host.startsWith('/')) request.connect(`${host}/.s.PGSQL.${port}`);
    else request.connect(port, host);
    return request;
  }

  #watch(connection: Connection): void {
    this.#open.add(connection);
    connection.once('end', () => this.#open.delete(connection));
  }
}

/** What the driver's types leave out: by what a server knows whose statement to stop. */
interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}

/** What the driver's types leave out of a connection. */
interface CancelConnection extends Connection {
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}

function closed(): SystemError {
  return new SystemError('SYSTEM_UNAVAILABLE', 'the source is closed');
}
