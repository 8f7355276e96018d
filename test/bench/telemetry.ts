import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bench, Part } from './bench.ts';
import { compareStarted } from './compare.ts';

/** How much more telemetry may cost of a customer view's CPU time. */
const most = 1.05;

/** One request in so many is traced. */
const ratio = 0.01;

/** Junction that counts and records nothing, and with metrics, a log of slow operations, and traces of one request in a hundred. */
export async function telemetry(bench: Bench): Promise<Part> {
  const collector = await startCollector();
  const off = await bench.start('junction-untold', { env: { METRICS: 'off', SLOW_OPERATION_MS: '0' } });
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: String(ratio) };
  const on = await bench.start('junction-told', { env });
  const { text, figures, summary } = await compareStarted(bench, 'view', [off, on], { base: 'junction-untold' });
  collector.close();
  if (collector.batches() === 0) bench.faults.push('telemetry: no span was sent');
  const times = summary.find(({ name }) => name === 'junction-told')?.toBaseline ?? Number.NaN;
  const verdict = `  telemetry: ${times.toFixed(3)} × the CPU time; at most ${most} × is allowed: ${times <= most ? 'kept' : 'EXCEEDED'}\n`;
  return { text: text + verdict, figures };
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
