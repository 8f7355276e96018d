import { Cancellation } from './cancellation.ts';

/** Runs something under a cancellation that comes when a signal is aborted, and leaves nothing on the signal. */
export async function withCancellation<T>(
  signal: AbortSignal | undefined,
  run: (cancellation: Cancellation) => Promise<T>,
): Promise<T> {
  const cancellation = new Cancellation();
  if (signal?.aborted) cancellation.cancel();
  const cancel = () => cancellation.cancel();
  signal?.addEventListener('abort', cancel);
  try {
    return await run(cancellation);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}
