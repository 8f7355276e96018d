import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type TestContext, test } from 'node:test';
import { GraphQLError } from 'graphql';
import { defaultConfigFile } from '../../gateway/config-file.ts';
import type { Call } from '../../subgraphs/kit/source.ts';
import { poolOf, startTarget, subgraphOf, subOf, type Target, type TargetOptions } from './attacks/fixture.ts';
import { served } from './fixture.ts';

// Two callers with different rights ask the same things at the same moments. Every answer says whom the subgraphs were told to answer,
// so that whatever belongs to the other one shows: data, an error, a result in flight, a refusal, a prepared operation.

const often = { per_second: 1_000_000, burst: 1_000_000 };
const limits = { rate: often, anonymous_rate: often, concurrency: 100_000, caller_concurrency: 100_000 };
const callers = ['ann', 'bob'] as const;

/** Says who asks some turns of the event loop later, so that others join; now and then that it failed, for whom. */
function telling(whom: (call: Call) => unknown = subOf) {
  let told = 0;
  return async (call: Call) => {
    told += 1;
    const fails = told % 7 === 0;
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (fails) throw new GraphQLError(`Failed for ${whom(call)}.`);
    return whom(call);
  };
}

const persisted = 'query Persisted { person(id: "3") { askedBy ordersAskedBy diary } }';
const sha256Hash = createHash('sha256').update(persisted).digest('hex');

/** What both ask in a round, in turn. */
const asked: ((round: number) => object)[] = [
  () => ({ query: '{ person(id: "1") { askedBy ordersAskedBy } }' }),
  (round) => ({
    query: 'query ($id: ID!) { person(id: $id) { askedBy diary ordersAskedBy } }',
    variables: { id: `${round}` },
  }),
  // Never seen before, by neither.
  (round) => ({ query: `{ person(id: "1") { r${round}: id askedBy diary friends { askedBy } } }` }),
  () => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } }),
  () => ({ query: 'mutation { rename(id: "1", name: "x") { askedBy diary } }' }),
];

interface Counts {
  answered: number;
  failed: number;
  refused: number;
  canceled: number;
  crossed: string[];
}

/** Asks a hundred things at a moment, in so many rounds; every 53rd goes away before its answer. */
async function interleave(target: Target, rounds: number): Promise<Counts> {
  const tokens = { ann: await target.token('ann', 'diary:read'), bob: await target.token('bob') };
  await using pool = poolOf(target, 100);
  const counts: Counts = { answered: 0, failed: 0, refused: 0, canceled: 0, crossed: [] };
  const post = async (who: (typeof callers)[number], body: object, signal?: AbortSignal) => {
    const response = await pool.request({
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[who]}`, 'x-tenant': `of-${who}` },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
    return `${response.statusCode} ${await response.body.text()}`;
  };
  // Kept when the one asks, found by the other.
  await post('ann', { query: persisted, extensions: { persistedQuery: { version: 1, sha256Hash } } });
  let asks = 0;
  for (let round = 0; round < rounds; round++) {
    const one = async (i: number) => {
      const [who, other] = i % 2 === 0 ? callers : ([callers[1], callers[0]] as const);
      const body = asked[(i >> 1) % asked.length]?.(round) ?? {};
      asks += 1;
      const leaves = asks % 53 === 0;
      const controller = new AbortController();
      const answering = post(who, body, leaves ? controller.signal : undefined);
      if (leaves) setImmediate(() => setImmediate(() => controller.abort()));
      const said = await answering.catch((error: Error) => (leaves ? undefined : error.message));
      if (said === undefined) {
        counts.canceled += 1;
        return;
      }
      counts.answered += 1;
      const { data, errors = [] } = JSON.parse(said.replace(/^\d+ /, ''));
      const denied = errors.some(({ message }: Error) => message.startsWith('Not allowed'));
      if (errors.some(({ message }: Error) => message === `Failed for ${nameOf(target, who)}.`)) counts.failed += 1;
      if (denied) counts.refused += 1;
      const wantsDiary = JSON.stringify(body).includes('diary') || 'extensions' in body;
      const sees = JSON.stringify(data).includes('Diary ');
      const own =
        said.startsWith('200 {') &&
        said.includes(who) &&
        !said.includes(other) &&
        sees === (wantsDiary && who === 'ann') &&
        denied === (wantsDiary && who === 'bob');
      if (!own) counts.crossed.push(`${who}: ${JSON.stringify(body)}: ${said}`);
    };
    await Promise.all(Array.from({ length: 100 }, (_, i) => one(i)));
  }
  return counts;
}

const forwarding = new WeakSet<Target>();
function nameOf(target: Target, who: string): string {
  return forwarding.has(target) ? `${who} of-${who}` : who;
}

function check(t: TestContext, { answered, failed, refused, canceled, crossed }: Counts, calls: number, all: number) {
  t.diagnostic(
    `${answered} answers, ${failed} with failures, ${refused} with refusals; ${canceled} canceled; ${calls} calls`,
  );
  assert.deepEqual(crossed.slice(0, 3), []);
  assert.equal(answered + canceled, all);
  assert.ok(failed > all / 20, 'some of them failed');
  assert.ok(refused > all / 4, 'what one of them may not see was asked for');
  assert.ok(calls < answered * 2, 'what one caller asks at the same moment is sent once');
}

for (const [where, requests] of [
  ['http', 5_000],
  ['in-process', 4_000],
] as const) {
  test(`${where}: ${requests} of 10,000 interleaved requests of two callers, nothing crossed`, async (t) => {
    const options: TargetOptions = { where, limits, answer: telling() };
    const target = await startTarget(t, options);
    const counts = await interleave(target, requests / 100);
    const { people, orders } = target.calls;
    check(t, counts, people.length + orders.length, requests);
    const strangers = [...people, ...orders].filter(
      ({ caller }) => !['ann', 'bob'].includes(String(caller?.claims.sub)),
    );
    assert.equal(strangers.length, 0);
  });
}

test('with headers that go on, which the subgraph reads for itself: the last 1000', async (t) => {
  const received: Call[] = [];
  const answer = telling((call) => {
    const { sub, tenant } = call.caller?.claims ?? {};
    return `${sub} ${tenant}`;
  });
  const target = await startTarget(t, {
    limits,
    file: {
      limits: { ...defaultConfigFile.limits, ...limits },
      subgraphs: { ...defaultConfigFile.subgraphs, claims: ['sub'], forward_headers: ['x-tenant'] },
    },
    between: (name) => {
      const subgraph = subgraphOf(name as 'people', received, answer);
      return served(t, async (body, response, { headers }) => {
        const result = await subgraph.execute(JSON.parse(body), callOf(headers));
        response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
      });
    },
  });
  forwarding.add(target);
  check(t, await interleave(target, 10), received.length, 1_000);
});

/** As a server that isn't the kit's reads it: the caller token's payload, and the client's header. */
function callOf({ authorization = '', 'x-tenant': tenant }: IncomingMessage['headers']): Call {
  const { caller } = JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString());
  return { signal: new AbortController().signal, requestId: '', caller: { claims: { ...caller, tenant } } };
}
