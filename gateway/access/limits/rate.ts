import type { LimitSettings } from '../../config-file.ts';

/** How often one id may ask: on average, and at once after a rest. */
export type RateSettings = LimitSettings['rate'];

/** Whether a request may go on. `retryAfterS`: whole seconds, at least 1, after which one may. */
export type Taken = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterS: number };

/** Counts requests by id. */
export interface RateLimit {
  /** Counts a request, but for one that it refuses. */
  take(id: string): Taken;
  /** Forgets a request that was counted: it was another's. */
  giveBack(id: string): void;
}

/** Tells milliseconds that never go back. */
export type Clock = () => number;

/** More ids than ever ask within a moment; about 10 MB. */
const mostIds = 100_000;

/** How many ids are looked at before one that has not rested yet is forgotten. */
const sample = 8;

const allowed: Taken = { allowed: true };

/**
 * A token bucket for each id, kept as one number (the generic cell rate algorithm, ITU-T I.371): the moment at which it is full
 * again. A request moves that moment on by one interval; it may be at most a burst of intervals away.
 *
 * An id that has rested says nothing any more and is forgotten in passing. A request keeps an id for one interval, so a flood of ids
 * takes no more memory than what one interval lets in. Above a hard bound the ids that are nearest to rest go first: who floods with
 * other ids can't clear the bucket of a busy one, or only that of one which would be full in a moment anyway.
 */
export class Rate implements RateLimit {
  /** How much later a bucket is full for each request, in milliseconds. */
  readonly intervalMs: number;
  readonly #toleranceMs: number;
  readonly #clock: Clock;
  readonly #most: number;
  readonly #fullAt = new Map<string, number>();
  #cursor = this.#fullAt.entries();

  constructor({ per_second, burst }: RateSettings, clock: Clock = () => performance.now(), most = mostIds) {
    this.intervalMs = 1000 / per_second;
    // Sums of intervals aren't exact.
    this.#toleranceMs = (burst + 0.01) * this.intervalMs;
    this.#clock = clock;
    this.#most = most;
  }

  /** How many ids are kept. */
  get size(): number {
    return this.#fullAt.size;
  }

  now(): number {
    return this.#clock();
  }

  take(id: string): Taken {
    const now = this.#clock();
    const before = this.#fullAt.get(id);
    const fullAt = (before === undefined || before < now ? now : before) + this.intervalMs;
    const tooEarlyMs = fullAt - now - this.#toleranceMs;
    if (tooEarlyMs > 0) return { allowed: false, retryAfterS: Math.ceil(tooEarlyMs / 1000) };
    this.#sweep(now);
    if (before === undefined && this.#fullAt.size >= this.#most) this.#evict();
    this.#fullAt.set(id, fullAt);
    return allowed;
  }

  giveBack(id: string): void {
    const fullAt = this.#fullAt.get(id);
    if (fullAt !== undefined) this.#fullAt.set(id, fullAt - this.intervalMs);
  }

  /** Others have counted more of an id: its bucket isn't full before this moment of `now()`. */
  atLeast(id: string, fullAt: number): void {
    const before = this.#fullAt.get(id);
    if (before !== undefined ? before < fullAt : this.#fullAt.size < this.#most) this.#fullAt.set(id, fullAt);
  }

  /** Forgets ids that have rested: looking at two for each request is more than requests can add. */
  #sweep(now: number): void {
    for (let i = 0; i < 2; i++) {
      const next = this.#cursor.next();
      if (next.done) {
        this.#cursor = this.#fullAt.entries();
        return;
      }
      if (next.value[1] <= now) this.#fullAt.delete(next.value[0]);
    }
  }

  #evict(): void {
    let found: readonly [string, number] | undefined;
    for (let i = 0; i < sample; i++) {
      let next = this.#cursor.next();
      if (next.done) {
        this.#cursor = this.#fullAt.entries();
        next = this.#cursor.next();
      }
      if (!next.done && (!found || next.value[1] < found[1])) found = next.value;
    }
    if (found) this.#fullAt.delete(found[0]);
  }
}
