import type { Bench, Measured, Part } from './bench.ts';
import { titles } from './contestants.ts';
import { peakMegabytes } from './cpu.ts';
import { table } from './table.ts';

/** How many requests come at the same moment, half of them on new connections. */
const burst = 500;

/** Customer views on 256 connections for a long time, then a burst: no wrong answer, no error. */
export async function hold(bench: Bench): Promise<Part> {
  const { hold: seconds } = bench.options;
  const figures: { name: keyof typeof titles; held: Measured; burst: Measured; peakMb: number }[] = [];
  for (const name of bench.among('hand', 'stock', 'hive', 'junction')) {
    const contestant = await bench.start(name);
    await bench.warmUp(contestant, 'view');
    const held = await bench.run(contestant, 'view', { connections: 256, seconds });
    const all = await bench.run(contestant, 'view', { connections: burst, requests: burst });
    figures.push({ name, held, burst: all, peakMb: peakMegabytes(contestant.pid) });
    await bench.stop(contestant);
  }
  const rows = figures.map(({ name, held, burst: all, peakMb }) => ({
    title: titles[name],
    cells: [
      held.requests,
      held.perSecond,
      held.p50,
      held.p99,
      held.slowest,
      String(held.wrong),
      all.p50,
      all.slowest,
      String(all.wrong),
      peakMb,
    ],
  }));
  const columns = ['requests', 'req/s', 'p50', 'p99', 'slowest', 'wrong', 'burst p50', 'slowest', 'wrong', 'peak MB'];
  return { text: `256 connections for ${seconds} s, then a burst of ${burst}\n${table(columns, rows)}`, figures };
}
