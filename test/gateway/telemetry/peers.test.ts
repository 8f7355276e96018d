import assert from 'node:assert/strict';
import { test } from 'node:test';
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
    { answers: [{ of: 1 }, { of: 2 }], missing: 0 },
    { answers: [{ of: 0 }, { of: 2 }], missing: 0 },
    { answers: [{ of: 0 }, { of: 1 }], missing: 0 },
  ]);
  assert.deepEqual(await peers[1]?.ask('hour'), { answers: [0, 2], missing: 0 });
});

test('who says nothing in time, cannot say it, or ends meanwhile is left out and counted', async () => {
  const { peers, exchange } = company(4, 20);
  const never = Promise.withResolvers<void>();
  peers[1]?.tell('metrics', () => never.promise);
  peers[2]?.tell('metrics', () => Promise.reject(new Error('no')));
  peers[3]?.tell('metrics', () => 3);
  assert.deepEqual(await peers[0]?.ask('metrics'), { answers: [3], missing: 2 });
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
  assert.deepEqual(await asked, { answers: [], missing: 1 });
  exchange.onExit(1);
});

test('a worker whose primary process does not answer counts all others as missing', async () => {
  const silent = new Peers({ send: () => {}, onMessage: () => {} }, 3);
  assert.deepEqual(await silent.ask('metrics'), { answers: [], missing: 3 });
});

test('messages of others are nobody’s business here', async () => {
  const listeners: ((message: unknown) => void)[] = [];
  const sent: unknown[] = [];
  new Peers({ send: (message) => void sent.push(message), onMessage: (each) => void listeners.push(each) }, 1);
  for (const message of [undefined, null, 'peers', { id: 1, names: [] }]) listeners[0]?.(message);
  await new Promise(setImmediate);
  assert.deepEqual(sent, []);
});
