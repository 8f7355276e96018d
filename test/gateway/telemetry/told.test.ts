import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, print, stripIgnoredCharacters } from 'graphql';
import type { Caller } from '../../../gateway/access/caller.ts';
import type { ToldSource, ToldTrace } from '../../../gateway/telemetry/told.ts';
import type { ToldStep } from '../../../gateway/telemetry/told-plan.ts';
import { toldQuery } from '../../../gateway/telemetry/told-query.ts';
import { post, type Running, run, served, subgraphSchema } from '../fixture.ts';

interface Told {
  readonly sources?: readonly ToldSource[];
  readonly trace?: ToldTrace | { readonly refused: string };
  readonly cost?: unknown;
}

async function told(
  { origin }: Running,
  query: string,
  extensions: unknown,
  variables = {},
): Promise<Told | undefined> {
  const response = await post(origin, JSON.stringify({ query, variables, extensions }));
  const { extensions: answer } = (await response.json()) as { extensions?: Told };
  return answer;
}

const query = 'query Q($with: Boolean!) { customer(id: "1") { name orders @include(if: $with) { total } } }';

test('who asks for it is told when which subgraph was read', async (t) => {
  const gateway = await run(t);
  const before = Date.now();
  const answer = await told(gateway, query, { sources: true }, { with: true });
  assert.deepEqual(Object.keys(answer ?? {}), ['sources']);
  assert.deepEqual(
    answer?.sources?.map(({ subgraph, fetches, code }) => [subgraph, fetches, code]),
    [
      ['customers', 1, undefined],
      ['orders', 1, undefined],
    ],
  );
  for (const { readAt, ms } of answer?.sources ?? []) {
    const at = Date.parse(readAt ?? '');
    // The clock that times are measured by may be some milliseconds off.
    assert.ok(at >= before - 50 && at <= Date.now() + 50 && ms > 0, `${readAt} ${ms}`);
  }
  assert.deepEqual(await told(gateway, '{ __typename }', { sources: true }), { sources: [] });
  for (const extensions of [undefined, {}, { sources: 1, trace: 'true' }])
    assert.equal(await told(gateway, query, extensions, { with: true }), undefined);
});

test('a subgraph that did not answer has a code, and no time at which it was read', async (t) => {
  const down = await served(t, (_body, response) => response.destroy());
  const gateway = await run(t, { subgraphs: { orders: down } });
  const answer = await told(gateway, query, { sources: true, cost: true }, { with: true });
  assert.deepEqual(Object.keys(answer ?? {}), ['cost', 'sources']);
  const [customers, orders] = answer?.sources ?? [];
  assert.equal(typeof customers?.readAt, 'string');
  assert.deepEqual([orders?.subgraph, orders?.readAt, orders?.code], ['orders', undefined, 'SUBGRAPH_UNAVAILABLE']);
});

test('an operator is told how an answer was made: plan, times, sizes', async (t) => {
  const seen: Caller[] = [];
  const tellsTrace = (caller: Caller) => seen.push(caller) > 0;
  const remote = await served(t, subgraphSchema('customers'));
  const gateway = await run(t, { subgraphs: { customers: remote }, server: { tellsTrace } });
  const traceOf = async (variables: object) =>
    (await told(gateway, query, { trace: true }, variables))?.trace as ToldTrace;
  const first = await traceOf({ with: true });
  assert.ok(first.preparing.ms > 0 && first.ms > 0);
  assert.deepEqual([first.preparing.kept, first.refusals, seen[0]?.kind], [false, [], 'anyone']);
  assert.deepEqual(plain(first.plan), {
    kind: 'sequence',
    steps: [
      {
        kind: 'fetch',
        subgraph: 'customers',
        query: 'query Q__customers__0($id: ID!) {\n  customer(id: $id) {\n    __typename\n    id\n    name\n  }\n}',
        fetches: [['number', 'number', 69]],
      },
      {
        kind: 'condition',
        variable: 'with',
        // biome-ignore lint/suspicious/noThenProperty: nobody awaits it.
        then: {
          kind: 'fetch',
          subgraph: 'orders',
          query:
            'query Q__orders__1($representations: [_Any!]!) {\n  _entities(representations: $representations) {\n    ... on Customer {\n      orders {\n        total\n      }\n    }\n  }\n}',
          path: ['customer'],
          // In the process there are no bytes until somebody asks for a trace: that of the data.
          fetches: [['number', 'number', 54]],
        },
      },
    ],
  });
  const second = await traceOf({ with: false });
  assert.deepEqual(
    [second.preparing, JSON.stringify(second.plan).match(/"fetches":\[\]/g)?.length],
    [{ ms: 0, kept: true }, 1],
  );
});

/** A plan with the kinds of its times instead of them. */
function plain(step: ToldStep | undefined): unknown {
  return JSON.parse(JSON.stringify(step), (key, value) =>
    key === 'fetches'
      ? value.map(({ startMs, ms, bytes }: Record<string, unknown>) => [typeof startMs, typeof ms, bytes])
      : value,
  );
}

test('nobody else is, and the answer stands all the same', async (t) => {
  const { origin } = await run(t);
  const response = await post(origin, JSON.stringify({ query: '{ customers { id } }', extensions: { trace: true } }));
  assert.deepEqual(await response.json(), {
    data: { customers: [{ id: '1' }, { id: '2' }] },
    extensions: {
      trace: {
        refused: 'How an answer was made is told to operators only: the caller needs the scope junction:operator.',
      },
    },
  });
});

const texts = [
  'query Q($a: [ID!]! = ["x, {y}", "\\"q\\""], $b: In = {a: 1, b: [{c: 2}]}) @live { a: b(c: $a, d: {e: [1, $b]}) { ...F ... on T @skip(if: $b) { on } ... { x } } }',
  'mutation { a(input: {text: """a "b" { c """, n: -1.5e3, e: E}) { b c: d } }',
  '{ a }',
];

test('a query in lines is the same query', () => {
  for (const text of texts) {
    const short = stripIgnoredCharacters(print(parse(text)));
    const shown = toldQuery(short);
    assert.equal(stripIgnoredCharacters(shown), short);
    assert.doesNotMatch(shown, /[ \t]$/m);
  }
  assert.equal(toldQuery('{a:b(c:$a d:"}"){on...F}e}'), '{\n  a: b(c: $a d: "}") {\n    on\n    ...F\n  }\n  e\n}');
});
