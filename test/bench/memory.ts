import type { Bench, Part } from './bench.ts';
import { peakMegabytes, residentMegabytes } from './cpu.ts';
import { table } from './table.ts';

/** Whether memory grows: with operations that are all different, and with requests that are alike. */
export async function memory(bench: Bench): Promise<Part> {
  const { operations, requests } = bench.options;
  const figures: { title: string; heap: number; resident: number; peak: number; wrong: number }[] = [];
  const junction = await bench.start('junction', { probe: true });
  const note = async (title: string, wrong: number) => {
    const { heap } = await junction.probe('heap');
    figures.push({ title, heap, resident: residentMegabytes(junction.pid), peak: peakMegabytes(junction.pid), wrong });
  };
  await bench.prepare('operations', 0, operations);
  await note('at the start', 0);
  for (const [from, to] of [
    [0, 0.2],
    [0.2, 0.5],
    [0.5, 1],
  ] as const) {
    const count = Math.round((to - from) * operations);
    const order = { connections: 4, requests: count, count, from: Math.round(from * operations) };
    const { wrong } = await bench.run(junction, 'operations', order);
    await note(`after ${Math.round(to * operations).toLocaleString('en')} different operations`, wrong);
  }
  let done = 0;
  for (const until of [Math.min(10_000, requests / 2), requests / 2, requests]) {
    if (until <= done) continue;
    const { wrong } = await bench.run(junction, 'view', { connections: 16, requests: until - done });
    done = until;
    await note(`after ${until.toLocaleString('en')} customer views more`, wrong);
  }
  await bench.stop(junction);
  const rows = figures.map(({ title, heap, resident, peak, wrong }) => ({
    title,
    cells: [heap, resident, peak, String(wrong)],
  }));
  const columns = ['heap MB', 'resident MB', 'peak MB', 'wrong'];
  return { text: `Junction's memory; heap: the serving thread's, collected\n${table(columns, rows)}`, figures };
}
