import type { CancelListener, Cancellation } from './cancellation.ts';
import { FetchError } from './errors.ts';
import type { FetchCall } from './transport.ts';

/** Makes what one who waits gets, by what was asked. Nobody else gets any part of it. `last`: the answer itself isn't needed any more. */
export type ReadAnswer<Answer, Result, Asked> = (answer: Answer, last: boolean, asked: Asked) => Result;

/** Where a flight is found while others may join it. */
export interface Listing<Answer, Result, Asked> {
  readonly inFlight: InFlight<Answer, Result, Asked>;
  readonly key: string;
}

/** How long reading one answer for several may hold up everything else at a time, in milliseconds. */
const sliceMs = 3;

/**
 * One operation on its way to a subgraph, and those who wait for its answer: each until its own deadline, or until its client is
 * gone. The flight goes on until the last of them is gone. Its adapter ends it by `land` or `fail`, once.
 */
export class Flight<Answer, Result, Asked> {
  /** What to stop when nobody waits any more; the adapter sets it. */
  exchange: { abort(reason: FetchError): void } | undefined;
  readonly #read: ReadAnswer<Answer, Result, Asked>;
  readonly #waiters: Waiter<Result, Asked>[] = [];
  readonly #listing: Listing<Answer, Result, Asked> | undefined;

  constructor(read: ReadAnswer<Answer, Result, Asked>, listing?: Listing<Answer, Result, Asked>) {
    this.#read = read;
    this.#listing = listing;
    listing?.inFlight.add(listing.key, this);
  }

  /** Waits for the answer at most `limitMs`. Rejects with a `FetchError` as soon as a limit is reached. */
  wait({ cancellation }: FetchCall, limitMs: number, asked: Asked): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiters.push(new Waiter(this, { resolve, reject, cancellation, limitMs, asked }));
    });
  }

  land(answer: Answer): void {
    this.#unlist();
    this.#deliver(answer);
  }

  fail(error: FetchError): void {
    this.#unlist();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  /** One who waited doesn't any more. */
  leave(waiter: Waiter<Result, Asked>, reason: FetchError): void {
    this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
    if (this.#waiters.length > 0) return;
    this.#unlist();
    this.exchange?.abort(reason);
  }

  #deliver(answer: Answer): void {
    const sliceEnds = this.#waiters.length > 1 ? performance.now() + sliceMs : 0;
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      const last = this.#waiters.length === 0;
      try {
        waiter.resolve(this.#read(answer, last, waiter.asked));
      } catch (error) {
        waiter.reject(error);
      }
      if (!last && performance.now() > sliceEnds) {
        setImmediate(() => this.#deliver(answer));
        return;
      }
    }
  }

  #unlist(): void {
    this.#listing?.inFlight.remove(this.#listing.key, this);
  }
}

interface Waiting<Result, Asked> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  readonly cancellation: Cancellation;
  readonly limitMs: number;
  readonly asked: Asked;
}

/** Whom a waiter leaves. */
interface Left<Result, Asked> {
  leave(waiter: Waiter<Result, Asked>, reason: FetchError): void;
}

/** Above this, `setTimeout` fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/** One timer and one listener, both gone when it settles. */
class Waiter<Result, Asked> implements CancelListener {
  readonly #flight: Left<Result, Asked>;
  readonly #waiting: Waiting<Result, Asked>;
  readonly #timer: NodeJS.Timeout;

  constructor(flight: Left<Result, Asked>, waiting: Waiting<Result, Asked>) {
    this.#flight = flight;
    this.#waiting = waiting;
    // Whole milliseconds: timers of equal length share a list, so that one more costs next to nothing.
    this.#timer = setTimeout(expire, Math.min(Math.ceil(waiting.limitMs), longestTimerMs), this);
    waiting.cancellation.add(this);
  }

  get asked(): Asked {
    return this.#waiting.asked;
  }

  resolve(result: Result): void {
    this.#settle();
    this.#waiting.resolve(result);
  }

  reject(error: unknown): void {
    this.#settle();
    this.#waiting.reject(error);
  }

  onCancel(): void {
    this.#leave(canceled());
  }

  expire(): void {
    this.#leave(new FetchError('SUBGRAPH_TIMEOUT', `no answer within ${Math.round(this.#waiting.limitMs)} ms`));
  }

  #leave(reason: FetchError): void {
    this.reject(reason);
    this.#flight.leave(this, reason);
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#waiting.cancellation.remove(this);
  }
}

function expire(waiter: Waiter<never, unknown>): void {
  waiter.expire();
}

export function canceled(): FetchError {
  return new FetchError('REQUEST_CANCELED', 'the client closed the connection');
}

/**
 * The flights that others may join, by what they ask. A `Map` that entries come to and go from all the time makes itself a new
 * table now and then, and each old one points to the next: once one has grown old, V8 keeps all later ones and what was in them
 * until a full collection, which cost a third of a fetch's CPU. So the whole map is renewed instead, before it comes to that.
 */
export class InFlight<Answer, Result, Asked> {
  #flights = new Map<string, Flight<Answer, Result, Asked>>();
  #additions = 0;

  get(key: string): Flight<Answer, Result, Asked> | undefined {
    return this.#flights.get(key);
  }

  add(key: string, flight: Flight<Answer, Result, Asked>): void {
    this.#additions += 1;
    if (this.#additions > 2 * this.#flights.size + 64) {
      this.#flights = new Map(this.#flights);
      this.#additions = 0;
    }
    this.#flights.set(key, flight);
  }

  /** Nobody joins this one any more. */
  remove(key: string, flight: Flight<Answer, Result, Asked>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }

  /** Nobody joins those that are under way. They end by themselves. */
  clear(): void {
    this.#flights = new Map();
  }
}
