import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { processesOf } from './cpu.ts';

/**
 * Gives contestants the first core, and everything else that the bench has started the others: the scheduler would move them about, and
 * leave their caches behind. Does nothing where there is one core only.
 */
export function keepApart(contestants: readonly number[]): void {
  const cores = availableParallelism();
  if (cores < 2) return;
  const own = new Set(contestants.flatMap(processesOf));
  for (const pid of processesOf(process.pid)) {
    const where = own.has(pid) ? '0' : `1-${cores - 1}`;
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', where, String(pid)], { stdio: 'ignore' });
  }
}
