import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import type { Question } from '../../../gateway/operations/planner-process.ts';
import { PlannerProcess } from '../../../gateway/operations/process.ts';
import { compose, type Supergraph } from '../../../gateway/supergraph/compose.ts';
import { composeInProcess } from '../../../gateway/supergraph/composer.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../../gateway/supergraph/gateway.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';
import { httpTransport } from '../../../gateway/transport/http.ts';
import { wide } from './lower-fixture.ts';

const federation = '@link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])';

test('an operation that the planner can not cope with is refused; all others are answered meanwhile and after', async (t) => {
  const gateway = await gatewayOf(t, compose(stressful()), {
    planning: { timeoutMs: 1_500, memoryMb: 512 },
    limits: wide,
  });
  const seen = '{ root { value } }';
  assert.equal((await prepare(gateway, seen)).kind, 'ready');

  const stress = prepare(gateway, stressQuery(4));
  assert.equal((await prepared(gateway, seen)).kind, 'ready');
  assert.equal((await unlessBusy(gateway, '{ root { a { value } } }')).kind, 'ready');

  const refused = await stress;
  assert.ok(refused.kind === 'refused');
  assert.deepEqual(refused.errors, [
    {
      message:
        'The operation is too complex: planning it takes more than 1500 ms. Ask for less, or in several operations.',
      extensions: { code: 'OPERATION_TOO_COMPLEX' },
    },
  ]);
  assert.equal(await prepared(gateway, stressQuery(4)), refused, 'remembered: nothing is planned again');
  assert.equal((await unlessBusy(gateway, '{ root { b { value } } }')).kind, 'ready');
});

test('literals nested as deep as their tokens allow are refused, and cost nobody else anything', async (t) => {
  const schemas = [schemaOf('a', 'scalar Any  type Query { v(any: Any): Int }')];
  const gateway = await gatewayOf(t, compose(schemas), { limits: wide });
  for (const [open, close, levels] of [
    ['{a:', '}', 3_000],
    ['[', ']', 4_500],
  ] as const) {
    const refused = await prepare(gateway, `{ v(any: ${open.repeat(levels)}1${close.repeat(levels)}) }`);
    assert.ok(refused.kind === 'refused');
    assert.deepEqual(refused.errors, [
      { message: 'The operation is nested too deeply.', extensions: { code: 'OPERATION_TOO_COMPLEX' } },
    ]);
  }
  assert.equal((await prepare(gateway, `{ v(any: ${'['.repeat(900)}1${']'.repeat(900)}) }`)).kind, 'ready');
});

test('before a new schema takes over, what is used most is prepared for it', async (t) => {
  const gateway = await gatewayOf(t, compose(shop('name: String, old: Int')));
  for (const query of ['{ shop { name } }', '{ shop { old } }']) {
    assert.equal((await prepare(gateway, query)).kind, 'ready');
  }
  await gateway.update(compose(shop('name: String, fresh: Int')));
  assert.equal((await prepared(gateway, '{ shop { name } }')).kind, 'ready');
  const old = await prepared(gateway, '{ shop { old } }');
  assert.match(old.kind === 'refused' ? (old.errors[0]?.message ?? '') : '', /Cannot query field "old"/);
  assert.equal((await prepare(gateway, '{ shop { fresh } }')).kind, 'ready');
});

test('where introspection is off, no planning process runs any, now or after an update', async (t) => {
  const asked: string[] = [];
  const ask = PlannerProcess.prototype.ask;
  t.mock.method(PlannerProcess.prototype, 'ask', function (this: PlannerProcess, question: Question) {
    asked.push(question.kind);
    return ask.call(this, question);
  });
  const gateway = await gatewayOf(t, compose(shop('name: String')), { introspection: false });
  const queries = [
    '{ __schema { types { name } } shop { name } }',
    'query($n: String!) { ...A } fragment A on Query { __type(name: $n) { name } }',
  ];
  for (const fields of ['name: String', 'name: String, fresh: Int']) {
    await gateway.update(compose(shop(fields)));
    for (const query of queries) {
      const refused = await prepare(gateway, query);
      assert.equal(refused.kind === 'refused' && refused.errors[0]?.extensions.code, 'INTROSPECTION_DISABLED');
    }
  }
  assert.deepEqual(asked, ['load', 'read', 'read', 'load', 'read', 'read']);
});

test('a planning process gets no secrets, and leaves none in core files', async (t) => {
  if (process.platform !== 'linux') return t.skip('only Linux tells');
  process.env.ORDERS_TOKEN = 'hush';
  t.after(() => delete process.env.ORDERS_TOKEN);
  const children: ChildProcess[] = [];
  const onSpawn = (message: unknown) => void children.push((message as { process: ChildProcess }).process);
  subscribe('child_process', onSpawn);
  t.after(() => unsubscribe('child_process', onSpawn));
  await gatewayOf(t, compose(shop('name: String')));
  assert.equal(children.length, 1);
  const told = await Promise.all(
    ['environ', 'coredump_filter'].map((file) => readFile(`/proc/${children[0]?.pid}/${file}`, 'utf8')),
  );
  assert.match(told[0] ?? '', /^APOLLO_TELEMETRY_DISABLED=true\0/);
  assert.doesNotMatch(told[0] ?? '', /hush/);
  assert.equal(told[1], '00000000\n');
});

test('where only the way to a subgraph changes, what was prepared stays', async (t) => {
  const gateway = await gatewayOf(t, compose(shop('name: String')));
  const before = await prepare(gateway, '{ shop { name } }');
  await gateway.update(compose(shop('name: String')), { renewed: new Set(['shop']) });
  assert.equal(await prepared(gateway, '{ shop { name } }'), before);
});

test('an update that is given up changes nothing, and its process ends', async (t) => {
  const gateway = await gatewayOf(t, compose(shop('name: String')));
  const controller = new AbortController();
  const planner = gateway.planner();
  const next = await composeInProcess(planner, shop('name: String, fresh: Int'));
  const updating = gateway.update(next, { planner, signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(updating, /enough/);
  await assert.rejects(planner.ask({ kind: 'load', sdl: next.sdl }), { name: 'ProcessEndedError' });
  assert.equal((await prepare(gateway, '{ shop { fresh } }')).kind, 'refused');
});

test('an update that is given up as the schema is loaded leaves no process behind', async (t) => {
  const gateway = await gatewayOf(t, compose(shop('name: String')));
  assert.equal((await prepare(gateway, '{ shop { name } }')).kind, 'ready');
  const controller = new AbortController();
  class Late extends PlannerProcess {
    override async ask<Q extends Question>(question: Q) {
      const answer = await super.ask(question);
      controller.abort(new Error('enough'));
      return answer;
    }
  }
  let started = 0;
  const onSpawn = () => void started++;
  subscribe('child_process', onSpawn);
  t.after(() => unsubscribe('child_process', onSpawn));
  const planner = new Late({ memoryMb: 512 });
  const updating = gateway.update(compose(shop('fresh: Int')), { planner, signal: controller.signal });
  await assert.rejects(updating, /enough/);
  assert.equal(started, 1);
  assert.equal((await prepared(gateway, '{ shop { name } }')).kind, 'ready');
});

test('taking up a large schema is no work for the serving process', async (t) => {
  const gateway = await gatewayOf(t, compose(large(2)));
  for (let i = 0; i < 50; i++)
    assert.equal((await prepare(gateway, `{ t0 { f${i % 10} } a${i}: t1 { id } }`)).kind, 'ready');
  const planner = gateway.planner();
  const before = process.threadCpuUsage();
  const supergraph = await composeInProcess(planner, large(300));
  await gateway.update(supergraph, { planner });
  const { user, system } = process.threadCpuUsage(before);
  assert.equal((await prepared(gateway, '{ t0 { f0 } a0: t1 { id } }')).kind, 'ready');
  // All of it together; composing and loading it here would take more than a second in one piece.
  assert.ok(user + system < 200_000, `the serving process worked for ${(user + system) / 1000} ms`);
});

/** What became of a text that is at hand. */
async function prepared(gateway: Gateway, query: string) {
  return gateway.use(async ({ operations }) => {
    const known = operations.prepare(query, undefined, '');
    assert.ok(!(known instanceof Promise), `expected this to be at hand: ${query}`);
    return known;
  });
}

/** Asks again, at most ten times, while the machine is too slow to have a planner for it in time. */
async function unlessBusy(gateway: Gateway, query: string) {
  for (let asked = 1; ; asked += 1) {
    const outcome = await prepare(gateway, query);
    if (outcome.kind !== 'busy' || asked === 10) return outcome;
  }
}

function prepare(gateway: Gateway, query: string) {
  return gateway.use(async ({ operations }) => operations.prepare(query, undefined, ''));
}

async function gatewayOf(
  t: TestContext,
  supergraph: Supergraph,
  options: Partial<GatewayOptions> = {},
): Promise<Gateway> {
  const gateway = await createGateway({
    supergraph,
    transport: (_name, url) => httpTransport(url),
    log: createLog({ level: 'silent' }),
    fetchTimeoutMs: 1_000,
    ...options,
  });
  t.after(() => gateway.close());
  return gateway;
}

function schemaOf(name: string, sdl: string) {
  return { name, url: `http://${name}/graphql`, where: `${name}.graphql`, sdl: `extend schema ${federation}\n${sdl}` };
}

function shop(fields: string) {
  return [schemaOf('shop', `type Query { shop: Shop } type Shop { ${fields} }`)];
}

function large(types: number) {
  const fields = Array.from({ length: 10 }, (_, i) => `f${i}: String`).join(' ');
  const names = Array.from({ length: types }, (_, i) => i);
  const query = `type Query { ${names.map((i) => `t${i}: T${i}`).join(' ')} }`;
  const one = names.map((i) => `type T${i} @key(fields: "id") { id: ID! ${fields} next: T${(i + 1) % types} }`);
  const two = names.map((i) => `type T${i} @key(fields: "id") { id: ID! extra: Int }`);
  return [schemaOf('one', `${query} ${one.join('\n')}`), schemaOf('two', two.join('\n'))];
}

const branches = ['a', 'b', 'c', 'd', 'e'];

/** Six subgraphs that all have everything but one field each, so that each step of an operation has six ways. */
function stressful() {
  return Array.from({ length: 6 }, (_, i) => {
    const fields = branches.map((name) => `${name}: Node @shareable`).join(' ');
    const node = `type Node @key(fields: "id") { id: ID! own${i}: Int value: Int @shareable ${fields} }`;
    return schemaOf(`s${i}`, `type Query { root: Node @shareable } ${node}`);
  });
}

function stressQuery(depth: number): string {
  const leaves = Array.from({ length: 6 }, (_, i) => `own${i}`).join(' ');
  const below = (levels: number): string =>
    levels === 0 ? leaves : branches.map((name) => `${name} { value ${below(levels - 1)} }`).join(' ');
  return `{ root { ${below(depth)} } }`;
}
