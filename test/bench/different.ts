import type { Bench, Measured, Part } from './bench.ts';
import { type Contestant, titles } from './contestants.ts';
import { peakMegabytes } from './cpu.ts';
import { median, spread } from './statistics.ts';
import { ratio, table } from './table.ts';

/** How many different operations a round has. */
const count = 500;
/** Those that warm a contestant up are none of a round's. */
const warmUpFrom = 15_000;

interface Round {
  readonly unseen: Measured;
  readonly seen: Measured;
}

/** 500 different operations, new in each round: the first time, one after the other, and then again and again. */
export async function different(bench: Bench): Promise<Part> {
  const { rounds, seconds } = bench.options;
  const contestants: Contestant[] = [];
  for (const name of bench.among('stock', 'hive', 'junction')) contestants.push(await bench.start(name));
  await bench.prepare('operations', 0, rounds * count);
  await bench.prepare('operations', warmUpFrom, count);
  for (const contestant of contestants) {
    await bench.run(contestant, 'operations', { connections: 4, requests: count, from: warmUpFrom, count });
    await bench.run(contestant, 'operations', { connections: 16, seconds, from: warmUpFrom, count });
  }
  const results = new Map<Contestant, Round[]>(contestants.map((each) => [each, []]));
  for (let round = 0; round < rounds; round++) {
    const range = { from: round * count, count };
    for (const contestant of contestants) {
      const unseen = await bench.run(contestant, 'operations', { connections: 1, requests: count, ...range });
      const seen = await bench.run(contestant, 'operations', { connections: 16, seconds, ...range });
      results.get(contestant)?.push({ unseen, seen });
    }
  }
  const figures = [...results].map(([{ name, pid }, measured]) => ({
    name,
    peakMb: peakMegabytes(pid),
    rounds: measured,
  }));
  for (const contestant of contestants) await bench.stop(contestant);

  const stock = figures.find(({ name }) => name === 'stock');
  const rows = figures.map(({ name, peakMb, rounds: all }) => {
    const of = (which: keyof Round, field: keyof Measured) => median(all.map((round) => Number(round[which][field])));
    const toStock = (which: keyof Round) =>
      ratio(median(all.map((round, i) => round[which].cpuMs / (stock?.rounds[i]?.[which].cpuMs ?? Number.NaN))), 1);
    return {
      title: titles[name],
      cells: [
        of('unseen', 'cpuMs'),
        toStock('unseen'),
        of('unseen', 'p50'),
        of('unseen', 'p99'),
        of('seen', 'cpuMs'),
        `${Math.round(spread(all.map((round) => round.seen.cpuMs)) * 100)}%`,
        toStock('seen'),
        of('seen', 'perSecond'),
        of('seen', 'p99'),
        of('seen', 'fetches'),
        peakMb,
        String(all.reduce((sum, { unseen, seen }) => sum + unseen.wrong + seen.wrong, 0)),
      ],
    };
  });
  const columns = ['CPU ms unseen', '×stock', 'p50', 'p99', 'CPU ms seen', '±', '×stock', 'req/s 16', 'p99'];
  const text = table([...columns, 'fetches', 'peak MB', 'wrong'], rows);
  return { text: `${count} different operations\n${text}`, figures };
}
