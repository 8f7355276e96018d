import type { MariadbSession } from './session.ts';

interface Waiter {
  give(session: MariadbSession): void;
  fail(error: unknown): void;
}

/**
 * Connections, opened when they are needed. The driver's own pool knows no signal by which a caller leaves its queue, and hands a
 * session out before it is set up.
 */
export class MariadbPool {
  readonly #open: () => Promise<MariadbSession>;
  readonly #size: number;
  readonly #sessions = new Set<MariadbSession>();
  readonly #idle: MariadbSession[] = [];
  readonly #waiting = new Set<Waiter>();
  readonly #opening = new Set<Promise<void>>();
  #closed = false;

  constructor(size: number, open: () => Promise<MariadbSession>) {
    this.#size = size;
    this.#open = open;
  }

  /** A session to be given back by `release` or `drop`. Errors: those of opening one; the signal's reason when it aborts. */
  acquire(signal: AbortSignal): Promise<MariadbSession> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#waiting.delete(waiter);
        signal.removeEventListener('abort', leave);
      };
      const waiter: Waiter = {
        give(session) {
          done();
          resolve(session);
        },
        fail(error) {
          done();
          reject(error);
        },
      };
      const leave = () => waiter.fail(signal.reason);
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiter);
      this.#serve();
    });
  }

  release(session: MariadbSession): void {
    if (!this.#sessions.has(session)) return;
    this.#idle.push(session);
    this.#serve();
  }

  /** Cuts a session off that is of no use any more. */
  drop(session: MariadbSession): void {
    session.destroy();
    if (!this.#sessions.delete(session)) return;
    const place = this.#idle.indexOf(session);
    if (place >= 0) this.#idle.splice(place, 1);
    this.#serve();
  }

  /** Cuts off all sessions that nobody uses: when one connection breaks, so did mostly all that were open then. */
  dropIdle(): void {
    for (const session of [...this.#idle]) this.drop(session);
  }

  /** Ends all sessions that nobody uses in good order, within the time, and cuts off the others. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    const cutOff = setTimeout(() => this.#cutOff(), graceMs);
    await Promise.all(this.#idle.splice(0).map((session) => session.end()));
    await Promise.all(this.#opening);
    clearTimeout(cutOff);
    this.#cutOff();
  }

  #cutOff(): void {
    for (const session of this.#sessions) session.destroy();
  }

  /** Gives idle sessions to those who wait, the last used first, and opens as many as are missing. */
  #serve(): void {
    for (const waiter of this.#waiting) {
      const session = this.#idle.pop();
      if (!session) break;
      waiter.give(session);
    }
    while (this.#opening.size < this.#waiting.size && this.#sessions.size + this.#opening.size < this.#size)
      this.#add();
  }

  #add(): void {
    const opening = this.#open().then(
      (session) => {
        this.#opening.delete(opening);
        if (this.#closed) return session.destroy();
        this.#sessions.add(session);
        session.onBroken(() => this.drop(session));
        this.release(session);
      },
      (error: unknown) => {
        this.#opening.delete(opening);
        const [first] = this.#waiting;
        first?.fail(error);
        this.#serve();
      },
    );
    this.#opening.add(opening);
  }
}
