import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StartupError } from '../../subgraphs/kit/errors.ts';
import { isFile, LoadError } from '../../subgraphs/kit/load.ts';

/** How Node ends where a module awaits what nothing can bring any more. */
const neverSettled = 13;
const endless = 'waits when it is loaded for something that never comes.';
const ended = 'ends the process when it is loaded.';

/**
 * Loads the modules of a subgraph's folder in a thread of its own, which ends afterwards: one that loops, ends the process or
 * rejects a promise that nobody handles must not do so where requests are served. What it does later than a moment after it was
 * loaded can't be seen this way. Errors: LoadError, StartupError.
 */
export async function tryModules(folder: string, limitMs: number): Promise<void> {
  const files = ['backend.ts', 'resolvers.ts'].map((file) => join(folder, file)).filter(isFile);
  const worker = new Worker(new URL('trial-worker.ts', import.meta.url), {
    workerData: files,
    // What it prints, it prints once it is loaded for good.
    stdout: true,
    stderr: true,
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.once('message', () => resolve());
  worker.once('error', (cause) => reject(new LoadError(folder, 'backend.ts', cause)));
  worker.once('exit', (code) => reject(new StartupError([`backend.ts: ${code === neverSettled ? endless : ended}`])));
  const timer = setTimeout(
    () => reject(new StartupError([`backend.ts: loading it takes longer than ${limitMs} ms.`])),
    limitMs,
  );
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
