import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Supergraph } from './compose.ts';
import type { Composed } from './compose-worker.ts';
import { CompositionError, CompositionTimeoutError } from './errors.ts';
import type { SubgraphSchema } from './schema.ts';

/** How long composing may take, in milliseconds. A thousand types take about 6 s. */
const limitMs = 30_000;

/**
 * Composes in a thread of its own, which ends afterwards: subgraphs change rarely, and a thread that waits costs 80 MB. Takes
 * about a second, none of it on this thread. Errors: CompositionError with all faults; CompositionTimeoutError when time is up;
 * the signal's reason when it aborts.
 */
export async function composeInThread(
  schemas: readonly SubgraphSchema[],
  signal: AbortSignal,
  timeoutMs: number = limitMs,
): Promise<Supergraph> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const worker = new Worker(new URL('compose-worker.ts', import.meta.url), { workerData: schemas });
  try {
    const [composed] = (await once(worker, 'message', { signal: AbortSignal.any([signal, timeout]) })) as [Composed];
    if ('faults' in composed) throw new CompositionError(composed.faults);
    return composed.supergraph;
  } catch (cause) {
    signal.throwIfAborted();
    if (!timeout.aborted) throw cause;
    throw new CompositionTimeoutError([`composing took longer than ${timeoutMs} ms and was given up.`], { cause });
  } finally {
    await worker.terminate();
  }
}
