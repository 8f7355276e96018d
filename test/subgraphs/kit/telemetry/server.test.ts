import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import parse from 'parse-prometheus-text-format';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type SubgraphServerOptions, serveSubgraph } from '../../../../subgraphs/kit/server.ts';
import { openSubgraph } from '../../../../subgraphs/kit/subgraph.ts';
import { SystemMetrics } from '../../../../subgraphs/kit/telemetry/metrics.ts';
import { createTracer } from '../../../../subgraphs/kit/telemetry/tracer.ts';
import { startOtlp } from '../../../servers/otlp.ts';
import { libraryParts, openLibrary } from '../library.ts';

// A subgraph as a service: its place in the gateway's trace, and what a collector of metrics gets.

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';

async function serve(t: TestContext, options: Omit<SubgraphServerOptions, 'host' | 'port'>, metrics?: SystemMetrics) {
  const library = await openLibrary();
  const log = { info() {}, warn() {}, error() {} };
  const opening = { name: 'library', environment: { LIBRARY_URL: library.url }, log, systemTimeoutMs: 5_000 };
  const subgraph = await openSubgraph(libraryParts(), { ...opening, observer: metrics });
  const server = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0, ...options });
  t.after(async () => {
    await server.close();
    await subgraph.close();
    await library.close();
  });
  return (headers: Record<string, string>, body = '{"query":"{ book(id: 1) { title } }"}') =>
    fetch(`${server.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
}

test("spans of a service stand below the gateway's, and the gateway decides", async (t) => {
  const after = (stop: () => unknown) => t.after(() => tracer.shutdown().then(stop));
  const otlp = await startOtlp({ after });
  const log = { warn() {} };
  const options = {
    serviceName: 'junction-library',
    endpoint: otlp.url,
    headers: {},
    ratio: 0,
    followsCallers: true,
    log,
  };
  const tracer = await createTracer({ ...options, delayMs: 1 });
  const ask = await serve(t, { tracer });
  for (const headers of [{}, { traceparent: `00-${traceId}-${parent}-00` }, { traceparent: 'nonsense' }])
    assert.deepEqual(await (await ask(headers)).json(), { data: { book: { title: 'Anfang' } } });
  await ask({ traceparent: `00-${traceId}-${parent}-01` });
  const spans = await otlp.until(3);
  assert.deepEqual(
    spans.map(({ service, name, kind, traceId: id }) => [service, name, kind, id]),
    [
      ['junction-library', 'POST /graphql', 'server', traceId],
      ['junction-library', 'resolve library', 'internal', traceId],
      ['junction-library', 'SELECT book', 'client', traceId],
    ],
  );
  const [server, resolving, statement] = spans;
  assert.deepEqual(
    [server?.parentSpanId, resolving?.parentSpanId, statement?.parentSpanId],
    [parent, server?.spanId, resolving?.spanId],
  );
  assert.deepEqual(server?.attributes, {
    'http.request.method': 'POST',
    'http.route': '/graphql',
    'http.response.status_code': 200,
  });
  await ask({ traceparent: `00-${traceId}-${parent}-01` }, 'nonsense');
  const [, , , refused] = await otlp.until(4);
  assert.deepEqual(
    [refused?.name, refused?.attributes['http.response.status_code'], refused?.status],
    ['POST /graphql', 400, 'unset'],
  );
});

test('/metrics has the calls to the system beside what the process takes', async (t) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const ask = await serve(t, { metrics: registry }, new SystemMetrics(registry));
  const { url } = await ask({});
  const response = await fetch(new URL('/metrics', url));
  assert.match(String(response.headers.get('content-type')), /^text\/plain; version=0\.0\.4/);
  const metrics = parse(await response.text());
  const calls = metrics.find((each) => each.name === 'junction_system_calls_total');
  assert.deepEqual(
    calls?.metrics.map(({ value, labels }) => [value, { ...labels }]),
    [['1', { subgraph: 'library', system: 'library', kind: 'sqlite', code: 'OK' }]],
  );
  assert.ok(metrics.some((each) => each.name === 'process_cpu_seconds_total'));
});

test('without metrics there is no such path', async (t) => {
  const ask = await serve(t, {});
  const { url } = await ask({});
  assert.equal((await fetch(new URL('/metrics', url))).status, 404);
});
