import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { openAccess } from '../../../gateway/access/access.ts';
import { DemoIssuer } from '../../../gateway/access/identity/demo-callers.ts';
import { defaultConfigFile } from '../../../gateway/config-file.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';
import { observeRequests } from '../../../gateway/telemetry/requests.ts';
import { type OtlpSpan, startOtlp } from '../../servers/otlp.ts';
import { ready } from '../../supergraph/junction.ts';
import { ask, embedded, post, resolvers, run, served, subgraphSchema, until } from '../fixture.ts';
import { startCompany, tracerTo, treeOf } from './company.ts';

// What a trace shows of a request, from the gateway to each call to a system.

const traceId = '0af7651916cd43dd8448eb211c80319c';
const caller = { traceparent: `00-${traceId}-b7ad6b7169203331-00`, tracestate: 'vendor=1' };

/** The systems that the customer view calls, by the fetch that they are called for, in the order in which these begin. */
const calls: readonly (readonly [subgraph: string, calls: readonly string[]])[] = [
  ['customers', ['POST /contacts/batch-read', 'POST /cases/by-contact']],
  ['orders', ['SELECT sales_order', 'SELECT sales_order', 'SELECT sales_order_item', 'SELECT sales_shipment']],
  ['finance', ['ReadAccountsByCustomer']],
  ['finance', ['ReadOrderBilling', 'ReadInvoicesByOrder', 'ReadPaymentsByInvoice']],
  ['inventory', ['SELECT MITMAS', 'SELECT MITBAL', 'SELECT MITWHL']],
];

function expectedTree(where: 'in-process' | 'http'): string[] {
  const server = where === 'http' ? ['POST /graphql (server)'] : [];
  const lines = ['query CustomerView (server)', '  prepare (internal)', '  execute (internal)'];
  for (const [subgraph, names] of calls) {
    const above = [`fetch ${subgraph} (client)`, ...server, `resolve ${subgraph} (internal)`];
    lines.push(...above.map((line, i) => `${'  '.repeat(i + 2)}${line}`));
    lines.push(...names.map((name) => `${'  '.repeat(above.length + 2)}${name} (client)`));
  }
  return lines;
}

for (const where of ['in-process', 'http'] as const)
  test(`the customer view's trace, from the request to each call to a system, subgraphs ${where}`, async (t) => {
    const otlp = await startOtlp(t);
    const tracer = await tracerTo(t, otlp, { serviceName: 'junction', ratio: 1, followsCallers: false });
    const server = { observer: observeRequests({ tracer, sinks: [] }) };
    const company = await startCompany(t, { where, otlp, server });
    const found = await company.ask('{ customers(first: 1) { nodes { id } } }', {});
    const { id } = (found.data as { customers: { nodes: { id: string }[] } }).customers.nodes[0] ?? {};
    const answer = await company.ask(ready('customer-view'), { id }, { headers: caller });
    assert.equal(answer.errors, undefined);
    const expected = expectedTree(where);
    await until(() => ofTrace(otlp.spans()).length >= expected.length);
    const spans = ofTrace(otlp.spans());
    assert.deepEqual(treeOf(spans), expected);
    assert.ok(spans.every(({ status, tracestate }) => status === 'unset' && tracestate === 'vendor=1'));
    const own = spans.filter(({ service }) => service === 'junction');
    const root = own[0];
    assert.deepEqual(
      [root?.parentSpanId, root?.attributes['graphql.operation.type'], root?.attributes['graphql.operation.name']],
      ['b7ad6b7169203331', 'query', 'CustomerView'],
    );
    const fetches = own.filter(({ name }) => name.startsWith('fetch '));
    const entities = fetches.map(({ attributes }) => [
      attributes['junction.subgraph'],
      typeof attributes['junction.entities'],
      typeof attributes['junction.response.bytes'],
    ]);
    const bytes = where === 'http' ? 'number' : 'undefined';
    assert.deepEqual(
      entities,
      calls.map(([subgraph], i) => [subgraph, i === 0 ? 'undefined' : 'number', bytes]),
    );
  });

function ofTrace(spans: readonly OtlpSpan[]): OtlpSpan[] {
  return spans.filter((span) => span.traceId === traceId);
}

test('spans tell how fetches fail, that an answer was shared, and what was found of a plan', async (t) => {
  const { otlp, tracer } = await tracing(t, 1);
  const asked = Promise.withResolvers<void>();
  const open = Promise.withResolvers<void>();
  const customers = embedded(subgraphSchema('customers'));
  const slow: typeof customers = {
    ...customers,
    async execute(request, call) {
      asked.resolve();
      await open.promise;
      return customers.execute(request, call);
    },
  };
  const down = await served(t, (_body, response) => response.destroy());
  const observer = observeRequests({ tracer, sinks: [] });
  const { origin, log } = await run(t, { subgraphs: { customers: slow, orders: down }, server: { observer } });
  const query = '{ customer(id: "1") { name } }';
  const first = ask(origin, query);
  await asked.promise;
  const second = ask(origin, query);
  // Both are planned by then, and one of them has sent its fetch.
  await until(() => otlp.spans().filter(({ name }) => name === 'prepare').length === 2);
  open.resolve();
  await Promise.all([first, second]);
  await ask(origin, 'query Failing { order(id: "10") { id } }');
  await until(() => otlp.spans().some(({ attributes }) => attributes['graphql.operation.name'] === 'Failing'));
  const shown = otlp.spans().flatMap(({ name, status, attributes }) => {
    const { 'junction.plan': plan, 'junction.shared': shared, 'error.type': error } = attributes;
    return name === 'prepare' || name.startsWith('fetch ') ? [[name, status, plan ?? shared ?? error]] : [];
  });
  assert.deepEqual(shown, [
    ['prepare', 'unset', 'planned'],
    ['fetch customers', 'unset', undefined],
    ['prepare', 'unset', 'kept'],
    ['fetch customers', 'unset', true],
    ['prepare', 'unset', 'planned'],
    ['fetch orders', 'error', 'SUBGRAPH_UNAVAILABLE'],
  ]);
  // A line of the log and a span find each other.
  const line = log.find(({ msg }) => msg === 'a fetch failed');
  const failed = otlp.spans().find(({ status }) => status === 'error');
  assert.deepEqual([line?.traceId, line?.code], [failed?.traceId, 'SUBGRAPH_UNAVAILABLE']);
});

test('who asks shows where finding that out took a turn, and how preparing ended', async (t) => {
  const { otlp, tracer } = await tracing(t, 1);
  const demo = new DemoIssuer(randomBytes(32));
  const log = createLog({ level: 'silent' });
  const access = await openAccess({ file: defaultConfigFile, authentication: true, anonymous: false, demo, log });
  const { origin } = await run(t, { server: { access, observer: observeRequests({ tracer, sinks: [] }) } });
  const headers = { authorization: `Bearer ${await demo.tokenOf('agent')}` };
  for (let i = 0; i < 2; i++) await post(origin, JSON.stringify({ query: '{ nothing }' }), { headers });
  const request = ['POST /graphql (server)', '  prepare (internal)'];
  assert.deepEqual(treeOf(await otlp.until(5)), [
    'POST /graphql (server)',
    '  admit (internal)',
    ...request.slice(1),
    ...request,
  ]);
  const codes = otlp.spans().flatMap(({ name, attributes }) => (name === 'admit' ? [] : [attributes['error.type']]));
  assert.deepEqual(codes, Array(4).fill('GRAPHQL_VALIDATION_FAILED'));
});

test('a refused request has one span, with its code', async (t) => {
  const { otlp, tracer } = await tracing(t, 1);
  const { origin } = await run(t, { server: { observer: observeRequests({ tracer, sinks: [] }) } });
  await fetch(`${origin}/graphql`, { method: 'PUT' });
  const [span] = await otlp.until(1);
  const { 'http.response.status_code': status, 'error.type': code } = span?.attributes ?? {};
  assert.deepEqual([span?.name, status, code, span?.status], ['PUT /graphql', 405, 'METHOD_NOT_ALLOWED', 'error']);
});

test('what a subgraph gets of a trace: the id that the client brought, and that nobody records it', async (t) => {
  const { tracer, otlp } = await tracing(t, 0);
  const got: unknown[] = [];
  const url = await served(t, (_body, response, { headers: { traceparent, tracestate } }) => {
    got.push([traceparent, tracestate]);
    response.setHeader('content-type', 'application/json').end('{"data":{"customer":{"name":"Ada"}}}');
  });
  const query = '{ customer(id: "1") { name } }';
  const recorded = { ...caller, traceparent: caller.traceparent.replace(/00$/, '01') };
  for (const observer of [observeRequests({ tracer, sinks: [] }), undefined]) {
    const { origin } = await run(t, { subgraphs: { customers: url }, server: { observer } });
    for (const headers of [recorded, { traceparent: 'nonsense' }, {}])
      await fetch(`${origin}/graphql?${new URLSearchParams({ query })}`, { headers });
  }
  const anyId = /^00-[\da-f]{32}-[\da-f]{16}-00$/;
  const [traced, nonsense, none, ...untraced] = got as [string | undefined, string | undefined][];
  assert.match(traced?.[0] ?? '', new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[\\da-f]{16}-00$`));
  assert.equal(traced?.[1], 'vendor=1');
  for (const [made, state] of [nonsense ?? [], none ?? []]) {
    assert.match(made ?? '', anyId);
    assert.equal(state, undefined);
  }
  // Without a tracer, the place in it goes on as it came.
  assert.deepEqual(untraced, [
    [caller.traceparent, 'vendor=1'],
    [undefined, undefined],
    [undefined, undefined],
  ]);
  assert.deepEqual(otlp.spans(), []);
});

test('no span holds a value of a client', async (t) => {
  const { otlp, tracer } = await tracing(t, 1);
  const failing = { ...resolvers.orders, Query: { order: () => Promise.reject(new Error('geheim4')) } };
  const { origin } = await run(t, {
    subgraphs: { orders: embedded(subgraphSchema('orders', failing)) },
    server: { observer: observeRequests({ tracer, sinks: [] }) },
  });
  await ask(
    origin,
    'query Q($a: ID!, $b: ID = "geheim1") { a: customer(id: $a) { id } b: customer(id: $b) { id } order(id: "geheim2") { id } }',
    { a: 'geheim3' },
  );
  await until(() => otlp.spans().some(({ attributes }) => attributes['graphql.operation.name'] === 'Q'));
  const texts = otlp.requests.map(({ text }) => text).join('\n');
  assert.match(texts, /fetch orders/);
  assert.doesNotMatch(texts, /geheim/);
});

async function tracing(t: TestContext, ratio: number) {
  const otlp = await startOtlp(t);
  return { otlp, tracer: await tracerTo(t, otlp, { serviceName: 'junction', ratio, followsCallers: false }) };
}
