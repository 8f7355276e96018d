import { SystemError } from './errors.ts';
import type { Call } from './source.ts';

/**
 * Gives a call to a system its own time limit, beside what the operation itself allows. Errors: SYSTEM_TIMEOUT when that limit
 * ran out; the signal's reason when the operation ended before.
 */
export function withinTime<T>(call: Call, timeoutMs: number, run: (limited: Call) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    call.signal.throwIfAborted();
    const controller = new AbortController();
    // Rejects by itself, also for a source that doesn't look at its signal.
    const end = (error: unknown, reason: unknown) => {
      settle();
      reject(error);
      controller.abort(reason);
    };
    const cancel = () => end(call.signal.reason, call.signal.reason);
    // Not AbortSignal.timeout and AbortSignal.any: they cost more, and stay until the time is over.
    const timer = setTimeout(() => {
      const cause = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
      end(new SystemError('SYSTEM_TIMEOUT', `no answer within ${timeoutMs} ms`, { cause }), cause);
    }, timeoutMs).unref();
    const settle = () => {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', cancel);
    };
    call.signal.addEventListener('abort', cancel);
    run({ ...call, signal: controller.signal })
      .finally(settle)
      .then(resolve, reject);
  });
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
