import { setTimeout as delay } from 'node:timers/promises';
import type { SystemCheck } from './check-system.ts';
import type { SubgraphLog } from './subgraph.ts';

/** A check that is still to be made, or was made late. */
export interface Recheck {
  /** What the mapping says of the system that isn't true, as far as is known; what works is served all the same. */
  readonly faults: readonly string[];
  /** Gives up. */
  stop(): void;
}

/** What a recheck needs. */
export interface RecheckOptions {
  /** Names the subgraph and its system in the log. */
  readonly details: object;
  /** The fault of a system that is there again, but refuses us. */
  readonly refused: string;
  /** Holds the mapping against the system. */
  readonly check: () => Promise<SystemCheck>;
  readonly log: SubgraphLog;
}

const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

/**
 * Checks a mapping whose system couldn't be reached at the start, once it can be: tries again after a second, then after twice as
 * long each time, up to half a minute. Says in the log how it went, once.
 */
export function recheck({ details, refused, check, log }: RecheckOptions): Recheck {
  const stop = new AbortController();
  let faults: readonly string[] = [];

  async function run(): Promise<void> {
    const wait = (ms: number) => delay(ms, true, { signal: stop.signal, ref: false }).catch(() => false);
    for (let ms = firstWaitMs; await wait(ms); ms = Math.min(ms * 2, longestWaitMs)) {
      const found = await check();
      if (stop.signal.aborted) return;
      if (found.unreachable?.code === 'SYSTEM_REFUSED' && faults.length === 0) {
        // Waits for somebody to set this right, perhaps over there: it goes on trying.
        log.error({ ...details, reason: found.unreachable.message }, 'the system refuses us');
        faults = [refused];
      }
      if (found.unreachable) continue;
      faults = found.faults;
      if (faults.length === 0) log.info(details, 'reachable now: its mapping is checked and holds');
      else log.error({ ...details, faults }, 'reachable now, and its mapping does not hold; what works is served');
      return;
    }
  }

  run().catch((error: unknown) => log.error({ ...details, err: error }, 'its mapping could not be checked'));
  return {
    get faults() {
      return faults;
    },
    stop: () => stop.abort(),
  };
}
