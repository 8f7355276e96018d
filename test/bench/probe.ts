import { type ELDHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

// Loaded into a gateway's process by `--import`: tells the bench what can't be seen from outside. It is no part of any gateway.

/** The timer's own period in milliseconds: what an event loop without anything else to do is behind. */
const resolution = 1;

/** How far the event loop was behind, in milliseconds, and the main thread's heap after a full collection, in MB. */
export interface Probe {
  readonly p99: number;
  readonly max: number;
  readonly heap: number;
}

let delay: ELDHistogram | undefined;

function look(collect: boolean): Probe {
  const milliseconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution);
  const probe = delay && { p99: milliseconds(delay.percentile(99)), max: milliseconds(delay.max) };
  if (collect) for (let i = 0; i < 3; i++) globalThis.gc?.();
  delay?.reset();
  return { p99: 0, max: 0, ...probe, heap: process.memoryUsage().heapUsed / 2 ** 20 };
}

if (isMainThread && process.send) {
  process.on('message', ({ id, probe }: { id: number; probe?: 'watch' | 'look' | 'heap' }) => {
    if (!probe) return;
    if (probe === 'watch' && !delay) {
      delay = monitorEventLoopDelay({ resolution });
      delay.enable();
    }
    process.send?.({ id, result: look(probe === 'heap') });
  });
  // It must not keep a process alive that has nothing else to do.
  process.channel?.unref();
}
