import type { Bench, Measured, Part } from './bench.ts';
import { type Contestant, type ContestantName, titles } from './contestants.ts';
import { subgraphNames, subgraphSdl } from './engine.ts';
import type { Probe } from './probe.ts';
import { stressQuery, stressSubgraphs } from './stress.ts';
import { type SubgraphFile, writeConfig, writeSupergraph } from './subgraphs.ts';
import { table } from './table.ts';

/** Clients that leave the machine time to breathe, so that a late answer is the gateway's doing. */
const load = { connections: 16, rate: 200 } as const;
const unseen = { connections: 1, requests: 400, count: 400 } as const;
const fields = 14;

interface Phase {
  readonly title: string;
  readonly name: ContestantName;
  readonly load: Measured;
  readonly loop: Probe;
  /** What came of the disturbance. */
  readonly outcome: string;
}

/** What a steady client sees, and how far the event loop is behind, while something costly happens. */
export async function calm(bench: Bench): Promise<Part> {
  const figures: Phase[] = [];
  for (const name of bench.among('stock', 'junction')) figures.push(...(await disturb(bench, name)));
  const rows = figures.map(({ title, name, load: { requests, p50, p99, slowest, wrong }, loop, outcome }) => ({
    title: `${titles[name]}: ${title}`,
    cells: [loop.p99, loop.max, requests, p50, p99, slowest, String(wrong), outcome],
  }));
  const columns = ['loop p99', 'loop max', 'requests', 'p50', 'p99', 'slowest', 'wrong', ''];
  const text = `${load.rate} customer views per second while …; loop: how late the event loop is, ms\n${table(columns, rows)}`;
  return { text, figures };
}

async function disturb(bench: Bench, name: ContestantName): Promise<Phase[]> {
  const { seconds } = bench.options;
  const phases: Phase[] = [];
  const schemas = schemasOf(bench.subgraphs.urls);
  const files = writeSupergraph(`${bench.folder}/calm`, schemas);
  const subgraphs = { ...bench.subgraphs, ...files };
  await bench.prepare('operations', 0, unseen.count);
  // What the subgraphs have to work out for operations that they see for the first time isn't the gateway's doing.
  const other = await bench.start(name, { subgraphs });
  await bench.run(other, 'operations', unseen);
  await bench.stop(other);
  const contestant = await bench.start(name, { probe: true, subgraphs });
  await bench.warmUp(contestant, 'view');
  await contestant.probe('watch');

  async function phase(title: string, disturbance: () => Promise<string>, times = 1): Promise<void> {
    await contestant.probe('look');
    let over = false;
    // The load goes on until the disturbance is over, and for some time at least.
    const disturbed = disturbance().finally(() => {
      over = true;
    });
    const parts: Measured[] = [];
    do parts.push(await bench.run(contestant, 'view', { ...load, seconds: seconds * 2 * times }));
    while (!over);
    const outcome = await disturbed;
    phases.push({ title, name, load: joined(parts), loop: await contestant.probe('look'), outcome });
  }

  // As long as all the rest together: the machine itself makes some requests wait.
  await phase('nothing else happens', async () => '', 5);
  await phase('unseen operations', async () => {
    const { requests, wrong } = await bench.run(contestant, 'operations', unseen);
    return `${requests} operations, ${wrong} wrong`;
  });
  await phase(`a plan of 2^${fields}`, async () => told(await ask(contestant, stressQuery(fields))));
  await phase('the same once more', async () => told(await ask(contestant, stressQuery(fields))));
  if (name === 'junction') {
    await phase('a schema that does not compose', async () => {
      const broken = schemas.map((each) =>
        each.name === 'finance' ? { ...each, sdl: `${each.sdl}\ntype Money { amount: Int }` } : each,
      );
      writeConfig(`${bench.folder}/calm`, broken);
      await new Promise((done) => setTimeout(done, 4000));
      const health = await fetch(contestant.url.replace('/graphql', '/health/ready'));
      const { supergraph } = (await health.json()) as { supergraph?: { status?: string } };
      return `supergraph: ${supergraph?.status}`;
    });
    await phase('another schema, 600 types larger', async () => {
      const began = performance.now();
      writeConfig(`${bench.folder}/calm`, [...schemas, large(bench.subgraphs.urls.customers as string)]);
      const until = performance.now() + 60_000;
      while (performance.now() < until) {
        const { failed } = await ask(contestant, '{ large0 { __typename } }');
        if (!failed) return `in use after ${((performance.now() - began) / 1000).toFixed(1)} s`;
        await new Promise((done) => setTimeout(done, 200));
      }
      return 'not in use after 60 s';
    });
  }
  await bench.stop(contestant);
  return phases;
}

function schemasOf(urls: Readonly<Record<string, string>>): SubgraphFile[] {
  const own = subgraphNames.map((name) => ({ name, url: urls[name] as string, sdl: subgraphSdl(name) }));
  return [...own, ...stressSubgraphs(fields).map((each) => ({ ...each, url: urls.customers as string }))];
}

/** A subgraph with many types. */
function large(url: string): SubgraphFile {
  const types = Array.from(
    { length: 600 },
    (_, i) => `type Large${i} { id: ID! name: String next: Large${(i + 1) % 600} }`,
  );
  const roots = Array.from({ length: 50 }, (_, i) => `large${i}: Large${i}`);
  return { name: 'large', url, sdl: `type Query { ${roots.join(' ')} }\n${types.join('\n')}` };
}

async function ask({ url }: Contestant, query: string) {
  const began = performance.now();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { errors } = (await response.json()) as { errors?: { extensions?: { code?: string } }[] };
  return {
    status: response.status,
    failed: errors !== undefined,
    code: errors?.[0]?.extensions?.code ?? '',
    ms: performance.now() - began,
  };
}

function told({ status, code, ms }: Awaited<ReturnType<typeof ask>>): string {
  return `${status} ${code} after ${Math.round(ms).toLocaleString('en')} ms`;
}

/** Runs one after the other as one. Its median is that of the longest. */
function joined(parts: readonly Measured[]): Measured {
  const [first, ...rest] = parts.toSorted((a, b) => b.requests - a.requests) as [Measured, ...Measured[]];
  return {
    ...first,
    requests: parts.reduce((sum, { requests }) => sum + requests, 0),
    p99: Math.max(first.p99, ...rest.map(({ p99 }) => p99)),
    slowest: Math.max(first.slowest, ...rest.map(({ slowest }) => slowest)),
    wrong: parts.reduce((sum, { wrong }) => sum + wrong, 0),
  };
}
