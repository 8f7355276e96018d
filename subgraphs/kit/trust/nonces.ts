/** Remembers which requests were received. */
export interface Nonces {
  /**
   * Keeps a nonce for at least this long, in milliseconds: `first` where it wasn't known, `again` where it was, `full` where no more
   * can be kept. Never rejects.
   */
  add(nonce: string, ms: number): Receipt | Promise<Receipt>;
}

export type Receipt = 'first' | 'again' | 'full';

/** What the memory of one process is told. */
export interface MemoryOptions {
  /** The longest that a nonce has to be kept, in milliseconds. */
  readonly longestMs: number;
  /** How many are kept at most, twice. @default 1,000,000, which is 8,000 requests a second and takes 100 MB */
  readonly most?: number;
  readonly now?: () => number;
}

/**
 * The memory of one process: two generations, so that nothing has to be looked through for what may be forgotten. One that is full
 * refuses what comes: to forget would let in what was received before.
 */
export class MemoryNonces implements Nonces {
  readonly #options: Required<MemoryOptions>;
  #young = new Set<string>();
  #old = new Set<string>();
  #renewed: number;

  constructor({ longestMs, most = 1_000_000, now = Date.now }: MemoryOptions) {
    this.#options = { longestMs, most, now };
    this.#renewed = now();
  }

  add(nonce: string): Receipt {
    this.#renew();
    if (this.#young.has(nonce) || this.#old.has(nonce)) return 'again';
    if (this.#young.size >= this.#options.most) return 'full';
    // Of its own: cut out of a header, it would keep the whole header.
    this.#young.add(Buffer.from(nonce, 'latin1').toString('latin1'));
    return 'first';
  }

  #renew(): void {
    const { longestMs, now } = this.#options;
    const age = now() - this.#renewed;
    if (age < longestMs) return;
    this.#old = age < 2 * longestMs ? this.#young : new Set();
    this.#young = new Set();
    this.#renewed = now();
  }
}
