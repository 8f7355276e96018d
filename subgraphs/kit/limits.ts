import { SystemError } from './errors.ts';
import type { Call } from './source.ts';

/**
 * Gives a call to a system its own time limit, beside what the operation itself allows. Errors: SYSTEM_TIMEOUT when that limit
 * ran out; the signal's reason when the operation ended before.
 */
export async function withinTime<T>(call: Call, timeoutMs: number, run: (limited: Call) => Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([call.signal, timeout]);
  try {
    signal.throwIfAborted();
    // Also for a source that doesn't look at its signal.
    return await unlessAborted(run({ ...call, signal }), signal);
  } catch (error) {
    if (!timeout.aborted || call.signal.aborted) throw error;
    throw new SystemError('SYSTEM_TIMEOUT', `no answer within ${timeoutMs} ms`, { cause: error });
  }
}

/** What the promise gives, unless the signal aborts before: then it rejects at once with the signal's reason. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
