/** Numbers that look random and are the same wherever the seeds are the same (Mulberry32). Not for secrets. */
export class Random {
  #state = 0x9e3779b9;

  /** Seeds are whole numbers; the same ones in the same order give the same numbers. */
  constructor(...seeds: readonly number[]) {
    for (const seed of seeds) this.#state = Math.imul(this.#state ^ seed ^ (seed >>> 15), 0x85ebca6b) + 0x6d2b79f5;
  }

  /** At least 0 and less than 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of a list that isn't empty. */
  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.int(0, list.length - 1)] ?? list[0];
  }

  /** One of several, each as probable as its weight. */
  weighted<T>(choices: readonly (readonly [T, number])[]): T {
    let rest = this.fraction() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [choice, weight] of choices) {
      rest -= weight;
      if (rest < 0) return choice;
    }
    throw new RangeError('expected choices with weights above zero');
  }
}

const seed = 20_261_101;
const parts = { customer: 1, support: 2, product: 3, stock: 4, order: 5, billing: 6 } as const;

/**
 * The random numbers that belong to one thing of the demo data, such as order 4711: each thing can be made alone, and a
 * change to how one is made leaves all others as they are.
 */
export function randomFor(part: keyof typeof parts, number: number): Random {
  return new Random(seed, parts[part], number);
}
