import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import parse from 'parse-prometheus-text-format';
import { pino } from 'pino';
import { defaultConfigFile } from '../../../gateway/config-file.ts';
import { RequestMetrics } from '../../../gateway/telemetry/metrics.ts';
import { openMetrics } from '../../../gateway/telemetry/process-metrics.ts';
import { recordOf } from '../../../gateway/telemetry/record.ts';
import { openTelemetry } from '../../../gateway/telemetry/telemetry.ts';
import { embedded, post, served, subgraphSchema, until } from '../fixture.ts';
import { counted, seriesOf, telemetrySettings, valueIn } from './counted.ts';

const query = 'query Orders($id: ID!) { customer(id: $id) { name orders { total } } }';

test('requests, their fetches and their plans are counted, as a parser of the text reads them', async (t) => {
  const gateway = await counted(t);
  for (const id of ['1', '2', '1']) await gateway.ask(query, { id });
  await gateway.ask('{ customers { name } }');
  await gateway.ask('{ nothing }');
  await post(gateway.origin, '{', {});
  await post(gateway.origin, ' '.repeat(1_048_577));
  const response = await gateway.metrics();
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(response.headers.get('cache-control'), 'private, no-store');
  const text = await response.text();
  const counts = seriesOf(text)
    .filter(({ name }) => name.startsWith('junction_') && !/_bucket$|_sum$|_seconds$|event_loop|_bytes$/.test(name))
    .filter(({ name }) => !/_seconds_total$/.test(name))
    .map(({ name, labels, value }) => `${name.slice('junction_'.length)} ${Object.values(labels).join(' ')} ${value}`);
  assert.deepEqual(counts.filter((line) => !/supergraph_info|planning_processes/.test(line)).sort(), [
    'fetch_bytes_total customers 0',
    'fetch_bytes_total orders 0',
    'fetch_duration_seconds_count customers 4',
    'fetch_duration_seconds_count orders 3',
    'fetches_total customers OK 4',
    'fetches_total orders OK 3',
    'persisted_operations_total known 0',
    'persisted_operations_total unknown 0',
    'plan_cache_entries  2',
    'plan_cache_hits_total  2',
    'plan_cache_misses_total  3',
    'planning_duration_seconds_count  3',
    'planning_queue_length  0',
    'refusals_total BAD_REQUEST  1',
    'refusals_total GRAPHQL_VALIDATION_FAILED  1',
    'refusals_total PAYLOAD_TOO_LARGE body_bytes 1',
    'request_duration_seconds_count Orders 3',
    'request_duration_seconds_count anonymous 1',
    'request_duration_seconds_count none 3',
    'requests_in_flight  0',
    'requests_total Orders query 200 ok 3',
    'requests_total anonymous query 200 ok 1',
    'requests_total none none 200 refused 1',
    'requests_total none none 400 refused 1',
    'requests_total none none 413 refused 1',
    'supergraph_outdated  0',
    'workers answering 1',
    'workers missing 0',
  ]);
  assert.ok((valueIn(text, 'process_resident_memory_bytes') ?? 0) > 1e7);
  assert.match(
    seriesOf(text).find(({ name }) => name === 'junction_supergraph_info')?.labels.version ?? '',
    /^[\da-f]{12}$/,
  );
});

test('names and units are by the rules of Prometheus', async (t) => {
  const gateway = await counted(t);
  await gateway.ask(query, { id: '1' });
  const own = parse(await (await gateway.metrics()).text()).filter(({ name }) => name.startsWith('junction_'));
  assert.ok(own.length > 20, String(own.length));
  for (const { name, help, type } of own) {
    assert.match(name, /^junction_[a-z_]+$/);
    assert.match(help, /^\S.*\.$/, name);
    assert.equal(name.endsWith('_total'), type === 'COUNTER', name);
    if (type === 'HISTOGRAM') assert.match(name, /_seconds$/);
    assert.doesNotMatch(name, /milliseconds|_ms|_mb/);
  }
});

test('a histogram holds each duration in all buckets that are long enough', async (t) => {
  const gateway = await counted(t);
  for (let i = 0; i < 5; i += 1) await gateway.ask(query, { id: '1' });
  const text = await (await gateway.metrics()).text();
  const ofOrders = seriesOf(text).filter(({ labels }) => labels.operation === 'Orders');
  const buckets = ofOrders.filter(({ name }) => name === 'junction_request_duration_seconds_bucket');
  assert.equal(buckets.at(-1)?.labels.le, '+Inf');
  assert.equal(buckets.at(-1)?.value, 5);
  for (const [i, { value }] of buckets.entries()) assert.ok(value >= (buckets[i - 1]?.value ?? 0));
  const sum = valueIn(text, 'junction_request_duration_seconds_sum', { operation: 'Orders' }) ?? 0;
  assert.ok(sum > 0 && sum < 5, `${sum} s`);
});

test('a fetch without an answer counts by its code, one with errors as ERRORS, and what is worked on is known', async (t) => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let asked = 0;
  const orders = await served(t, async (_body, response) => {
    asked += 1;
    await released;
    response.writeHead(500).end();
  });
  const ill = embedded(
    subgraphSchema('customers', {
      Query: {
        customers: () => {
          throw new Error('no CRM');
        },
      },
    }),
  );
  const gateway = await counted(t, { subgraphs: { customers: ill, orders } });
  const waiting = gateway.ask('query Order { order(id: "1") { total } }');
  await until(() => asked > 0);
  assert.equal(await gateway.value('junction_requests_in_flight'), 1);
  assert.equal(await gateway.value('junction_subgraph_pool', { subgraph: 'orders', state: 'used' }), 1);
  release();
  await waiting;
  await gateway.ask('query Customers { customers { name } }');
  assert.equal(await gateway.value('junction_requests_in_flight'), 0);
  assert.equal(await gateway.value('junction_fetches_total', { subgraph: 'orders', code: 'SUBGRAPH_FAILED' }), 1);
  assert.equal(await gateway.value('junction_fetches_total', { subgraph: 'orders', code: 'OK' }), 0);
  assert.equal(await gateway.value('junction_fetches_total', { subgraph: 'customers', code: 'ERRORS' }), 1);
  for (const operation of ['Order', 'Customers'])
    assert.equal(await gateway.value('junction_requests_total', { operation, outcome: 'partial' }), 1, operation);
});

test('whoever asks for OpenMetrics gets it', async (t) => {
  const gateway = await counted(t);
  await gateway.ask(query, { id: '1' });
  const open = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
  const accepts: [string, string][] = [
    ['application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', open],
    ['text/plain, application/openmetrics-text;q=0.5', 'text/plain; version=0.0.4; charset=utf-8'],
    ['*/*', 'text/plain; version=0.0.4; charset=utf-8'],
  ];
  for (const [accept, type] of accepts) {
    const response = await gateway.metrics({ accept });
    assert.equal(response.headers.get('content-type'), type, accept);
    const text = await response.text();
    const isOpen = type === open;
    assert.equal(text.endsWith('# EOF\n'), isOpen);
    assert.match(text, isOpen ? /^# TYPE junction_requests counter$/m : /^# TYPE junction_requests_total counter$/m);
    assert.match(text, /^junction_requests_total\{operation="Orders",.*\} 1$/m);
    assert.doesNotMatch(text, /_total_total/);
    assert.match(text, /^process_start_time_seconds \d/m);
  }
});

test('ten thousand names of operations leave two hundred labels, and what is kept does not grow', async () => {
  const metrics = await openMetrics({ metrics: true });
  assert.ok(metrics);
  const requests = new RequestMetrics({ registry: metrics.registry });
  const count = (name: string) => {
    const record = recordOf('id', undefined);
    record.operation = { kind: 'query', name, text: '' };
    requests.count(record, { endedAt: performance.now(), status: 200 });
  };
  const lines = async () => (await metrics.registry.metrics()).split('\n').length;
  for (let i = 0; i < 1_000; i += 1) count(`First${i}`);
  const before = await lines();
  const heap = used();
  // Names that are made as they come, as those of requests are.
  for (let i = 0; i < 10_000; i += 1) count(`Name${i}_${randomBytes(150).toString('hex')}`);
  assert.equal(await lines(), before);
  const grown = used() - heap;
  assert.ok(grown < 1e6, `${grown} bytes`);
  const text = await metrics.registry.metrics();
  const labels = new Set(seriesOf(text).flatMap(({ labels: { operation } }) => operation ?? []));
  assert.equal(labels.size, 201);
  assert.equal(valueIn(text, 'junction_requests_total', { operation: 'other' }), 10_800);
  assert.equal(valueIn(text, 'junction_requests_total', { operation: 'First0' }), 1);
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What the heap holds once garbage is collected, in bytes. */
function used(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('names are labels of letters, digits and underscores, 64 at most', async () => {
  const metrics = await openMetrics({ metrics: true });
  assert.ok(metrics);
  const requests = new RequestMetrics({ registry: metrics.registry, operations: Number.POSITIVE_INFINITY });
  for (const name of ['a"} 1\nb{c="', 'ü', 'x'.repeat(100), undefined]) {
    const record = recordOf('id', undefined);
    record.operation = { kind: 'query', name, text: '' };
    requests.count(record, { endedAt: performance.now(), status: 200 });
  }
  const text = await metrics.registry.metrics();
  const operations = seriesOf(text).filter(({ name }) => name === 'junction_requests_total');
  assert.deepEqual(
    operations.map(({ labels }) => labels.operation),
    ['a___1_b_c__', '_', 'x'.repeat(64), 'anonymous'],
  );
});

test('with a manifest alone, all of its names are labels', async () => {
  const file = {
    ...defaultConfigFile,
    persisted_operations: { ...defaultConfigFile.persisted_operations, only: true },
  };
  const log = pino({ level: 'silent' });
  for (const [what, most] of [
    [file, 250],
    [defaultConfigFile, 200],
  ] as const) {
    const config = { telemetry: { ...telemetrySettings, metrics: true }, file: what };
    const telemetry = await openTelemetry({ config, metrics: await openMetrics(config.telemetry), log });
    for (let i = 0; i < 250; i += 1) {
      const { observer } = telemetry;
      assert.ok(observer);
      const record = observer.begin({ id: 'id', headers: {} });
      record.operation = { kind: 'query', name: `Name${i}`, text: '' };
      observer.end(record, { endedAt: performance.now(), status: 200 });
    }
    const text = (await telemetry.counting?.metrics('prometheus'))?.text ?? '';
    const value = (operation: string) => valueIn(text, 'junction_requests_total', { operation });
    assert.deepEqual([value('other'), value('Name249')], most === 250 ? [undefined, 1] : [50, undefined]);
  }
});

test('with METRICS=off nothing is counted, and the answer names the setting', async (t) => {
  const gateway = await counted(t, { counts: false });
  // With nothing else that wants it, nobody even sees requests.
  assert.equal(gateway.telemetry.observer, undefined);
  await gateway.ask(query, { id: '1' });
  const response = await gateway.metrics();
  assert.equal(response.status, 404);
  const { errors } = (await response.json()) as { errors: unknown };
  const message = 'Nothing is counted: METRICS=off.';
  assert.deepEqual(errors, [{ message, extensions: { code: 'NOT_FOUND' } }]);
  const { gateway: told, subgraphs } = await gateway.systems();
  assert.deepEqual([told.lastHour, subgraphs.map(({ lastHour }) => lastHour)], [undefined, [undefined, undefined]]);
});
