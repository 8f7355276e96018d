import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Bench, Part } from './bench.ts';
import { compareStarted } from './compare.ts';
import type { Contestant } from './contestants.ts';
import { Helper } from './process.ts';
import type { StandInCalls } from './stand-ins.ts';
import { wholeWorkload } from './workloads.ts';

/** In two processes, as `npm start` has them. */
const systems = [
  ['customers', 'orders'],
  ['inventory', 'finance'],
];

/** All of `npm start`, subgraphs included, against the same view written by hand; both on the same stand-ins. */
export async function whole(bench: Bench): Promise<Part> {
  const processes: Helper<StandInCalls>[] = [];
  const env: Record<string, string> = {};
  for (const names of systems) {
    const standIns = new Helper<StandInCalls>(resolve(import.meta.dirname, 'stand-ins.ts'));
    const order = { checkout: bench.options.checkout, names, folder: join(bench.folder, 'demo') };
    Object.assign(env, await standIns.call('start', order));
    processes.push(standIns);
  }
  const contestants: Contestant[] = [];
  for (const name of ['hand-whole', 'start'] as const) contestants.push(await bench.start(name, { env }));
  const [hand, junction] = contestants as [Contestant, Contestant];
  const ids = await customerIds(junction.url);
  const requests = ids.slice(0, bench.options.different).map((id) => wholeWorkload.request(id));
  const answers: unknown[] = [];
  // Nobody else knows what is right; what two that share no code agree on is taken for that.
  for (const request of requests) {
    const [one, other] = [await post(hand.url, request), await post(junction.url, request)];
    if (!isDeepStrictEqual(one, other)) {
      const at = `${JSON.stringify(one).slice(0, 5000)}\n${JSON.stringify(other).slice(0, 5000)}`;
      throw new Error(`customer ${request.variables.id}: the program written by hand and Junction differ:\n${at}`);
    }
    answers.push(other);
  }
  await bench.define(requests, answers);
  const callsOf = async () => {
    const counts = await Promise.all(processes.map((each) => each.call('count', undefined)));
    return counts.reduce((sum, each) => sum + each, 0);
  };
  // More at the same time the ERP's stand-in doesn't bear: it takes a core of its own.
  const part = await compareStarted(bench, 'whole', contestants, { levels: [1, 4, 16], callsOf });
  for (const each of processes) await each.stop();
  return part;
}

async function customerIds(url: string): Promise<string[]> {
  const query = `query ($after: String) { customers(first: 100, after: $after) { nodes { id } pageInfo { endCursor } } }`;
  const ids: string[] = [];
  let after: string | null = null;
  while (ids.length < wholeWorkload.count) {
    const { data } = (await post(url, { query, variables: { after } })) as {
      data: { customers: { nodes: { id: string }[]; pageInfo: { endCursor: string } } };
    };
    ids.push(...data.customers.nodes.map(({ id }) => id));
    after = data.customers.pageInfo.endCursor;
  }
  return ids.slice(0, wholeWorkload.count);
}

async function post(url: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}
