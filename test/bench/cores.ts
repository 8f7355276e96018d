import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { processesOf } from './cpu.ts';

/**
 * Gives contestants the first core, and everything else that the bench has started the others: the scheduler would move them about, and
 * leave their caches behind. Does nothing where there is one core only.
 */
export function keepApart(contestants: readonly number[]): void {
  const last = cores - 1;
  if (last < 1) return;
  const own = new Set(contestants.flatMap(processesOf));
  for (const pid of processesOf(process.pid)) pin(pid, own.has(pid) ? '0' : `1-${last}`);
}

/** Gives all of them all cores again. */
export function letMix(): void {
  for (const pid of processesOf(process.pid)) pin(pid, `0-${cores - 1}`);
}

/** Asked once: it counts only those that this process may use. */
const cores = availableParallelism();

function pin(pid: number, list: string): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', list, String(pid)], { stdio: 'ignore' });
}
