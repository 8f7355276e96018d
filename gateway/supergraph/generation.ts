import type { Operations } from '../operations/operations.ts';
import type { Transport } from '../transport/transport.ts';

/** One version of the supergraph. What begins on it ends on it, whatever is in use by then. */
export interface Generation {
  /** Prepares operations for its schema. Generations of one schema share it. */
  readonly operations: Pick<Operations, 'rules' | 'prepare' | 'introspect' | 'mostUsed' | 'close'>;
  /** The ways to its subgraphs, by name. Generations share those that did not change. */
  readonly transports: ReadonlyMap<string, Transport>;
  /** The longest that one fetch may take, in milliseconds. */
  readonly fetchTimeoutMs: number;
}

/** What a generation needs and others may share. */
type Part = Pick<Transport, 'close'>;

/** Counts who uses which generation, and closes what it needs once no generation that is in use needs it any more. */
export class Generations {
  #current: Generation;
  /** How many use each generation; the current one is in it with nobody, too. */
  readonly #users = new Map<Generation, number>();
  readonly #closing = new Set<Promise<void>>();
  /** Each part is closed once, whoever let go of it last. */
  readonly #closed = new WeakSet<Part>();
  #phase: 'open' | 'closed' = 'open';
  readonly #onCloseFailed: (error: unknown) => void;

  constructor(first: Generation, onCloseFailed: (error: unknown) => void) {
    this.#current = first;
    this.#users.set(first, 0);
    this.#onCloseFailed = onCloseFailed;
  }

  /** The generation that new requests get. */
  get current(): Generation {
    return this.#current;
  }

  /** Runs something on the current generation, which is kept until that is over. */
  async use<T>(run: (generation: Generation) => Promise<T>): Promise<T> {
    const generation = this.#current;
    this.#users.set(generation, (this.#users.get(generation) ?? 0) + 1);
    try {
      return await run(generation);
    } finally {
      this.#users.set(generation, (this.#users.get(generation) ?? 1) - 1);
      this.#release(generation);
    }
  }

  /** From now on new requests get another generation. After `close` that one is closed at once, as nobody else would. */
  replace(next: Generation): void {
    const previous = this.#current;
    this.#current = next;
    this.#users.set(next, 0);
    this.#release(previous);
    if (this.#phase === 'closed') for (const part of partsOf(next)) this.#close(part);
  }

  /** Closes every part, also those that are still used. */
  async close(): Promise<void> {
    this.#phase = 'closed';
    for (const part of this.#open()) this.#close(part);
    await Promise.all(this.#closing);
  }

  #release(generation: Generation): void {
    if (generation === this.#current || this.#users.get(generation) !== 0) return;
    this.#users.delete(generation);
    const needed = this.#open();
    for (const part of partsOf(generation)) if (!needed.has(part)) this.#close(part);
  }

  #open(): Set<Part> {
    return new Set([...this.#users.keys()].flatMap(partsOf));
  }

  #close(part: Part): void {
    if (this.#closed.has(part)) return;
    this.#closed.add(part);
    const closing = part.close().catch(this.#onCloseFailed);
    this.#closing.add(closing);
    closing.finally(() => this.#closing.delete(closing));
  }
}

function partsOf({ operations, transports }: Generation): Part[] {
  return [operations, ...transports.values()];
}
