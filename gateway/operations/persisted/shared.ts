import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import type { Logger } from 'pino';
import type { Redis } from '../../../subgraphs/kit/redis.ts';
import { isHashOf } from './hash.ts';

/** How long a text that nobody uses is kept, in milliseconds: a day. */
const keptMs = 86_400_000;
/**
 * How much of new texts one process adds there in that time, in characters, at most twice: a text may be valid and all comments, and without a
 * bound who sends such ones fills the Redis. Above that, texts are kept in memory alone.
 */
const mostCharacters = 16_000_000;
/** The longest that a request waits for a text, in milliseconds. */
const deadlineMs = 100;
/** What is wrong with a Redis is logged at most so often, in milliseconds. */
const complainMs = 60_000;

/**
 * The texts that replicas share in a Redis, by their hashes. Whoever can write to it can't choose what runs: a text counts only if
 * it has the hash under which it stands.
 */
export class SharedTexts {
  readonly #redis: Redis;
  readonly #log: Logger;
  readonly #kept: Keyv<string>;
  readonly #asking = new Map<string, Promise<string | undefined>>();
  #complained = Number.NEGATIVE_INFINITY;
  #added = { characters: 0, since: performance.now() };

  /** `redis` stays the caller's to close. */
  constructor(redis: Redis, log: Logger) {
    this.#redis = redis;
    this.#log = log;
    this.#kept = new Keyv({
      store: new KeyvRedis(redis.client, { throwOnErrors: true }),
      namespace: 'junction:operation',
      useKeyPrefix: false,
      ttl: keptMs,
      serialize: JSON.stringify,
      deserialize: JSON.parse,
    });
    // A Redis that is away is logged by its connection. It may quote what it was sent: only the error's name is logged.
    this.#kept.on('error', (error: Error) => {
      if (redis.available) this.#complain('Redis failed of a persisted operation', { detail: codeOf(error) });
    });
  }

  /** The text with this hash, within the deadline. Undefined where there is none, or the Redis can't tell. Never rejects. */
  find(id: string): Promise<string | undefined> | undefined {
    const asking = this.#asking.get(id);
    if (asking || !this.#redis.available || !/^[0-9a-f]{64}$/.test(id)) return asking;
    const found = unlessLate(this.#kept.get<unknown>(id))
      .then((text) => this.#checked(id, text))
      .finally(() => this.#asking.delete(id));
    this.#asking.set(id, found);
    return found;
  }

  /** Keeps a new text under its hash for a day from now, while there is room. Nobody waits for it. */
  add(id: string, text: string): void {
    const now = performance.now();
    if (now - this.#added.since > keptMs) this.#added = { characters: 0, since: now };
    this.#added.characters += text.length;
    if (this.#added.characters <= mostCharacters) this.#keep(id, text);
    else this.#complain('too many new persisted operations: they are not shared for now', { maximum: mostCharacters });
  }

  #keep(id: string, text: string): void {
    // The adapter would connect a client that was closed.
    if (this.#redis.available) void this.#kept.set(id, text);
  }

  #checked(id: string, text: unknown): string | undefined {
    if (text === undefined) return undefined;
    if (typeof text === 'string' && isHashOf(id, text)) {
      this.#keep(id, text);
      return text;
    }
    this.#complain('a text in Redis has not the hash under which it stands; it is not used', {});
    return undefined;
  }

  #complain(message: string, details: Readonly<Record<string, unknown>>): void {
    const now = performance.now();
    if (now - this.#complained < complainMs) return;
    this.#complained = now;
    this.#log.warn(details, message);
  }
}

/** `OOM`, `READONLY`: how an error of Redis begins. */
function codeOf({ name, message }: Error): string {
  return /^[A-Z]{2,}(?= |$)/.exec(message)?.[0] ?? name;
}

/** What the promise gives within the deadline; else undefined, also where it rejects: the adapter's own calls may take seconds. */
function unlessLate<T>(promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadlineMs, undefined);
    promise.then(resolve, () => resolve(undefined)).finally(() => clearTimeout(timer));
  });
}
