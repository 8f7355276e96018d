/** Something that somebody waits for. */
export interface Waiting {
  /** Who; undefined where nobody in particular does. */
  readonly who: string | undefined;
  /** How much memory that takes. */
  readonly characters: number;
}

/** How much there is or may be in a queue. */
export interface QueueSize {
  readonly length: number;
  readonly characters: number;
}

interface Line<Item> {
  readonly items: Item[];
  characters: number;
}

/**
 * A queue in which those who wait take turns: each has a line of their own, so that nobody waits behind all that another one wants. Nobody
 * may wait for more than there is still room for: so however much one wants, there is room for others.
 */
export class FairQueue<Item extends Waiting> {
  readonly #most: QueueSize;
  readonly #lines = new Map<Item['who'], Line<Item>>();
  #length = 0;
  #characters = 0;

  constructor(most: QueueSize) {
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  hasRoomFor({ who, characters }: Item): boolean {
    const own = who === undefined ? undefined : this.#lines.get(who);
    const room = this.#most.length - this.#length - (own?.items.length ?? 0);
    return room > 0 && this.#characters + characters + (own?.characters ?? 0) <= this.#most.characters;
  }

  /** `place`: in the line of who waits. */
  add(item: Item, place: 'first' | 'last'): void {
    const line = this.#lines.get(item.who) ?? { items: [], characters: 0 };
    this.#lines.set(item.who, line);
    if (place === 'first') line.items.unshift(item);
    else line.items.push(item);
    this.#count(line, 1, item.characters);
  }

  /** The next one whose turn may come, which is no longer in it. */
  take(mayCome: (who: Item['who']) => boolean = () => true): Item | undefined {
    for (const [who, line] of this.#lines) {
      if (!mayCome(who)) continue;
      const item = line.items.shift();
      this.#lines.delete(who);
      if (line.items.length > 0) this.#lines.set(who, line);
      if (item) this.#count(line, -1, -item.characters);
      return item;
    }
    return undefined;
  }

  /** All, which are no longer in it. */
  takeAll(): Item[] {
    const all = [...this.#lines.values()].flatMap(({ items }) => items);
    this.#lines.clear();
    this.#length = 0;
    this.#characters = 0;
    return all;
  }

  #count(line: Line<Item>, items: number, characters: number): void {
    line.characters += characters;
    this.#length += items;
    this.#characters += characters;
  }
}
