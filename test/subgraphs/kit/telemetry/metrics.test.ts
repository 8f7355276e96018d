import assert from 'node:assert/strict';
import { test } from 'node:test';
import parse from 'parse-prometheus-text-format';
import { Histogram, Registry } from 'prom-client';
import { Durations, usualBuckets } from '../../../../subgraphs/kit/telemetry/durations.ts';
import { SystemMetrics } from '../../../../subgraphs/kit/telemetry/metrics.ts';

const name = { subgraph: 'orders', system: 'shop "north"', kind: 'sqlite' } as const;

/** Each metric by its name, as a collector reads it. */
async function read(registry: Registry) {
  return Object.fromEntries(parse(await registry.metrics()).map((metric) => [metric.name, metric]));
}

test('calls are counted by how they ended, their durations in buckets', async () => {
  const registry = new Registry();
  const metrics = new SystemMetrics(registry);
  const sink = metrics.open(name, () => ({ used: 3, waiting: 7 }));
  sink.add(0.4, 'OK', 'r1');
  sink.add(1, 'OK', 'r2');
  sink.add(60, 'SYSTEM_FAILED', 'r3');
  sink.add(20_000, 'CANCELED', 'r4');
  metrics.open({ ...name, subgraph: 'finance', kind: 'soap' }, () => undefined);
  const { junction_system_calls_total: calls, junction_system_pool: pool } = await read(registry);
  const durations = (await read(registry)).junction_system_call_duration_seconds;
  assert.deepEqual([calls?.type, pool?.type, durations?.type], ['COUNTER', 'GAUGE', 'HISTOGRAM']);
  const { subgraph, system, kind } = name;
  assert.deepEqual(
    calls?.metrics.map(({ value, labels }) => [value, { ...labels }]),
    [
      ['2', { subgraph, system, kind, code: 'OK' }],
      ['1', { subgraph, system, kind, code: 'SYSTEM_FAILED' }],
      ['1', { subgraph, system, kind, code: 'CANCELED' }],
    ],
  );
  assert.deepEqual(
    pool?.metrics.map(({ value, labels }) => [value, labels?.state]),
    [
      ['3', 'used'],
      ['7', 'waiting'],
    ],
  );
  const lines = (await registry.metrics()).split('\n');
  const labels = `subgraph="orders",system="shop \\"north\\""`;
  const duration = 'junction_system_call_duration_seconds';
  for (const line of [
    `${duration}_bucket{${labels},le="0.001"} 2`,
    `${duration}_bucket{${labels},le="0.1"} 3`,
    `${duration}_bucket{${labels},le="10"} 3`,
    `${duration}_bucket{${labels},le="+Inf"} 4`,
    `${duration}_count{${labels}} 4`,
  ])
    assert.ok(lines.includes(line), line);
  const [recent] = metrics.recent();
  assert.deepEqual(
    [recent?.subgraph, recent?.minutes.at(-1)?.calls, recent?.minutes.at(-1)?.errors],
    ['orders', 4, { SYSTEM_FAILED: 1 }],
  );
});

test('durations are told as prom-client itself tells them', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const options = { name: 'd', help: 'How long.', labelNames: ['a', 'b'] as const };
  const durations = new Durations(ours, options);
  const histogram = new Histogram({
    ...options,
    labelNames: ['a', 'b'],
    buckets: [...usualBuckets],
    registers: [theirs],
  });
  for (const [a, b, seconds] of [
    ['x', 'y', 0.001],
    ['x', 'y', 0.0011],
    ['x', 'y"\\\n', 10],
    ['x', 'y"\\\n', 10.5],
    ['x', 'y', 0],
  ] as const) {
    durations.series({ a, b }).observe(seconds);
    histogram.labels(a, b).observe(seconds);
  }
  assert.equal(durations.series({ a: 'x', b: 'y' }), durations.series({ b: 'y', a: 'x' }));
  // Labels may stand in any order.
  const lines = async (registry: Registry) =>
    (await registry.metrics())
      .split('\n')
      .map((line) => line.replace(/\{(.*)\}/, (_, all) => `{${all.split(/,(?=\w+=)/).sort()}}`));
  assert.deepEqual(await lines(ours), await lines(theirs));
  assert.equal((await ours.getMetricsAsJSON())[0]?.values.length, (await theirs.getMetricsAsJSON())[0]?.values.length);
});

test('a subgraph that is replaced goes on counting, and only what is open has a pool', async () => {
  const registry = new Registry();
  const metrics = new SystemMetrics(registry);
  const before = metrics.open(name, () => ({ used: 1, waiting: 0 }));
  before.add(1, 'OK', 'r1');
  const after = metrics.open(name, () => ({ used: 2, waiting: 5 }));
  const used = async () => (await read(registry)).junction_system_pool?.metrics.map(({ value }) => value);
  assert.deepEqual(await used(), ['3', '5']);
  before.close();
  after.add(1, 'OK', 'r2');
  assert.deepEqual(await used(), ['2', '5']);
  after.close();
  assert.deepEqual(await used(), []);
  assert.equal((await read(registry)).junction_system_calls_total?.metrics[0]?.value, '2');
});
