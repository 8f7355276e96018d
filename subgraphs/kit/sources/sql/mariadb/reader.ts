import type { ConnectionOptions } from 'mysql2';
import { SystemError } from '../../../errors.ts';
import { unlessAborted } from '../../../limits.ts';
import type { PoolLoad } from '../../../telemetry/observer.ts';
import type { Statement, Values } from '../engine.ts';
import type { ServerAddress } from '../server/url.ts';
import type { Watch } from '../watch.ts';
import { isBroken, isPassing } from './errors.ts';
import { MariadbPool } from './pool.ts';
import { connectionOptions, MariadbSession } from './session.ts';

/** How long a statement is given to stop, and a connection to end, before it is cut off. */
const graceMs = 2_000;

/** What a reader may do. */
export interface ReaderLimits {
  /** The most connections. */
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
}

/** Runs statements on connections of a pool. */
export class MariadbReader {
  readonly #options: ConnectionOptions;
  readonly #pool: MariadbPool;
  readonly #running = new Set<AbortController>();
  readonly #stopping = new Set<Promise<void>>();
  #closed = false;

  constructor(address: ServerAddress, { poolSize, statementTimeoutMs }: ReaderLimits) {
    this.#options = connectionOptions(address);
    this.#pool = new MariadbPool(poolSize, (signal) => MariadbSession.open(this.#options, statementTimeoutMs, signal));
  }

  /**
   * Runs a reading statement; once more where the connection broke or another transaction was in the way: it only reads. Rejects with
   * the signal's reason as soon as it aborts, and has the server stop. `requestId`: whose turn it takes; undefined for a ping.
   * Errors: the driver's; SystemError when it is closed, or when no session is opened in time.
   */
  async run(
    statement: Statement,
    requestId: string | undefined,
    signal: AbortSignal,
    watch: Watch,
  ): Promise<readonly Values[]> {
    signal.throwIfAborted();
    if (this.#closed) throw closed();
    const leaving = new AbortController();
    const leave = () => leaving.abort(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    this.#running.add(leaving);
    try {
      for (let again = true; ; again = false) {
        watch.begin();
        const session = await this.#pool.acquire(requestId, leaving.signal);
        try {
          const rows = await this.#ask(session, statement, leaving.signal, watch);
          watch.end();
          return rows;
        } catch (error) {
          watch.end(error);
          if (leaving.signal.aborted || !again || !(isBroken(error) || isPassing(error))) throw error;
        }
      }
    } catch (error) {
      watch.end(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
      this.#running.delete(leaving);
    }
  }

  get load(): PoolLoad {
    return this.#pool.load;
  }

  /** Ends what runs and every connection; what still waits is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const leaving of this.#running) leaving.abort(closed());
    await Promise.all(this.#stopping);
    await this.#pool.close(graceMs);
  }

  async #ask(
    session: MariadbSession,
    { sql, parameters }: Statement,
    signal: AbortSignal,
    watch: Watch,
  ): Promise<readonly Values[]> {
    if (signal.aborted) {
      this.#pool.release(session);
      throw signal.reason;
    }
    watch.sent();
    const answer = session.ask(sql, parameters);
    const stop = () => this.#stop(session, answer);
    signal.addEventListener('abort', stop, { once: true });
    let broken = false;
    try {
      return await unlessAborted(answer, signal);
    } catch (error) {
      broken = isBroken(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) {
        // It is released or dropped there.
      } else if (broken) {
        this.#pool.drop(session);
        this.#pool.dropIdle();
      } else this.#pool.release(session);
    }
  }

  /** Has the server stop a statement whose caller left. The session is used again only when nothing of it can hit the next one. */
  #stop(session: MariadbSession, answer: Promise<unknown>): void {
    const late = AbortSignal.timeout(graceMs);
    const stopped = MariadbSession.stop(session, answer, this.#options, late).then(() => session.settle());
    const settled = unlessAborted(stopped, late)
      .then(
        () => this.#pool.release(session),
        () => this.#pool.drop(session),
      )
      .finally(() => this.#stopping.delete(settled));
    this.#stopping.add(settled);
  }
}

function closed(): SystemError {
  return new SystemError('SYSTEM_UNAVAILABLE', 'the source is closed');
}
