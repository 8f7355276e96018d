import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bench, Part } from './bench.ts';
import { type Contestant, titles } from './contestants.ts';
import { keepApart, letMix } from './cores.ts';
import { meanRatio, median } from './statistics.ts';
import { table } from './table.ts';

/** How much more telemetry may cost of a customer view's CPU time. */
const most = 1.05;

/** One request in so many is traced. */
const ratio = 0.01;

/** How many times the usual three seconds: what a process takes per request falls for about ten, while V8 compiles. */
const warmUps = 3;

/** How long a turn is, in seconds: what slows the machine down for a while then meets both. */
const turn = 0.5;

/**
 * Junction that counts and records nothing, and with metrics, a log of slow operations, and traces of one request in a hundred. Two
 * processes of the very same program differ by up to a tenth, by what V8 made of it: so each round starts a pair anew, and what is
 * told is the mean of the pairs with its standard error.
 */
export async function telemetry(bench: Bench): Promise<Part> {
  const collector = await startCollector();
  const { rounds } = bench.options;
  const pairs: { readonly off: number; readonly on: number }[] = [];
  for (let round = 0; round < rounds; round++) pairs.push(await pair(bench, collector.url, round % 2 === 1));
  letMix();
  collector.close();
  if (collector.batches() === 0) bench.faults.push('telemetry: no span was sent');
  const { mean, error } = meanRatio(pairs.map(({ on, off }) => on / off));
  const row = (name: 'off' | 'on', title: string) => {
    const all = pairs.map((each) => each[name]);
    return { title, cells: [median(all), Math.min(...all), Math.max(...all)] };
  };
  const rows = [row('off', titles['junction-untold']), row('on', titles['junction-told'])];
  const verdict = mean <= most ? 'kept' : 'EXCEEDED';
  const text = `customer view, ${rounds} pairs of processes, on a core of their own
${table(['CPU ms', 'least', 'most'], rows)}  telemetry: ${mean.toFixed(3)} × the CPU time, ± ${error.toFixed(3)} (standard error); at most ${most} × is allowed: ${verdict}\n`;
  return { text, figures: { pairs, mean, error } };
}

/** CPU time per request of both, in milliseconds. */
async function pair(bench: Bench, collector: string, onFirst: boolean) {
  const start = {
    off: () => bench.start('junction-untold', { env: { METRICS: 'off', SLOW_OPERATION_MS: '0' } }),
    on: () =>
      bench.start('junction-told', {
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_TRACES_SAMPLER_ARG: String(ratio) },
      }),
  };
  const names = onFirst ? (['on', 'off'] as const) : (['off', 'on'] as const);
  const both: { name: 'off' | 'on'; contestant: Contestant; cpuMs: number; requests: number }[] = [];
  for (const name of names) both.push({ name, contestant: await start[name](), cpuMs: 0, requests: 0 });
  keepApart(both.map(({ contestant }) => contestant.pid));
  for (const { contestant } of both) await bench.warmUp(contestant, 'view', 16, warmUps);
  const turns = Math.ceil((2 * bench.options.seconds) / turn);
  for (let i = 0; i < turns; i++) {
    for (const each of i % 2 === 0 ? both : both.toReversed()) {
      const { cpuMs, requests } = await bench.run(each.contestant, 'view', { connections: 16, seconds: turn });
      each.cpuMs += cpuMs * requests;
      each.requests += requests;
    }
  }
  for (const { contestant } of both) await bench.stop(contestant);
  const of = (wanted: 'off' | 'on') => {
    const { cpuMs = Number.NaN, requests = Number.NaN } = both.find(({ name }) => name === wanted) ?? {};
    return cpuMs / requests;
  };
  return { off: of('off'), on: of('on') };
}

/** Takes spans as a collector does, and throws them away. */
async function startCollector() {
  let batches = 0;
  const server = createServer((request, response) => {
    batches += 1;
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    batches: () => batches,
    close: () => server.close(),
  };
}
