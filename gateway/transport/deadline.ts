import { FetchError } from './errors.ts';

/** How long a fetch may take, and what ends it early. */
export interface FetchLimits {
  /** The longest that this one fetch may take, in milliseconds. */
  readonly timeoutMs: number;
  /** When the request's time is over, by `performance.now()`. */
  readonly deadline?: number;
  /** The request's signal: aborted when the client is gone. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a fetch under its limits. Rejects with a `FetchError` (SUBGRAPH_TIMEOUT or REQUEST_CANCELED) as soon as a limit is
 * reached, even if the fetch ignores its signal. One timer and one listener, both gone when it settles: `AbortSignal.any`
 * and `AbortSignal.timeout` would cost more and leave the timer running.
 */
export function withDeadline<T>(
  { timeoutMs, deadline = Number.POSITIVE_INFINITY, signal }: FetchLimits,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const limit = Math.min(timeoutMs, deadline - performance.now());
    if (signal?.aborted) return reject(canceled());
    if (limit <= 0) return reject(new FetchError('SUBGRAPH_TIMEOUT', 'the request had no time left for this fetch'));

    const controller = new AbortController();
    const stop = (error: FetchError) => {
      settle();
      reject(error);
      controller.abort(error);
    };
    const cancel = () => stop(canceled());
    const timer = setTimeout(
      () => stop(new FetchError('SUBGRAPH_TIMEOUT', `no answer within ${Math.round(limit)} ms`)),
      limit,
    );
    signal?.addEventListener('abort', cancel);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    };
    run(controller.signal).finally(settle).then(resolve, reject);
  });
}

function canceled(): FetchError {
  return new FetchError('REQUEST_CANCELED', 'the client closed the connection');
}
