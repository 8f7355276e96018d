import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptCounts } from '../../../gateway/telemetry/kept-counts.ts';
import {
  type Channel,
  PeerExchange,
  Peers,
  type PeersToWorker,
  type PeerWorker,
} from '../../../gateway/telemetry/peers.ts';

/** Workers and their primary process, with JSON between them, as over a channel. */
function company(count: number, deadlineMs = 1_000) {
  const listeners: ((message: unknown) => void)[][] = Array.from({ length: count }, () => []);
  const workers: PeerWorker[] = listeners.map((own, id) => ({
    id,
    send: (message: PeersToWorker) => void setImmediate(() => own.forEach((each) => void each(parsed(message)))),
  }));
  const exchange = new PeerExchange(() => workers, deadlineMs);
  const peers = workers.map((worker, i) => {
    const channel: Channel = {
      send: (message) => void setImmediate(() => exchange.onMessage(worker, parsed(message))),
      onMessage: (listener) => void listeners[i]?.push(listener),
    };
    return new Peers(channel, count - 1);
  });
  return { peers, exchange, workers };
}

function parsed<T>(message: T): T {
  return JSON.parse(JSON.stringify(message)) as T;
}

test('each is told what all others say, whoever asks, also at the same time', async () => {
  const { peers } = company(3);
  for (const [i, each] of peers.entries()) {
    each.tell('metrics', async () => ({ of: i }));
    each.tell('hour', () => i);
  }
  const answers = await Promise.all(peers.map((each) => each.ask('metrics')));
  assert.deepEqual(answers, [
    { answers: [{ of: 1 }, { of: 2 }], missing: 0, kept: [] },
    { answers: [{ of: 0 }, { of: 2 }], missing: 0, kept: [] },
    { answers: [{ of: 0 }, { of: 1 }], missing: 0, kept: [] },
  ]);
  assert.deepEqual(await peers[1]?.ask('hour'), { answers: [0, 2], missing: 0, kept: [] });
});

test('who says nothing in time, cannot say it, or ends meanwhile is left out and counted', async () => {
  const { peers, exchange } = company(4, 20);
  const never = Promise.withResolvers<void>();
  peers[1]?.tell('metrics', () => never.promise);
  peers[2]?.tell('metrics', () => Promise.reject(new Error('no')));
  peers[3]?.tell('metrics', () => 3);
  assert.deepEqual(await peers[0]?.ask('metrics'), { answers: [3], missing: 2, kept: [] });
  never.resolve();

  const { peers: others, exchange: patient } = company(2, 600_000);
  const asked = others[0]?.ask('metrics');
  const reached = Promise.withResolvers<void>();
  others[1]?.tell('metrics', () => {
    reached.resolve();
    return new Promise(() => {});
  });
  await reached.promise;
  patient.onExit(1);
  assert.deepEqual(await asked, { answers: [], missing: 1, kept: [] });
  exchange.onExit(1);
});

test('a worker whose primary process does not answer counts all others as missing', async () => {
  const silent = new Peers({ send: () => {}, onMessage: () => {} }, 3);
  assert.deepEqual(await silent.ask('metrics'), { answers: [], missing: 3, kept: [] });
});

test('messages of others are nobody’s business here', async () => {
  const listeners: ((message: unknown) => void)[] = [];
  const sent: unknown[] = [];
  new Peers({ send: (message) => void sent.push(message), onMessage: (each) => void listeners.push(each) }, 1);
  for (const message of [undefined, null, 'peers', { id: 1, names: [] }]) listeners[0]?.(message);
  await new Promise(setImmediate);
  assert.deepEqual(sent, []);
});

test('what is kept of processes that have ended does not grow with them', () => {
  const kept = new KeptCounts();
  for (let id = 0; id < 20; id += 1) {
    const values = Array.from({ length: 1_000 }, (_, i) => ({ value: 1, labels: { operation: `of${id}_${i}` } }));
    kept.told(id, [{ name: 'n_total', help: 'n', type: 'counter', aggregator: 'sum', values }]);
    kept.ended(id);
  }
  const [[n] = []] = kept.missing([]);
  assert.equal(n?.values.length, 10_000);
});

test('what was counted stays counted: by who is held up, and by who has ended; what was measured goes with it', async () => {
  const { peers, exchange, workers } = company(3, 20);
  const counted = (value: number) => [
    { name: 'n_total', help: 'n', type: 'counter', aggregator: 'sum', values: [{ value, labels: { of: 'all' } }] },
    { name: 'heap_bytes', help: 'heap', type: 'gauge', aggregator: 'sum', values: [{ value, labels: {} }] },
    {
      name: 'd_seconds',
      help: 'd',
      type: 'histogram',
      aggregator: 'sum',
      values: [
        { metricName: 'd_seconds_sum', value: value / 10, labels: {} },
        { metricName: 'd_seconds_count', value, labels: {} },
      ],
    },
  ];
  let second: () => unknown = () => counted(10);
  peers[1]?.tell('metrics', () => second());
  peers[2]?.tell('metrics', () => counted(100));
  const ask = async (own: number) => {
    const { answers, missing, kept } = (await peers[0]?.ask('metrics', counted(own))) ?? assert.fail();
    const all = [...answers, ...kept].flat() as ReturnType<typeof counted>;
    const sum = (name: string) =>
      all
        .flatMap((metric) => metric.values.map((each) => ({ name: metric.name, ...each })))
        .filter((each) => ('metricName' in each ? each.metricName : each.name) === name)
        .reduce((total, { value }) => total + value, own);
    return { n: sum('n_total'), d: sum('d_seconds_count'), heap: sum('heap_bytes'), missing };
  };
  assert.deepEqual(await ask(1), { n: 111, d: 111, heap: 111, missing: 0 });

  second = () => new Promise(() => {});
  assert.deepEqual(await ask(1), { n: 111, d: 111, heap: 101, missing: 1 });
  workers.splice(1, 1);
  exchange.onExit(1);
  assert.deepEqual(await ask(2), { n: 112, d: 112, heap: 102, missing: 0 });

  // Whoever asked last counts as well.
  workers.splice(0, 1);
  exchange.onExit(0);
  const { kept } = (await peers[2]?.ask('metrics', counted(100))) ?? assert.fail();
  assert.deepEqual(
    (kept as ReturnType<typeof counted>[]).map(([n]) => n?.values),
    [[{ value: 12, labels: { of: 'all' } }]],
  );
});
