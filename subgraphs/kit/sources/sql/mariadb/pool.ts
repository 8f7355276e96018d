import { unlessAborted } from '../../../limits.ts';
import type { PoolLoad } from '../../../telemetry/observer.ts';
import { Turns } from '../server/turns.ts';
import type { MariadbSession } from './session.ts';

/**
 * Connections, opened when they are needed. The driver's own pool knows no signal by which a caller leaves its queue, and hands a
 * session out before it is set up.
 */
export class MariadbPool {
  readonly #open: (signal: AbortSignal) => Promise<MariadbSession>;
  readonly #turns: Turns;
  readonly #idle: MariadbSession[] = [];
  /** What is in use, with what gives its place back. */
  readonly #used = new Map<MariadbSession, () => void>();
  readonly #closing = new AbortController();

  /** `open` ends in a session or an error, also when nothing answers, and is cut off by its signal. */
  constructor(size: number, open: (signal: AbortSignal) => Promise<MariadbSession>) {
    this.#turns = new Turns(size);
    this.#open = open;
  }

  /**
   * A session to be given back by `release` or `drop`; who gets one next is said by `Turns`. Errors: those of opening one, begun for
   * this caller alone; the signal's reason when it aborts.
   */
  async acquire(requestId: string | undefined, signal: AbortSignal): Promise<MariadbSession> {
    const giveBack = await this.#turns.take(requestId, signal);
    const idle = this.#idle.pop();
    if (idle) {
      this.#used.set(idle, giveBack);
      return idle;
    }
    const adding = this.#add(giveBack);
    try {
      return await unlessAborted(adding, signal);
    } catch (error) {
      // A caller that leaves doesn't break off what it began: servers shut hosts out whose connections break off too often.
      adding.then(
        (session) => this.release(session),
        () => {},
      );
      throw error;
    }
  }

  get load(): PoolLoad {
    return this.#turns.load;
  }

  /** For the next one, the last used first. */
  release(session: MariadbSession): void {
    const giveBack = this.#used.get(session);
    if (!giveBack) return;
    this.#used.delete(session);
    if (this.#closing.signal.aborted) session.destroy();
    else this.#idle.push(session);
    giveBack();
  }

  /** Cuts a session off that is of no use any more. */
  drop(session: MariadbSession): void {
    session.destroy();
    const place = this.#idle.indexOf(session);
    if (place >= 0) this.#idle.splice(place, 1);
    const giveBack = this.#used.get(session);
    this.#used.delete(session);
    giveBack?.();
  }

  /** Cuts off all sessions that nobody uses: when one connection breaks, so did mostly all that were open then. */
  dropIdle(): void {
    for (const session of [...this.#idle]) this.drop(session);
  }

  /** Ends all sessions that nobody uses in good order, within the time, and cuts off the others, also those that are being opened. */
  async close(graceMs: number): Promise<void> {
    this.#closing.abort();
    for (const session of [...this.#used.keys()]) this.drop(session);
    const ending = this.#idle.splice(0);
    const cutOff = setTimeout(() => {
      for (const session of ending) session.destroy();
    }, graceMs);
    await Promise.all(ending.map((session) => session.end()));
    clearTimeout(cutOff);
  }

  /** The place is given back when it can't be opened. */
  async #add(giveBack: () => void): Promise<MariadbSession> {
    try {
      const session = await this.#open(this.#closing.signal);
      this.#used.set(session, giveBack);
      session.onBroken(() => this.drop(session));
      return session;
    } catch (error) {
      giveBack();
      throw error;
    }
  }
}
