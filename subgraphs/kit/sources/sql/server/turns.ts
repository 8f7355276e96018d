import type { PoolLoad } from '../../../telemetry/observer.ts';

/** A request, and how it stands with the places. */
interface Party {
  readonly requestId: string | undefined;
  held: number;
  readonly waiting: Set<() => void>;
}

/**
 * The places of a pool, given out fairly: a place that is free goes to the request that holds the fewest, and among these to the
 * one whose last turn is the longest ago. However many statements one request has, another's are next.
 */
export class Turns {
  readonly #size: number;
  #free: number;
  /** By the request's id, the one whose last turn is the longest ago first; undefined is for pings. */
  readonly #parties = new Map<string | undefined, Party>();

  /** `size`: how many places there are. */
  constructor(size: number) {
    this.#size = size;
    this.#free = size;
  }

  /**
   * Waits for a place; what it gives is called once, to give the place back. Rejects with the signal's reason when it aborts.
   * `requestId`: undefined for a ping, which goes before everything, so that a busy system isn't taken for a dead one. A request's
   * own id can't say so: clients choose it.
   */
  take(requestId: string | undefined, signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const party = this.#parties.get(requestId) ?? { requestId, held: 0, waiting: new Set() };
      this.#parties.set(requestId, party);
      const leave = () => {
        party.waiting.delete(enter);
        this.#forget(party);
        reject(signal.reason);
      };
      const enter = () => {
        party.waiting.delete(enter);
        party.held++;
        signal.removeEventListener('abort', leave);
        resolve(() => this.#giveBack(party));
      };
      signal.addEventListener('abort', leave, { once: true });
      party.waiting.add(enter);
      this.#serve();
    });
  }

  get load(): PoolLoad {
    let waiting = 0;
    for (const party of this.#parties.values()) waiting += party.waiting.size;
    return { used: this.#size - this.#free, waiting };
  }

  #giveBack(party: Party): void {
    party.held--;
    this.#free++;
    this.#forget(party);
    this.#serve();
  }

  #forget({ requestId, held, waiting }: Party): void {
    if (held === 0 && waiting.size === 0) this.#parties.delete(requestId);
  }

  #serve(): void {
    for (let next = this.#next(); this.#free > 0 && next; next = this.#next()) {
      this.#free--;
      this.#parties.delete(next.requestId);
      this.#parties.set(next.requestId, next);
      const [enter] = next.waiting;
      enter?.();
    }
  }

  /** Whose turn it is. */
  #next(): Party | undefined {
    let next: Party | undefined;
    for (const party of this.#parties.values()) {
      if (party.waiting.size === 0) continue;
      if (party.requestId === undefined) return party;
      if (!next || party.held < next.held) next = party;
    }
    return next;
  }
}
