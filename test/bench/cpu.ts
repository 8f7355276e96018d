import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts in these, on every Linux machine. */
const ticksPerSecond = 100;

/** User and system time that a process and its descendants have taken, all threads, in seconds. Linux only. */
export function cpuSeconds(pid: number): number {
  return treeOf(pid).reduce((sum, { ticks }) => sum + ticks, 0) / ticksPerSecond;
}

/** How many processes it is: itself and its descendants. */
export function processCount(pid: number): number {
  return treeOf(pid).length;
}

/** Their process ids. */
export function processesOf(pid: number): number[] {
  return treeOf(pid).map((each) => each.pid);
}

/** The most memory that a process and its descendants have had, in MB: the sum of each one's own peak. */
export function peakMegabytes(pid: number): number {
  return megabytes(pid, 'VmHWM');
}

/** The memory that they have now, in MB. */
export function residentMegabytes(pid: number): number {
  return megabytes(pid, 'VmRSS');
}

function megabytes(pid: number, field: string): number {
  const kilobytes = treeOf(pid).map((each) => {
    const text = readFileSync(`/proc/${each.pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  });
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

function treeOf(root: number): Stat[] {
  const own = statOf(root);
  if (!own) throw new Error(`process ${root} has ended`);
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
  const tree = [own];
  // Grows while it is walked.
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, which may hold anything.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    // utime and stime, and those of descendants that have ended: fields 14 to 17 of proc(5).
    const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + (fields[i] ?? 0), 0);
    return { pid, parent: fields[1] ?? 0, ticks };
  } catch {
    return undefined;
  }
}
