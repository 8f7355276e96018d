import type { Bench, Measured, Part } from './bench.ts';
import type { Contestant } from './contestants.ts';
import { peakMegabytes, processCount } from './cpu.ts';
import { median, spread } from './statistics.ts';
import { table } from './table.ts';

const connections = 64;

interface Way {
  readonly title: string;
  readonly gateways: readonly Contestant[];
  /** By round, then by gateway. */
  readonly rounds: Measured[][];
}

/**
 * One worker, two, and two gateways that know nothing of each other take turns at the customer view: what a second of CPU time brings.
 * What the last ones lose, the machine takes, which has as many clients and subgraphs to run beside them.
 */
export async function workers(bench: Bench): Promise<Part> {
  const { rounds, seconds } = bench.options;
  const ways: Way[] = [];
  for (const [title, ...counts] of [
    ['WORKERS=1', 1],
    ['WORKERS=2', 2],
    ['two gateways, WORKERS=1', 1, 1],
  ] as const) {
    const gateways: Contestant[] = [];
    for (const count of counts) {
      const gateway = await bench.start('junction', { env: { WORKERS: String(count) } });
      // Each worker is to be warm, and as busy as it will be.
      await bench.warmUp(gateway, 'view', connections, count);
      gateways.push(gateway);
    }
    ways.push({ title, gateways, rounds: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { gateways, rounds } of ways) {
      const order = { connections: connections / gateways.length, seconds };
      rounds.push(await Promise.all(gateways.map((gateway) => bench.run(gateway, 'view', order))));
    }
  }
  const figures = ways.map(({ title, gateways, rounds }) => ({
    title,
    processes: sum(gateways.map(({ pid }) => processCount(pid))),
    peakMb: sum(gateways.map(({ pid }) => peakMegabytes(pid))),
    rounds,
  }));
  for (const { gateways } of ways) for (const gateway of gateways) await bench.stop(gateway);
  const one = perCpuSecond(figures[0]?.rounds ?? []);
  const rows = figures.map(({ title, processes, peakMb, rounds }) => ({
    title,
    cells: [
      String(processes),
      median(perCpuSecond(rounds)),
      `${Math.round(spread(perCpuSecond(rounds)) * 100)}%`,
      `${Math.round((median(perCpuSecond(rounds).map((each, i) => each / (one[i] ?? Number.NaN))) - 1) * 100)}%`,
      median(rounds.map((round) => sum(round.map(({ perSecond }) => perSecond)))),
      median(rounds.map((round) => Math.max(...round.map(({ p99 }) => p99)))),
      peakMb,
      String(sum(rounds.flat().map(({ wrong }) => wrong))),
    ],
  }));
  const columns = ['processes', 'requests per CPU second', '±', 'to one', 'req/s', 'p99', 'peak MB', 'wrong'];
  return { text: `Customer view with workers, ${connections} connections\n${table(columns, rows)}`, figures };
}

/** Of all gateways together, by round. */
function perCpuSecond(rounds: readonly (readonly Measured[])[]): number[] {
  return rounds.map(
    (round) =>
      (1000 * sum(round.map(({ requests }) => requests))) / sum(round.map(({ requests, cpuMs }) => requests * cpuMs)),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
