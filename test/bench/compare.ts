import type { Bench, Measured, Part } from './bench.ts';
import { type Contestant, type ContestantName, titles } from './contestants.ts';
import { peakMegabytes } from './cpu.ts';
import type { Run } from './load.ts';
import { median, spread } from './statistics.ts';
import { ratio, table } from './table.ts';
import { type WorkloadName, wholeWorkload, workloads } from './workloads.ts';

/** How many connections: few, some (where CPU time is taken), many. */
type Levels = readonly [few: number, some: number, many: number];

type Round = readonly [few: Measured, some: Measured, many: Measured];

interface Result {
  readonly name: ContestantName;
  readonly peakMb: number;
  readonly rounds: readonly Round[];
}

/** The contestants take turns at one workload: CPU time, requests per second, latencies, memory. */
export async function compare(bench: Bench, workload: WorkloadName, names: readonly ContestantName[]): Promise<Part> {
  const contestants: Contestant[] = [];
  for (const name of names) contestants.push(await bench.start(name));
  return compareStarted(bench, workload, contestants);
}

/** What a comparison can be told. */
export interface CompareOptions {
  readonly levels?: Levels;
  /** How many fetches there have been, where not from the bench's subgraphs. */
  readonly callsOf?: () => Promise<number>;
  /** What the others are compared with. @default the program written by hand, or a bare route */
  readonly base?: ContestantName;
}

/** The same with contestants that run already; it stops them. */
export async function compareStarted(
  bench: Bench,
  workload: Run['workload'],
  contestants: readonly Contestant[],
  { levels = [1, 16, 256], callsOf, base }: CompareOptions = {},
): Promise<Part & { readonly summary: readonly Summary[] }> {
  const { rounds, seconds } = bench.options;
  for (const contestant of contestants) await bench.warmUp(contestant, workload);
  const results = new Map<Contestant, Round[]>(contestants.map((each) => [each, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contestant of contestants) {
      const run = (count: number) => bench.run(contestant, workload, { connections: count, seconds }, callsOf);
      results.get(contestant)?.push([await run(levels[0]), await run(levels[1]), await run(levels[2])]);
    }
  }
  const figures: Result[] = [];
  for (const [contestant, measured] of results) {
    figures.push({ name: contestant.name, peakMb: peakMegabytes(contestant.pid), rounds: measured });
    await bench.stop(contestant);
  }
  const title = workload === 'whole' ? wholeWorkload.title : workloads[workload].title;
  const summary = summaryOf(levels, figures, base);
  return { text: textOf(title, levels, summary, figures), figures: { workload, summary, figures }, summary };
}

function of(result: Result, level: 0 | 1 | 2, field: keyof Measured): number {
  return median(result.rounds.map((round) => Number(round[level][field])));
}

/** The median of the rounds' own ratios: a machine that gets slower for a while does so for both. */
function toOther(result: Result, other: Result | undefined): number {
  return median(result.rounds.map(([, { cpuMs }], i) => cpuMs / (other?.rounds[i]?.[1].cpuMs ?? Number.NaN)));
}

type Summary = ReturnType<typeof summaryOf>[number];

function summaryOf(levels: Levels, results: readonly Result[], base?: ContestantName) {
  const bases: readonly ContestantName[] = base ? [base] : ['hand', 'fastify', 'hand-whole'];
  const baseline = results.find(({ name }) => bases.includes(name));
  const stock = results.find(({ name }) => name === 'stock');
  return results.map((result) => ({
    name: result.name,
    cpuMs: of(result, 1, 'cpuMs'),
    cpuSpread: spread(result.rounds.map(([, { cpuMs }]) => cpuMs)),
    toBaseline: toOther(result, baseline),
    toStock: toOther(result, stock),
    connections: ([0, 1, 2] as const).map((level) => ({
      connections: levels[level],
      perSecond: of(result, level, 'perSecond'),
      p50: of(result, level, 'p50'),
      p99: of(result, level, 'p99'),
    })),
    peakMb: result.peakMb,
    fetches: of(result, 1, 'fetches'),
    wrong: result.rounds.flat().reduce((sum, { wrong }) => sum + wrong, 0),
  }));
}

function textOf(
  title: string,
  [few, some, many]: Levels,
  summary: readonly Summary[],
  [first]: readonly Result[],
): string {
  const times = ['p50', 'p99'].flatMap((name) => [`${name} ${some}`, `${name} ${many}`]);
  const columns = ['CPU ms', '±', '×base', '×stock', `req/s ${few}`, String(some), String(many), ...times];
  const rows = summary.map((each) => ({
    title: titles[each.name],
    cells: [
      each.cpuMs,
      `${Math.round(each.cpuSpread * 100)}%`,
      ratio(each.toBaseline, 1),
      ratio(each.toStock, 1),
      ...each.connections.map(({ perSecond }) => perSecond),
      ...(['p50', 'p99'] as const).flatMap((field) => each.connections.slice(1).map((level) => level[field])),
      each.peakMb,
      each.fetches,
      String(each.wrong),
    ],
  }));
  const size = Math.round(first ? of(first, 1, 'bytes') : Number.NaN).toLocaleString('en');
  return `${title}, ${size} bytes\n${table([...columns, 'peak MB', 'fetches', 'wrong'], rows)}`;
}
