import type { Flight } from './flight.ts';

/**
 * The flights that others may join, by what they ask. A `Map` that entries come to and go from all the time makes itself a new
 * table now and then, and each old one points to the next: once one has grown old, V8 keeps all later ones and what was in them
 * until a full collection, which cost a third of a fetch's CPU. So the whole map is renewed instead, before it comes to that.
 */
export class InFlight<Answer, Result> {
  #flights = new Map<string, Flight<Answer, Result>>();
  #additions = 0;

  get(key: string): Flight<Answer, Result> | undefined {
    return this.#flights.get(key);
  }

  add(key: string, flight: Flight<Answer, Result>): void {
    this.#additions += 1;
    if (this.#additions > 2 * this.#flights.size + 64) {
      this.#flights = new Map(this.#flights);
      this.#additions = 0;
    }
    this.#flights.set(key, flight);
  }

  /** Nobody joins this one any more. */
  remove(key: string, flight: Flight<Answer, Result>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }

  /** Nobody joins those that are under way. They end by themselves. */
  clear(): void {
    this.#flights = new Map();
  }
}
