import type { ApolloGateway } from '@apollo/gateway';
import type { GraphQLSchema } from 'graphql';
import type { Transport } from '../transport/transport.ts';

/** One version of the supergraph. What begins on it ends on it, whatever is in use by then. */
export interface Generation {
  /** The schema that clients see. */
  readonly schema: GraphQLSchema;
  /** Runs an operation that was prepared for the schema. */
  readonly executor: ApolloGateway['executor'];
  /** The ways to its subgraphs, by name. Generations share those that did not change. */
  readonly transports: ReadonlyMap<string, Transport>;
}

/** Counts who uses which generation, and closes a transport once no generation that is in use has it any more. */
export class Generations {
  #current: Generation;
  /** How many use each generation; the current one is in it with nobody, too. */
  readonly #users = new Map<Generation, number>();
  readonly #closing = new Set<Promise<void>>();
  /** Each transport is closed once, whoever let go of it last. */
  readonly #closed = new WeakSet<Transport>();
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
    if (this.#phase === 'closed') for (const transport of next.transports.values()) this.#close(transport);
  }

  /** Closes every transport, also those that are still used. */
  async close(): Promise<void> {
    this.#phase = 'closed';
    for (const transport of this.#open()) this.#close(transport);
    await Promise.all(this.#closing);
  }

  #release(generation: Generation): void {
    if (generation === this.#current || this.#users.get(generation) !== 0) return;
    this.#users.delete(generation);
    const needed = this.#open();
    for (const transport of generation.transports.values()) if (!needed.has(transport)) this.#close(transport);
  }

  #open(): Set<Transport> {
    return new Set([...this.#users.keys()].flatMap(({ transports }) => [...transports.values()]));
  }

  #close(transport: Transport): void {
    if (this.#closed.has(transport)) return;
    this.#closed.add(transport);
    const closing = transport.close().catch(this.#onCloseFailed);
    this.#closing.add(closing);
    closing.finally(() => this.#closing.delete(closing));
  }
}
