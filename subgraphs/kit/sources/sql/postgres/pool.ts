import { type Connection, Pool, type PoolClient } from 'pg';
import { SystemError } from '../../../errors.ts';
import { unlessAborted } from '../../../limits.ts';
import type { Call } from '../../../source.ts';
import type { PoolLoad } from '../../../telemetry/observer.ts';
import type { Values } from '../engine.ts';
import { Turns } from '../server/turns.ts';
import type { ServerAddress } from '../server/url.ts';
import type { Watch } from '../watch.ts';
import { stopStatement } from './cancel.ts';
import { isBroken, isConflict, isOutdated } from './errors.ts';
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

/** A reading statement, and who watches each attempt to run it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly watch: Watch;
}

/** Who asks: a request, or nobody's, as a ping is. */
export interface Asker extends Pick<Call, 'signal' | 'observer'> {
  readonly requestId: string | undefined;
}

/** One use of a connection, until `release`: whether it has to be closed. */
interface Lease {
  readonly session: PostgresSession;
  release(drop: boolean): void;
}

/** Connections to a server, opened when they are needed; requests take turns. */
export class PostgresPool {
  readonly #address: ServerAddress;
  readonly #pool: Pool;
  readonly #pooler: boolean;
  readonly #turns: Turns;
  readonly #sessions = new WeakMap<PoolClient, PostgresSession>();
  readonly #running = new Set<AbortController>();
  readonly #open = new Set<Connection>();
  /** When a connection breaks, so did mostly all that were open by then: these are not used again. */
  #trustedSince = 0;
  #closed = false;

  constructor(address: ServerAddress, options: PoolOptions) {
    const { poolSize, pooler } = options;
    this.#address = address;
    this.#pooler = pooler;
    this.#turns = new Turns(poolSize);
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
  async run(statement: Statement, { requestId, signal }: Asker): Promise<readonly Values[]> {
    signal.throwIfAborted();
    const leaving = new AbortController();
    const leave = () => leaving.abort(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    this.#running.add(leaving);
    const { watch } = statement;
    const attempt = async () => {
      watch.begin();
      try {
        const rows = await this.#attempt(statement, requestId, leaving.signal);
        watch.end();
        return rows;
      } catch (error) {
        watch.end(error);
        throw error;
      }
    };
    try {
      if (this.#closed) throw closed();
      return await attempt().catch((error: unknown) => {
        if (leaving.signal.aborted) throw error;
        const isStale = isBroken(error) || isOutdated(error);
        if (isStale) this.#trustedSince = performance.now();
        if (!isStale && !isConflict(error)) throw error;
        return attempt();
      });
    } finally {
      signal.removeEventListener('abort', leave);
      this.#running.delete(leaving);
    }
  }

  get load(): PoolLoad {
    return this.#turns.load;
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
    { text, values, watch }: Statement,
    requestId: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly Values[]> {
    const { session, release } = await this.#acquire(requestId, signal);
    if (signal.aborted) release(false);
    signal.throwIfAborted();
    watch.sent();
    const answer = session.ask(text, values);
    let stopping: Promise<boolean> | undefined;
    const stop = () => {
      stopping = stopStatement(session.client, answer, this.#address);
    };
    signal.addEventListener('abort', stop, { once: true });
    answer
      .then(
        () => session.isWornOut,
        (error: unknown) => isBroken(error) || isOutdated(error),
      )
      .then(async (isUseless) => {
        signal.removeEventListener('abort', stop);
        const isCutOff = (await stopping) === false;
        if (isCutOff) this.#trustedSince = performance.now();
        // A pooler may pass an order to stop on when the connection runs something else.
        release(isUseless || isCutOff || (stopping !== undefined && this.#pooler));
      });
    return unlessAborted(answer, signal);
  }

  async #acquire(requestId: string | undefined, signal: AbortSignal): Promise<Lease> {
    const leave = await this.#turns.take(requestId, signal);
    for (;;) {
      const arriving = this.#pool.connect();
      try {
        const client = await unlessAborted(arriving, signal);
        const release = (drop: boolean) => {
          client.release(drop);
          leave();
        };
        const session = this.#sessions.get(client);
        if (session && session.openedAt >= this.#trustedSince) return { session, release };
        client.release(true);
      } catch (error) {
        // It may still come, and belongs to the others then.
        arriving.then(
          (client) => {
            client.release();
            leave();
          },
          () => leave(),
        );
        throw error;
      }
    }
  }

  #watch(connection: Connection): void {
    this.#open.add(connection);
    connection.once('end', () => this.#open.delete(connection));
  }
}

function closed(): SystemError {
  return new SystemError('SYSTEM_UNAVAILABLE', 'the source is closed');
}
