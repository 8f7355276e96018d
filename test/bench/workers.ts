import type { Bench, Measured, Part } from './bench.ts';
import type { Contestant } from './contestants.ts';
import { peakMegabytes, processCount } from './cpu.ts';
import { median, spread } from './statistics.ts';
import { table } from './table.ts';

const numbers = [1, 2] as const;

/** One worker and two take turns at the customer view: what a second of CPU time brings. */
export async function workers(bench: Bench): Promise<Part> {
  const { rounds, seconds } = bench.options;
  const contestants = new Map<number, Contestant>();
  const results = new Map<number, Measured[]>();
  for (const count of numbers) {
    const contestant = await bench.start('junction', { env: { WORKERS: String(count) } });
    // Each worker is to be warm.
    for (let i = 0; i < count; i++) await bench.warmUp(contestant, 'view');
    contestants.set(count, contestant);
  }
  for (let round = 0; round < rounds; round++) {
    for (const [count, contestant] of contestants) {
      const measured = await bench.run(contestant, 'view', { connections: 64, seconds });
      results.set(count, [...(results.get(count) ?? []), measured]);
    }
  }
  const perCpuSecond = (count: number) => (results.get(count) ?? []).map(({ cpuMs }) => 1000 / cpuMs);
  const figures = numbers.map((count) => ({
    workers: count,
    processes: processCount(contestants.get(count)?.pid as number),
    peakMb: peakMegabytes(contestants.get(count)?.pid as number),
    rounds: results.get(count) ?? [],
  }));
  for (const contestant of contestants.values()) await bench.stop(contestant);
  const rows = figures.map(({ workers: count, processes, peakMb, rounds: all }) => ({
    title: `Junction, WORKERS=${count}`,
    cells: [
      String(processes),
      median(perCpuSecond(count)),
      `${Math.round(spread(perCpuSecond(count)) * 100)}%`,
      `${Math.round((median(perCpuSecond(count).map((each, i) => each / (perCpuSecond(1)[i] ?? Number.NaN))) - 1) * 100)}%`,
      median(all.map(({ perSecond }) => perSecond)),
      median(all.map(({ p99 }) => p99)),
      peakMb,
      String(all.reduce((sum, { wrong }) => sum + wrong, 0)),
    ],
  }));
  const columns = ['processes', 'requests per CPU second', '±', 'to one', 'req/s', 'p99', 'peak MB', 'wrong'];
  return { text: `Customer view with workers, 64 connections\n${table(columns, rows)}`, figures };
}
