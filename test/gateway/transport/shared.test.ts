import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { Cancellation } from '../../../gateway/transport/cancellation.ts';
import { httpTransport } from '../../../gateway/transport/http.ts';
import { inProcessTransport } from '../../../gateway/transport/in-process.ts';
import type { SharingOptions } from '../../../gateway/transport/shared.ts';
import type { SubgraphResponse, Transport } from '../../../gateway/transport/transport.ts';
import { call, closing, request, served } from './fixture.ts';

/** A subgraph that keeps what it is asked until the test answers. */
interface Held {
  readonly transport: Transport;
  /** What was asked, in order; `answer` answers one of them. */
  readonly asked: { body: string; canceled: boolean; answer(response: object): void }[];
}

const kinds: Record<string, (t: TestContext, options?: SharingOptions) => Promise<Held>> = {
  'over HTTP': async (t, options) => {
    const asked: Held['asked'] = [];
    const url = await served(t, (response: ServerResponse, _request, body) => {
      const one = { body, canceled: false, answer: (answer: object) => void response.end(JSON.stringify(answer)) };
      response.on('close', () => {
        one.canceled = !response.writableFinished;
      });
      asked.push(one);
    });
    return { transport: closing(t, httpTransport(url, options)), asked };
  },
  'in process': async (t, options) => {
    const asked: Held['asked'] = [];
    const subgraph = {
      execute: (body: object, { signal }: { signal: AbortSignal }) =>
        new Promise<SubgraphResponse>((answer) => {
          const one = { body: JSON.stringify(body), canceled: false, answer };
          signal.addEventListener('abort', () => {
            one.canceled = true;
          });
          asked.push(one);
        }),
      health: () => Promise.reject(new Error('not asked')),
    };
    return { transport: closing(t, inProcessTransport(subgraph, options)), asked };
  },
};

for (const [where, held] of Object.entries(kinds)) {
  const name = (what: string) => `${where}, ${what}`;

  test(name('equal queries in flight are sent once, and each gets objects of its own'), async (t) => {
    const { transport, asked } = await held(t);
    const fetches = [1, 2, 3].map(() => transport.fetch(request('{ a }'), call()));
    await arrived(asked, 1);
    asked[0]?.answer({ data: { a: { b: [1, { c: null }] } }, errors: [{ message: 'no', path: ['a', 0] }] });
    const responses = await Promise.all(fetches);
    const expected = { data: { a: { b: [1, { c: null }] } }, errors: [{ message: 'no', path: ['a', 0] }] };
    for (const response of responses) assert.deepEqual(JSON.parse(JSON.stringify(response)), expected);
    assert.equal(new Set(responses.flatMap(objectsIn)).size, 3 * objectsIn(expected).length);
    assert.equal(asked.length, 1);
    const again = transport.fetch(request('{ a }'), call());
    await arrived(asked, 2);
    asked[1]?.answer({ data: { a: 2 } });
    assert.deepEqual({ ...(await again).data }, { a: 2 }, 'one that comes later is sent');
  });

  test(name('queries that differ in text or variables, and mutations, are sent each'), async (t) => {
    const { transport, asked } = await held(t);
    const mutation = request('mutation { a }', { kind: 'mutation' });
    const fetches = [
      request('{ a }'),
      request('{ b }'),
      request('{ a }', { variables: { id: '1' } }),
      request('{ a }', { variables: { id: '2' } }),
      mutation,
      mutation,
    ].map((one) => transport.fetch(one, call()));
    await arrived(asked, 6);
    for (const { answer } of asked) answer({ data: {} });
    await Promise.all(fetches);
    assert.equal(asked.length, 6);
  });

  test(name('a query that comes after a mutation does not get an answer from before it'), async (t) => {
    const { transport, asked } = await held(t);
    const before = transport.fetch(request('{ a }'), call());
    const mutation = transport.fetch(request('mutation { a }', { kind: 'mutation' }), call());
    await arrived(asked, 2);
    asked.find(({ body }) => body.includes('mutation'))?.answer({ data: { a: 2 } });
    await mutation;
    const after = transport.fetch(request('{ a }'), call());
    await arrived(asked, 3);
    asked[2]?.answer({ data: { a: 2 } });
    assert.deepEqual({ ...(await after).data }, { a: 2 });
    asked.find(({ body }) => !body.includes('mutation'))?.answer({ data: { a: 1 } });
    assert.deepEqual({ ...(await before).data }, { a: 1 });
  });

  test(name('each waits by its own deadline, and the last one to go takes the fetch along'), async (t) => {
    const { transport, asked } = await held(t);
    const cancellation = new Cancellation();
    const long = transport.fetch(request('{ a }'), call({ cancellation }));
    const late = { code: 'SUBGRAPH_TIMEOUT', message: 'no answer within 20 ms' };
    await assert.rejects(transport.fetch(request('{ a }'), call({ ms: 20 })), late);
    await arrived(asked, 1);
    assert.equal(asked[0]?.canceled, false);
    cancellation.cancel();
    await assert.rejects(long, { code: 'REQUEST_CANCELED' });
    await until(() => asked[0]?.canceled === true);
    const next = transport.fetch(request('{ a }'), call());
    await arrived(asked, 2);
    asked[1]?.answer({ data: {} });
    await next;
  });

  test(name('nothing is shared where that is turned off'), async (t) => {
    const { transport, asked } = await held(t, { share: false });
    const fetches = [1, 2].map(() => transport.fetch(request('{ a }'), call()));
    await arrived(asked, 2);
    for (const { answer } of asked) answer({ data: {} });
    await Promise.all(fetches);
  });

  test(name('many different queries in flight are all found again'), async (t) => {
    const { transport, asked } = await held(t);
    const all = Array.from({ length: 300 }, (_, i) => request('{ a }', { variables: { i: i % 50 } }));
    const fetches = all.map((one) => transport.fetch(one, call()));
    await arrived(asked, 50);
    for (const { body, answer } of asked) answer({ data: { i: JSON.parse(body).variables.i } });
    const responses = await Promise.all(fetches);
    assert.deepEqual(
      responses.map(({ data }) => data?.i),
      all.map((_, i) => i % 50),
    );
    assert.equal(asked.length, 50);
  });
}

test('in process, who answers gets objects of its own, and what throws is a failed fetch', async (t) => {
  let throws = false;
  const variables: unknown[] = [];
  const transport = inProcessTransport({
    execute: async (request) => {
      if (throws) throw new Error('broken');
      variables.push(request.variables);
      return { data: { ok: true } };
    },
    health: async () => ({ name: 'm', kind: 'map', status: 'up', latencyMs: 0 }),
  });
  t.after(() => transport.close());
  const asked = request('{ ok }', { variables: { ids: ['1'] } });
  await transport.fetch(asked, call());
  await transport.fetch(asked, call());
  assert.deepEqual(variables, [{ ids: ['1'] }, { ids: ['1'] }]);
  assert.notEqual(variables[0], variables[1]);
  throws = true;
  await assert.rejects(transport.fetch(asked, call()), { code: 'SUBGRAPH_FAILED', message: /broken/ });
});

function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

function arrived(asked: Held['asked'], count: number): Promise<void> {
  return until(() => asked.length >= count);
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`expected this to hold within a minute: ${holds}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
