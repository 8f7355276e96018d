import type { LimitSettings } from '../../config-file.ts';

/** How many requests may be worked on at the same time: of all callers, and of one. */
export type ConcurrencySettings = Pick<LimitSettings, 'concurrency' | 'caller_concurrency'>;

/** Counts the requests that are worked on. What it keeps is bounded by `concurrency`. */
export class Concurrency {
  readonly #most: ConcurrencySettings;
  readonly #ofCaller = new Map<string, number>();
  #all = 0;

  constructor(most: ConcurrencySettings) {
    this.#most = most;
  }

  /** How many requests are worked on. */
  get all(): number {
    return this.#all;
  }

  /** How many callers they are of. */
  get callers(): number {
    return this.#ofCaller.size;
  }

  /**
   * What to call when the request is over (calling it again does nothing), or the limit that is reached. Without an id it is no caller's.
   */
  enter(id: string | undefined): (() => void) | keyof ConcurrencySettings {
    if (this.#all >= this.#most.concurrency) return 'concurrency';
    const own = id === undefined ? 0 : (this.#ofCaller.get(id) ?? 0);
    if (own >= this.#most.caller_concurrency) return 'caller_concurrency';
    this.#all += 1;
    if (id !== undefined) this.#ofCaller.set(id, own + 1);
    let entered = true;
    return () => {
      if (!entered) return;
      entered = false;
      this.#leave(id);
    };
  }

  #leave(id: string | undefined): void {
    this.#all -= 1;
    if (id === undefined) return;
    const left = (this.#ofCaller.get(id) ?? 1) - 1;
    if (left === 0) this.#ofCaller.delete(id);
    else this.#ofCaller.set(id, left);
  }
}
