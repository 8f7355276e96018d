import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Caller } from '../../../gateway/access/caller.ts';
import { FetchCallers } from '../../../gateway/transport/caller.ts';
import { HealthProbe } from '../../../gateway/transport/health.ts';
import { httpTransport } from '../../../gateway/transport/http.ts';
import { inProcessTransport } from '../../../gateway/transport/in-process.ts';
import type { Transport } from '../../../gateway/transport/transport.ts';
import { serveSubgraph } from '../../../subgraphs/kit/server.ts';
import type { Call } from '../../../subgraphs/kit/source.ts';
import type { Subgraph } from '../../../subgraphs/kit/subgraph.ts';
import { KeyRing } from '../../../subgraphs/kit/trust/keys.ts';
import { MemoryNonces } from '../../../subgraphs/kit/trust/nonces.ts';
import { Signer } from '../../../subgraphs/kit/trust/signer.ts';
import { until } from '../../servers/process.ts';
import { keyOf, pair, verdict } from '../../subgraphs/kit/trust/fixture.ts';
import { call, closing, request, served } from './fixture.ts';

// Fetches that a subgraph can trust, from the gateway's side.

const keys = new KeyRing([keyOf('k1')]);
const settings = { claims: ['sub'], forward_headers: ['x-tenant'] };

function callerOf(sub: string): Caller {
  return { id: sub, kind: 'token', claims: { sub }, scopes: new Set() };
}

/** A subgraph that says who asks it, some turns of the event loop later. */
function echo() {
  const calls: Call[] = [];
  const subgraph: Subgraph = {
    name: 'orders',
    execute: async ({ query }, call) => {
      calls.push(call);
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return { data: { sub: call.caller?.claims.sub ?? null, query } };
    },
    health: async () => ({ name: 'stub', kind: 'stub', status: 'up', latencyMs: 0 }),
    close: async () => {},
  };
  return { subgraph, calls };
}

/** A service that trusts those keys. Returns its URL. */
async function trusting(t: TestContext, subgraph: Subgraph, trusted = keys): Promise<string> {
  const trust = { keys: trusted, nonces: new MemoryNonces({ longestMs: 120_000 }) };
  const server = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0, trust });
  t.after(() => server.close());
  return `${server.origin}/graphql?v=1`;
}

test('a subgraph that trusts the gateway answers it, and hears who asks', async (t) => {
  const { subgraph, calls } = echo();
  const url = await trusting(t, subgraph);
  const transport = closing(t, httpTransport(url, { signer: new Signer(keys, 'orders') }));
  const callers = new FetchCallers({ settings, keys });
  const caller = callers.of(callerOf('4711'), { 'x-tenant': 'Jürgen & söhne' });
  const known = await transport.fetch(request('{ a }'), { ...call(), caller });
  assert.deepEqual(known.data, { sub: '4711', query: '{ a }' });
  const unknown = await transport.fetch(request('mutation { a }', { kind: 'mutation' }), call());
  assert.deepEqual(unknown.data, { sub: null, query: 'mutation { a }' });
  assert.deepEqual(calls[0]?.caller, { claims: { sub: '4711' } });
});

test('what is sent of a caller: the token and the listed headers', async (t) => {
  const seen: Record<string, unknown>[] = [];
  const url = await served(t, (response, { headers }) => {
    const { authorization, 'x-tenant': tenant, 'signature-input': input } = headers;
    seen.push({ token: authorization?.split('.').length, tenant, covered: /\((.*)\)/.exec(String(input))?.[1] });
    response.end('{"data":{}}');
  });
  const caller = new FetchCallers({ settings, keys }).of(callerOf('1'), { 'x-tenant': 'a', cookie: 'secret' });
  const unsigned = closing(t, httpTransport(url));
  const signed = closing(t, httpTransport(url, { signer: new Signer(keys, 'orders') }));
  await unsigned.fetch(request('{ a }'), { ...call(), caller });
  await unsigned.fetch(request('{ a }'), call());
  await signed.fetch(request('{ a }'), { ...call(), caller });
  await signed.fetch(request('{ a }'), call());
  const target = '"@method" "@path" "@query" "content-digest"';
  assert.deepEqual(seen, [
    { token: 3, tenant: 'a', covered: undefined },
    { token: undefined, tenant: undefined, covered: undefined },
    { token: 3, tenant: 'a', covered: `${target} "authorization" "x-tenant"` },
    { token: undefined, tenant: undefined, covered: target },
  ]);
});

test('a subgraph that does not know the gateway: its own words stay in its log', async (t) => {
  const { subgraph, calls } = echo();
  const url = await trusting(t, subgraph, new KeyRing([keyOf('k2')]));
  for (const signer of [undefined, new Signer(keys, 'orders')]) {
    const transport = closing(t, httpTransport(url, { signer }));
    await assert.rejects(
      transport.fetch(request('{ a }'), call()),
      (error: Error & { code: string; sentence: (name: string) => string }) => {
        assert.equal(error.code, 'SUBGRAPH_REFUSED');
        assert.equal(error.sentence('orders'), 'The subgraph "orders" refused the gateway.');
        assert.doesNotMatch(error.message, /key that is not known|not signed/);
        return true;
      },
    );
  }
  assert.equal(calls.length, 0);
});

test('a subgraph that is well but refuses the gateway is down for it, and says why', async (t) => {
  const url = await trusting(t, echo().subgraph, new KeyRing([keyOf('another')]));
  const orders = closing(t, httpTransport(url, { signer: new Signer(keys, 'orders') }));
  const [report] = await new HealthProbe(new Map([['orders', orders]])).reports();
  assert.deepEqual([report?.status, report?.code], ['down', 'SUBGRAPH_REFUSED']);
  const known = closing(t, httpTransport(await trusting(t, echo().subgraph), { signer: new Signer(keys, 'orders') }));
  assert.equal((await new HealthProbe(new Map([['orders', known]])).reports())[0]?.status, 'up');
});

test('asking another server how it is is signed too', async (t) => {
  const { verifier } = pair();
  const said: unknown[] = [];
  const url = await served(t, async (response, { method = '', url = '', headers }, body) => {
    if (method === 'GET') return void response.writeHead(404).end();
    said.push(await verdict(verifier, { method, url, headers: headers as Record<string, string>, body }));
    response.end('{"data":{"__typename":"Query"}}');
  });
  const { signer } = pair();
  const transport = closing(t, httpTransport(url, { signer }));
  assert.deepEqual(await transport.health(AbortSignal.timeout(5_000)), { status: 'up' });
  assert.deepEqual(said, [undefined]);
});

test('a query that is sent once more is signed anew: it is no replay', async (t) => {
  const { signer, verifier } = pair();
  const said: unknown[] = [];
  const inputs = new Set<unknown>();
  const url = await served(t, async (response, { method = '', url = '', headers }, body) => {
    inputs.add(headers['signature-input']);
    said.push(await verdict(verifier, { method, url, headers: headers as Record<string, string>, body }));
    // The second request meets the end of the connection that has carried the first.
    if (said.length === 2) response.socket?.destroy();
    else response.end('{"data":{"a":1}}');
  });
  const transport = closing(t, httpTransport(url, { signer }));
  for (let i = 0; i < 2; i += 1) {
    assert.deepEqual((await transport.fetch(request('{ a }'), call())).data, { a: 1 });
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(said, [undefined, undefined, undefined]);
  assert.equal(inputs.size, 3);
});

const kinds: Record<string, (t: TestContext, subgraph: Subgraph) => Promise<Transport>> = {
  'over HTTP': async (t, subgraph) =>
    httpTransport(await trusting(t, subgraph), { signer: new Signer(keys, 'orders') }),
  'in process': async (_, subgraph) => inProcessTransport(subgraph),
};

for (const [where, open] of Object.entries(kinds)) {
  test(`${where}, 10,000 interleaved fetches of two callers: none gets what is another's`, async (t) => {
    const { subgraph, calls } = echo();
    const transport = closing(t, await open(t, subgraph));
    const callers = new FetchCallers({ settings, keys });
    const [ann, bob] = [callerOf('ann'), callerOf('bob')];
    const queries = Array.from({ length: 5 }, (_, i) => request(`{ field${i} }`));
    let crossed = 0;
    let answered = 0;
    for (let round = 0; round < 50; round += 1) {
      const fetches = Array.from({ length: 200 }, async (_, i) => {
        const caller = i % 2 === 0 ? ann : bob;
        const asked = queries[i % 5] ?? request('{ none }');
        const { data } = await transport.fetch(asked, { ...call(), caller: callers.of(caller, {}) });
        answered += 1;
        if (data?.sub !== caller.claims.sub || data?.query !== asked.operation.query) crossed += 1;
      });
      await Promise.all(fetches);
    }
    assert.deepEqual({ answered, crossed }, { answered: 10_000, crossed: 0 });
    const of = (sub: string) => calls.filter(({ caller }) => caller?.claims.sub === sub).length;
    assert.equal(of('ann') + of('bob'), calls.length);
    // Each of both, each round, each query: what one caller asks at the same moment is sent once.
    assert.deepEqual([of('ann'), of('bob')], [250, 250]);
  });

  test(`${where}, a header that goes on and differs is not shared either, nor with nobody`, async (t) => {
    const { subgraph, calls } = echo();
    const transport = closing(t, await open(t, subgraph));
    const callers = new FetchCallers({ settings, keys });
    const one = callerOf('ann');
    const asked = [
      callers.of(one, {}),
      callers.of(one, { 'x-tenant': 'a' }),
      callers.of(one, { 'x-tenant': 'b' }),
      callers.of(one, { 'x-tenant': 'a' }),
      undefined,
    ].map((caller) => transport.fetch(request('{ a }'), { ...call(), caller }));
    const answers = await Promise.all(asked);
    assert.deepEqual(
      answers.map(({ data }) => data?.sub),
      ['ann', 'ann', 'ann', 'ann', null],
    );
    await until(() => calls.length === 4);
  });
}
