import type { PoolLoad } from '../telemetry/observer.ts';

/** Lets only so many tasks run at a time. */
export interface Limit {
  /** Runs a task when its turn comes. Rejects with the signal's reason when that aborts before. */
  <T>(task: () => Promise<T>, signal: AbortSignal): Promise<T>;
  load(): PoolLoad;
}

/** Lets at most `most` tasks run at a time; the others wait in line, first come, first served. */
export function limit(most: number): Limit {
  let running = 0;
  const line = new Set<() => void>();
  const run = async <T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    signal.throwIfAborted();
    if (running < most) running += 1;
    else await turn(line, signal);
    try {
      return await task();
    } finally {
      // The place passes straight to the next in line, so that nobody who comes meanwhile can take it.
      const [next] = line;
      if (next) next();
      else running -= 1;
    }
  };
  return Object.assign(run, { load: () => ({ used: running, waiting: line.size }) });
}

function turn(line: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const start = () => {
      line.delete(start);
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      line.delete(start);
      reject(signal.reason);
    };
    line.add(start);
    signal.addEventListener('abort', leave, { once: true });
  });
}
