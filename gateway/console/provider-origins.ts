import { Discovery } from '../access/identity/discovery.ts';

/** How long what the provider said counts, in milliseconds. */
const rememberMs = 600_000;
/** How long it is left alone after it didn't say it, in milliseconds: whoever asks for many pages would have it asked as often. */
const retryMs = 5_000;
/** How long a page waits for it, in milliseconds: pages are asked for again where it was too late. */
const waitMs = 500;

/**
 * Where the page may ask the provider that people sign in at: the issuer's origin, where its discovery document is, and that of its token
 * endpoint, which a few have elsewhere. The provider is asked in the background; while it doesn't answer, what it said last holds.
 */
export class ProviderOrigins {
  readonly #issuer: string;
  readonly #stop = new AbortController();
  readonly #discovery: Discovery;
  #known: readonly string[];
  #answer: Promise<void> = Promise.resolve();
  /** When it is asked again, by `performance.now()`. */
  #due = 0;

  constructor(issuer: string) {
    this.#issuer = new URL(issuer).origin;
    this.#known = [this.#issuer];
    this.#discovery = new Discovery(issuer, this.#stop.signal);
    void this.all();
  }

  /** Never rejects. */
  async all(): Promise<readonly string[]> {
    if (performance.now() >= this.#due) {
      this.#due = Number.POSITIVE_INFINITY;
      this.#answer = this.#ask();
    }
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    await Promise.race([this.#answer, enough]);
    clearTimeout(timer);
    return this.#known;
  }

  close(): void {
    this.#stop.abort();
  }

  async #ask(): Promise<void> {
    try {
      const { origin } = new URL(await this.#discovery.tokenUrl());
      this.#known = [...new Set([this.#issuer, origin])];
      this.#due = performance.now() + rememberMs;
    } catch {
      this.#due = performance.now() + retryMs;
    }
  }
}
