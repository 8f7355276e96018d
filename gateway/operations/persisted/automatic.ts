import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import type { SharedTexts } from './shared.ts';

/** Where automatic persisted operations are kept. */
export interface AutomaticOptions {
  /** How much is kept in memory, in characters of texts and hashes. */
  readonly memoryCharacters: number;
  /** What replicas share, where there is something. */
  readonly shared?: SharedTexts | undefined;
}

/** After these milliseconds in memory a text is asked for where it is shared, half a day: so one that is used stays there, too. */
const memoryMs = 43_200_000;

/**
 * Operations that clients have sent once, by the SHA-256 of their text: in a bounded memory, and behind it in what replicas share.
 * Without that all goes on: clients are asked for the text again.
 */
export class AutomaticOperations {
  readonly #memory: LRUCache<string, { readonly value: string }>;
  readonly #kept: Keyv<string>;
  readonly #shared: SharedTexts | undefined;

  constructor({ memoryCharacters, shared }: AutomaticOptions) {
    this.#memory = new LRUCache({
      maxSize: memoryCharacters,
      sizeCalculation: ({ value }, key) => value.length + key.length,
      ttl: shared ? memoryMs : 0,
    });
    this.#kept = new Keyv({ store: this.#memory, useKeyPrefix: false });
    // Its texts stay in the process.
    this.#kept.serialize = undefined;
    this.#kept.deserialize = undefined;
    this.#shared = shared;
  }

  /** The text with this hash, at once where it is in memory. Undefined where nobody sent it, or nobody can tell. Never rejects. */
  find(id: string): string | undefined | Promise<string | undefined> {
    return this.#inMemory(id) ?? this.#asked(id);
  }

  /** Whether this text is in memory under this hash. */
  has(id: string, text: string): boolean {
    return this.#inMemory(id) === text;
  }

  /** Keeps a text under its hash. */
  keep(id: string, text: string): void {
    void this.#kept.set(id, text);
    this.#shared?.add(id, text);
  }

  /** Keyv itself only answers in a later turn. */
  #inMemory(id: string): string | undefined {
    return this.#memory.get(id)?.value;
  }

  #asked(id: string): Promise<string | undefined> | undefined {
    return this.#shared?.find(id)?.then((text) => {
      if (text !== undefined) void this.#kept.set(id, text);
      return text;
    });
  }
}
