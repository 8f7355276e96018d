import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordOf } from '../../../gateway/telemetry/record.ts';
import { observeRequests } from '../../../gateway/telemetry/requests.ts';
import { SlowOperations } from '../../../gateway/telemetry/slow-operations.ts';
import { itemFetch, parallel, rootFetch, sequence } from '../execution/fixture.ts';
import { ask, embedded, run, subgraphSchema } from '../fixture.ts';

type Line = Readonly<Record<string, unknown>>;

function slowLog(thresholdMs: number) {
  const lines: Line[] = [];
  const log = { warn: (details: object, message: string) => lines.push({ ...details, message }) };
  return { lines, slow: new SlowOperations({ thresholdMs, log: log as never }) };
}

test('a slow operation is one line, with its plan and no value of a client', async (t) => {
  const { lines, slow } = slowLog(0.001);
  const { origin, log } = await run(t, {
    subgraphs: {
      orders: { ...embedded(subgraphSchema('orders')), execute: () => Promise.reject(new Error('geheim0')) },
    },
    server: { observer: observeRequests({ slow, sinks: [] }) },
  });
  const name = `Slow${'w'.repeat(200)}`;
  const query = `query ${name}($a: ID!, $b: Boolean = true, $c: ID = "geheim1") {
    mine: customer(id: $a) { name orders @include(if: $b) { total } }
    other: customer(id: "geheim2") { id }
    third: customer(id: $c) { id }
    order(id: 4711) { id }
  }`;
  await ask(origin, query, { a: 'geheim3' });
  const [line] = lines;
  assert.equal(lines.length, 1);
  const { requestId, ms, preparingMs, plan, ...rest } = line ?? {};
  assert.deepEqual(rest, {
    message: 'a slow operation',
    traceId: undefined,
    status: 200,
    code: undefined,
    operation: `Slow${'w'.repeat(96)}`,
    text: `query ${name}($a:ID!$b:Boolean="…"$c:ID="…"$id:ID!$id_2:ID!){mine:customer(id:$a){name orders@include(if:$b){total}}other:customer(id:$id){id}third:customer(id:$c){id}order(id:$id_2){id}}`,
  });
  assert.deepEqual([typeof requestId, typeof ms, typeof preparingMs], ['string', 'number', 'number']);
  // Nobody of that id is there, so that nothing is asked about their orders.
  assert.deepEqual(
    (plan as string[]).map((text) => text.replace(/\d+(\.\d+)?(?= ms)/g, '#')),
    [
      'parallel',
      '  sequence',
      '    fetch customers: # ms from # ms on',
      '    if $b',
      '      fetch orders: not made',
      '  fetch orders: # ms from # ms on, SUBGRAPH_FAILED',
    ],
  );
  assert.doesNotMatch(JSON.stringify([lines, log]), /geheim[1-9]|4711/);
});

test('no line for what is as fast as expected, or where none is wanted', async (t) => {
  for (const thresholdMs of [60_000, 0]) {
    const { lines, slow } = slowLog(thresholdMs);
    const { origin } = await run(t, { server: { observer: observeRequests({ slow, sinks: [] }) } });
    await ask(origin, '{ customers { name } }');
    assert.deepEqual(lines, []);
  }
});

test('ten lines a minute for the same text, then one that says how many more there were', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { lines, slow } = slowLog(1);
  const look = (text: string | undefined, times: number) => {
    for (let i = 0; i < times; i++) {
      const record = { ...recordOf(`${text} ${i}`, undefined), startedAt: performance.now() - 5_000 };
      if (text !== undefined) record.operation = { kind: 'query', name: 'Name', text };
      slow.look(record, { endedAt: performance.now(), status: 200 });
    }
  };
  look('{a}', 25);
  look('{b}', 3);
  look(undefined, 11);
  assert.equal(lines.length, 10 + 3 + 10);
  lines.length = 0;
  t.mock.timers.tick(60_000);
  const message = 'more slow operations were not logged';
  assert.deepEqual(lines, [
    { operation: 'Name', text: '{a}', leftOut: 15, message },
    { operation: undefined, text: undefined, leftOut: 1, message },
  ]);
  look('{a}', 1);
  assert.equal(lines.length, 3);
  // Whoever makes up texts fills no log either.
  lines.length = 0;
  for (let i = 0; i < 1_000; i++) look(`{a${i}}`, 1);
  assert.ok(lines.length <= 111, String(lines.length));
});

test('a long text is shortened, and a plan says what came of each fetch', () => {
  const { lines, slow } = slowLog(1);
  const [root, one, two] = [rootFetch('a', ['x']), itemFetch('b', ['x']), itemFetch('c', ['x'])];
  const record = { ...recordOf('id', undefined), startedAt: performance.now() - 1_000 };
  record.executedAt = record.startedAt + 10;
  record.operation = {
    kind: 'query',
    text: 'x'.repeat(5_000),
    steps: sequence(root, parallel(one, two), { kind: 'condition', variable: 'v', otherwise: rootFetch('d', ['y']) }),
  };
  const at = record.executedAt;
  record.fetches.push({ step: root, startedAt: at, ms: 12.34, bytes: 100 });
  record.fetches.push({ step: one, startedAt: at + 13, ms: 5, errors: 1, shared: true });
  record.fetches.push({ step: two, startedAt: at + 13.06 });
  slow.look(record, { endedAt: performance.now(), status: 499, code: 'REQUEST_CANCELED' });
  assert.equal(String(lines[0]?.text).length, 4_001);
  assert.deepEqual(lines[0]?.plan, [
    'sequence',
    '  fetch a: 12.3 ms from 0 ms on, 100 bytes',
    '  parallel',
    '    fetch b: 5 ms from 13 ms on, 1 error, shared',
    '    fetch c: under way from 13.1 ms on',
    '  unless $v',
    '    fetch d: not made',
  ]);
});
