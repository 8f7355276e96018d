/** An object, not a function: a closure for each fetch, hardly ever called, doubled what the garbage collector does. */
export interface CancelListener {
  onCancel(): void;
}

/**
 * Tells what belongs to a client request that the client is gone. An `AbortSignal` would say the same, but one costs more than
 * the rest of a fetch's book-keeping; it is made only for who needs one.
 */
export class Cancellation {
  #canceled = false;
  #listeners: Set<CancelListener> | undefined;

  get canceled(): boolean {
    return this.#canceled;
  }

  /** Called at once where the client has gone already. Forget listeners with `remove`. */
  add(listener: CancelListener): void {
    if (this.#canceled) {
      listener.onCancel();
      return;
    }
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  remove(listener: CancelListener): void {
    this.#listeners?.delete(listener);
  }

  cancel(): void {
    if (this.#canceled) return;
    this.#canceled = true;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener.onCancel();
  }
}

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
