import { FetchError } from './errors.ts';

/**
 * Runs a probe at most so long. Rejects with a `FetchError` (SUBGRAPH_TIMEOUT) as soon as its time is over, even if it ignores
 * its signal. `AbortSignal.timeout` would leave the timer running.
 */
export function withDeadline<T>(timeoutMs: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const error = new FetchError('SUBGRAPH_TIMEOUT', `no answer within ${timeoutMs} ms`);
      reject(error);
      controller.abort(error);
    }, timeoutMs);
    run(controller.signal)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}
