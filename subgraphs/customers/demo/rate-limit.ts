/** Lets each token make so many requests in any second. */
export class RateLimit {
  readonly #most: number;
  readonly #taken = new Map<string, number[]>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts a request; 0, or the milliseconds to wait when it is one too many. */
  take(token: string): number {
    const now = performance.now();
    const recent = (this.#taken.get(token) ?? []).filter((moment) => moment > now - 1000);
    this.#taken.set(token, recent);
    const oldest = recent[0];
    if (recent.length >= this.#most && oldest !== undefined) return oldest + 1000 - now;
    recent.push(now);
    return 0;
  }
}
