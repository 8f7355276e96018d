import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { callerContext, passedOn } from '../../../../subgraphs/kit/telemetry/context.ts';
import type { Span, Trace } from '../../../../subgraphs/kit/telemetry/trace.ts';
import { createTracer, type TracerOptions } from '../../../../subgraphs/kit/telemetry/tracer.ts';
import { startOtlp } from '../../../servers/otlp.ts';

// Trace context in and out, what is recorded, and a receiver that is out of order.

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const sampled = `00-${traceId}-${spanId}-01`;
const unsampled = `00-${traceId}-${spanId}-00`;

const warned: object[] = [];
const log = { warn: (details: object, message: string) => void warned.push({ ...details, message }) };
const usual = { serviceName: 'test', headers: {}, ratio: 1, followsCallers: true, log, delayMs: 1 } as const;

async function tracerOf(t: TestContext, options: Partial<TracerOptions> & Pick<TracerOptions, 'endpoint'>) {
  const tracer = await createTracer({ ...usual, ...options });
  t.after(() => tracer.shutdown());
  return tracer;
}

function spanOf(trace: Trace | Span): Span {
  assert.ok('end' in trace, 'expected a trace that is recorded');
  return trace;
}

test('spans reach the receiver with their parents, kinds, attributes, codes and times', async (t) => {
  const otlp = await startOtlp(t);
  const tracer = await tracerOf(t, { endpoint: otlp.url, headers: { 'x-tenant': 'north' } });
  const server = spanOf(tracer.start({ traceparent: sampled, tracestate: 'a=1,b=2' }, 'POST /graphql', { n: 1 }));
  const inner = server.begin('resolve', 'internal');
  const client = inner.begin('SELECT book', 'client', { 'db.system.name': 'sqlite', cached: false });
  assert.match(client.traceparent, new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  assert.equal(client.tracestate, 'a=1,b=2');
  client.set({ 'junction.wait_ms': 0.5 });
  client.end('SYSTEM_TIMEOUT');
  client.end();
  client.set({ late: true });
  inner.end();
  server.end();
  const [first, second, third, ...others] = await otlp.until(3);
  assert.deepEqual(
    [first, second, third].map((span) => [span?.name, span?.kind, span?.status, span?.attributes]),
    [
      ['POST /graphql', 'server', 'unset', { n: 1 }],
      ['resolve', 'internal', 'unset', {}],
      [
        'SELECT book',
        'client',
        'error',
        { 'db.system.name': 'sqlite', cached: false, 'junction.wait_ms': 0.5, 'error.type': 'SYSTEM_TIMEOUT' },
      ],
    ],
  );
  assert.deepEqual(others, []);
  assert.deepEqual(
    [first?.parentSpanId, second?.parentSpanId, third?.parentSpanId],
    [spanId, first?.spanId, second?.spanId],
  );
  assert.deepEqual(new Set([first, second, third].map((span) => span?.traceId)), new Set([traceId]));
  assert.deepEqual([first?.service, first?.tracestate], ['test', 'a=1,b=2']);
  assert.equal(client.traceparent.slice(36, 52), third?.spanId);
  assert.equal(otlp.requests[0]?.headers['x-tenant'], 'north');
  // One clock for all spans of a trace: each lies within its parent.
  for (const [inside, outside] of [
    [third, second],
    [second, first],
  ] as const)
    assert.ok(
      inside && outside && outside.start <= inside.start && inside.start <= inside.end && inside.end <= outside.end,
    );
});

test('a caller that is followed decides what is recorded, and the ratio where there is none', async (t) => {
  const otlp = await startOtlp(t);
  const [always, never] = await Promise.all([1, 0].map((ratio) => tracerOf(t, { endpoint: otlp.url, ratio })));
  assert.ok(always && never);
  assert.equal(never.start({ traceparent: sampled }, 'x').begin === undefined, false);
  assert.equal(always.start({ traceparent: unsampled }, 'x').begin, undefined);
  assert.equal(never.start({}, 'x').begin, undefined);
  const root = spanOf(always.start({}, 'x'));
  assert.match(root.traceparent, /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
});

test('a caller that is not followed gives its trace id and decides nothing', async (t) => {
  const otlp = await startOtlp(t);
  const options = { endpoint: otlp.url, followsCallers: false };
  const [always, never] = await Promise.all([1, 0].map((ratio) => tracerOf(t, { ...options, ratio })));
  assert.ok(always && never);
  // A small id is always recorded by those who decide by the id.
  const chosen = `00-${'0'.repeat(31)}1-${spanId}-01`;
  assert.equal(never.start({ traceparent: chosen }, 'x').begin, undefined);
  assert.equal(never.start({ traceparent: sampled }, 'x').begin, undefined);
  assert.equal(spanOf(always.start({ traceparent: unsampled }, 'x')).traceparent.slice(3, 35), traceId);
  const half = await tracerOf(t, { ...options, ratio: 0.5 });
  const starts = Array.from({ length: 400 }, () => half.start({ traceparent: chosen }, 'x').begin !== undefined);
  const recorded = starts.filter(Boolean).length;
  assert.ok(recorded > 100 && recorded < 300, `${recorded} of 400`);
});

test('what is not recorded hands on its trace, as a caller of its own', async (t) => {
  const tracer = await tracerOf(t, { endpoint: 'http://127.0.0.1:1', ratio: 0 });
  const below = tracer.start({ traceparent: unsampled, tracestate: 'a=1' }, 'x');
  assert.match(below.traceparent, new RegExp(`^00-${traceId}-(?!${spanId})[0-9a-f]{16}-00$`));
  assert.equal(below.traceparent, below.traceparent);
  assert.equal(below.tracestate, 'a=1');
  const roots = Array.from({ length: 2_000 }, () => tracer.start({}, 'x').traceparent);
  assert.ok(roots.every((root) => /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/.test(root)));
  assert.equal(new Set(roots.map((root) => root.slice(3, 35))).size, roots.length);
  assert.equal(new Set(roots.map((root) => root.slice(36, 52))).size, roots.length);
});

test('traceparent is read as W3C Trace Context says', () => {
  const rest = `${traceId}-${spanId}-01`;
  for (const [traceparent, isValid] of [
    [`00-${rest}`, true],
    [`00-${traceId}-${spanId}-03`, true],
    [`cc-${rest}`, true],
    [`cc-${rest}-what-the-future-will-be-like`, true],
    [`00-${rest}-what-the-future-will-be-like`, false],
    [`cc-${rest}.what-the-future-will-be-like`, false],
    [`00-${rest}-`, false],
    [`00-${rest}0`, false],
    [`ff-${rest}`, false],
    [`0-${rest}`, false],
    [`.0-${rest}`, false],
    [`00-${traceId.toUpperCase()}-${spanId}-01`, false],
    [`00-${'0'.repeat(32)}-${spanId}-01`, false],
    [`00-${traceId}-${'0'.repeat(16)}-01`, false],
    [`00-${traceId.slice(1)}-${spanId}-01`, false],
    [`00-${traceId}0-${spanId}-01`, false],
    [`00-.${traceId.slice(1)}-${spanId}-01`, false],
    [`00-${traceId}-.${spanId.slice(1)}-01`, false],
    [`00-${traceId}-${spanId}`, false],
    [`00-${traceId}-${spanId}-1`, false],
    [`00-${traceId}-${spanId}-.1`, false],
    [`00-${rest}, 00-${rest}`, false],
    [`cc-${rest}-${'x'.repeat(600)}`, false],
    ['', false],
  ] as const)
    assert.equal(callerContext({ traceparent }) !== undefined, isValid, traceparent);
  assert.equal(callerContext({ traceparent: [`00-${rest}`] }), undefined);
  assert.deepEqual(
    ['00', '01', '02', '03', 'ff'].map(
      (flags) => callerContext({ traceparent: `00-${traceId}-${spanId}-${flags}` })?.sampled,
    ),
    [false, true, false, true, true],
  );
});

test('tracestate is read as W3C Trace Context says; one that is not right is left out', () => {
  const longest = 'a'.repeat(256);
  for (const [tracestate, read] of [
    ['foo=1', 'foo=1'],
    ['foo=1, \tbar=2', 'foo=1,bar=2'],
    ['foo=1,,bar=2,', 'foo=1,bar=2'],
    [['foo=1', 'bar=2'], 'foo=1,bar=2'],
    ['fw529a3039@dt=FfSxyAiAAI,a-_*/b=c d', 'fw529a3039@dt=FfSxyAiAAI,a-_*/b=c d'],
    [`${longest}=1`, `${longest}=1`],
    [`${longest}a=1`, undefined],
    [`foo=${'v'.repeat(256)}`, `foo=${'v'.repeat(256)}`],
    [`foo=${'v'.repeat(257)}`, undefined],
    ['', undefined],
    ['foo', undefined],
    ['foo@=1', undefined],
    ['@foo=1', undefined],
    ['foo@bar@baz=1', undefined],
    ['FOO=1', undefined],
    ['foo =1', undefined],
    ['foo=bar=baz', undefined],
    ['foo=', undefined],
    ['foo=1,foo=2', undefined],
    ['foo=\u0007', undefined],
    [Array.from({ length: 32 }, (_, i) => `k${i}=1`).join(), Array.from({ length: 32 }, (_, i) => `k${i}=1`).join()],
    [Array.from({ length: 33 }, (_, i) => `k${i}=1`).join(), undefined],
    [Array.from({ length: 6 }, (_, i) => `k${i}=${'v'.repeat(100)}`).join(), undefined],
  ] as const)
    assert.equal(callerContext({ traceparent: sampled, tracestate })?.tracestate, read, String(tracestate));
});

test('a process that traces nothing passes a valid context on, but not that somebody records', () => {
  assert.deepEqual(passedOn({ traceparent: sampled, tracestate: 'a=1' }), {
    traceparent: sampled.replace(/01$/, '00'),
    tracestate: 'a=1',
    begin: undefined,
  });
  assert.equal(passedOn({ traceparent: `ff${sampled.slice(2)}` }), undefined);
  assert.equal(passedOn({}), undefined);
});

test('a receiver that is not there, refuses or fails is told of once a minute, in our words', async (t) => {
  const refusing = await startOtlp(t, 403);
  const elsewhere = await startOtlp(t, 404);
  for (const [endpoint, code] of [
    // It is tried again until the end, whose time is over first.
    ['http://127.0.0.1:1', 'TIMEOUT'],
    [refusing.url, 403],
    [elsewhere.url, 404],
  ] as const) {
    warned.length = 0;
    const tracer = await createTracer({ ...usual, endpoint });
    spanOf(tracer.start({}, 'lost')).end();
    await tracer.shutdown();
    const expected =
      code === 404
        ? { expected: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, or /v1/traces below OTEL_EXPORTER_OTLP_ENDPOINT' }
        : {};
    const { origin } = new URL(endpoint);
    assert.deepEqual(warned, [{ endpoint: origin, code, ...expected, lost: 1, message: 'spans could not be sent' }]);
  }
  warned.length = 0;
  const exports: number[] = [];
  const exporter: NonNullable<TracerOptions['exporter']> = {
    export(spans) {
      exports.push(spans.length);
      throw new Error('secret words');
    },
    shutdown: async () => {},
  };
  const tracer = await createTracer({ ...usual, endpoint: 'http://127.0.0.1:1', exporter });
  for (let i = 0; i < 1_100; i++) spanOf(tracer.start({}, 'lost')).end();
  await tracer.shutdown();
  assert.equal(exports.length, 3);
  // One, and at the end one that tells of all others.
  const endpoint = 'http://127.0.0.1:1';
  const told = (lost: number) => ({ endpoint, code: 'Error', lost, message: 'spans could not be sent' });
  assert.deepEqual(warned, [told(512), told(1_100 - 512)]);
});

test('a long text is shortened, so that nobody makes a batch larger than receivers take', async (t) => {
  const otlp = await startOtlp(t);
  const tracer = await tracerOf(t, { endpoint: otlp.url });
  const span = spanOf(tracer.start({}, 'long'));
  span.set({ text: 'x'.repeat(100_000) });
  span.end();
  const [sent] = await otlp.until(1);
  assert.equal(String(sent?.attributes.text).length, 8_192);
});

test('a receiver that never answers holds nobody up, and the end for two seconds at most', async (t) => {
  const hanging = await startOtlp(t, 'never');
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.after(() => silent.close());
  for (const endpoint of [hanging.url, `http://127.0.0.1:${(silent.address() as AddressInfo).port}`]) {
    warned.length = 0;
    const tracer = await createTracer({ ...usual, endpoint });
    spanOf(tracer.start({}, 'lost')).end();
    const before = performance.now();
    await tracer.shutdown();
    const ms = performance.now() - before;
    assert.ok(ms < 3_500, `${ms} ms`);
    const { origin } = new URL(endpoint);
    assert.deepEqual(warned, [{ endpoint: origin, code: 'TIMEOUT', lost: 1, message: 'spans could not be sent' }]);
  }
});

test('OpenTelemetry is loaded only where there is a tracer', () => {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load(url, context, next) { if (url.includes('@opentelemetry')) loaded.push(url); return next(url, context); } });
    await import(${JSON.stringify(import.meta.resolve('../../../../subgraphs/kit/subgraph.ts'))});
    await import(${JSON.stringify(import.meta.resolve('../../../../subgraphs/kit/server.ts'))});
    const { createTracer } = await import(${JSON.stringify(import.meta.resolve('../../../../subgraphs/kit/telemetry/tracer.ts'))});
    const before = loaded.length;
    await createTracer({ serviceName: 'x', endpoint: 'http://127.0.0.1:1', headers: {}, ratio: 1, followsCallers: true, log: console });
    console.log(before, loaded.length > 0);
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  assert.equal(stdout, '0 true\n', stderr);
});
