import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { ConfigError, readConfig } from '../../../gateway/config.ts';
import { configuredTracer } from '../../../gateway/telemetry/configured.ts';
import { startOtlp } from '../../servers/otlp.ts';

// OpenTelemetry's own variables ("Environment Variable Specification" and "OpenTelemetry Protocol Exporter"): where spans go, and
// which. `orders` is a subgraph that runs as a service, whose caller is the gateway.

type Environment = Readonly<Record<string, string>>;
type Process = 'gateway' | 'orders';

const nowhere = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
const sampled = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const unsampled = sampled.replace(/01$/, '00');

/** What a process with these settings records with. */
async function tracerOf(t: TestContext, environment: Environment, process: Process = 'gateway') {
  const { telemetry } = readConfig({ GATEWAY_CONFIG: '', ...environment });
  const subgraph = process === 'gateway' ? undefined : process;
  const tracer = await configuredTracer(telemetry, subgraph, pino({ level: 'silent' }));
  t.after(() => tracer?.shutdown());
  return tracer;
}

/** Whether a request with this traceparent is recorded, or none. */
async function records(t: TestContext, environment: Environment, process: Process, traceparent?: string) {
  const tracer = await tracerOf(t, { ...nowhere, ...environment }, process);
  assert.ok(tracer);
  const trace = tracer.start(traceparent === undefined ? {} : { traceparent }, 'POST /graphql');
  return 'end' in trace;
}

function faultsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults;
  }
}

/** Where a span comes to, and with which headers. */
async function sent(t: TestContext, path: string, settings: (origin: string) => Environment) {
  const otlp = await startOtlp(t, 200, path);
  const tracer = await tracerOf(t, settings(new URL(otlp.url).origin));
  const trace = tracer?.start({}, 'POST /graphql');
  assert.ok(trace && 'end' in trace);
  trace.end();
  await tracer?.shutdown();
  assert.equal(otlp.spans().length, 1, `expected a span at ${path}, got ${otlp.requests.length} requests`);
  const { 'x-tenant': tenant, authorization } = otlp.requests[0]?.headers ?? {};
  return { tenant, authorization };
}

test('spans go to /v1/traces below OTEL_EXPORTER_OTLP_ENDPOINT', async (t) => {
  await sent(t, '/v1/traces', (origin) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: origin }));
  await sent(t, '/otel/v1/traces', (origin) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `${origin}/otel/` }));
});

test('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is used as it is, and counts before the general one', async (t) => {
  await sent(t, '/ingest/spans', (origin) => ({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${origin}/ingest/spans`,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector.example:4317',
  }));
  await sent(t, '/', (origin) => ({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: origin }));
  // Empty is as if it were not there.
  await sent(t, '/v1/traces', (origin) => ({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '',
    OTEL_EXPORTER_OTLP_ENDPOINT: origin,
  }));
});

test('OTEL_EXPORTER_OTLP_TRACES_HEADERS replaces the general headers', async (t) => {
  const general = (origin: string) => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: origin,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20s3cret,x-tenant=north',
  });
  assert.deepEqual(await sent(t, '/v1/traces', general), { tenant: 'north', authorization: 'Bearer s3cret' });
  const own = (origin: string) => ({ ...general(origin), OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'X-Tenant=south' });
  assert.deepEqual(await sent(t, '/v1/traces', own), { tenant: 'south', authorization: undefined });
});

test('OTEL_TRACES_SAMPLER: in the gateway every request is a root, whatever a client says of its own trace', async (t) => {
  for (const [sampler, arg, isRecorded] of [
    ['always_on', '0', true],
    ['always_off', '1', false],
    ['traceidratio', '1', true],
    ['traceidratio', '0', false],
    ['parentbased_always_on', '0', true],
    ['parentbased_always_off', '1', false],
    ['parentbased_traceidratio', '0', false],
    // OpenTelemetry's default, where a sampler is named; without one it is ours.
    ['traceidratio', '', true],
    ['', '0', false],
    ['', '', true],
  ] as const) {
    const environment = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: arg };
    for (const traceparent of [undefined, sampled, unsampled])
      assert.equal(await records(t, environment, 'gateway', traceparent), isRecorded, JSON.stringify(environment));
  }
});

test('OTEL_TRACES_SAMPLER: a subgraph records what the gateway records, unless it is to record all or nothing', async (t) => {
  for (const [sampler, fromSampled, fromUnsampled] of [
    ['always_on', true, true],
    ['always_off', false, false],
    ['traceidratio', true, false],
    ['parentbased_always_on', true, false],
    ['parentbased_always_off', true, false],
    ['parentbased_traceidratio', true, false],
    ['', true, false],
  ] as const) {
    const environment = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '0.5' };
    assert.equal(await records(t, environment, 'orders', sampled), fromSampled, sampler);
    assert.equal(await records(t, environment, 'orders', unsampled), fromUnsampled, sampler);
  }
});

test('with OTEL_SDK_DISABLED nothing is recorded, wherever spans would go', async (t) => {
  const set = (value: string) => ({ ...nowhere, OTEL_SDK_DISABLED: value });
  for (const value of ['true', 'TRUE']) assert.equal(await tracerOf(t, set(value)), undefined);
  for (const value of ['false', 'False', '']) assert.ok(await tracerOf(t, set(value)));
});

test('what is wrong is named by its variable, and what may hold a secret is not quoted', () => {
  assert.deepEqual(
    faultsOf({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'collector.example:4317/s3cret',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 's3cret',
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
      OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://localhost:14250',
      OTEL_SDK_DISABLED: 'yes',
    }),
    [
      'OTEL_SDK_DISABLED: expected one of true, false, got "yes".',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: expected the URL to which traces are posted as it is, such as http://otel.example:4318/v1/traces.',
      'OTEL_EXPORTER_OTLP_TRACES_HEADERS: expected name=value,name=value, percent-encoded.',
      'OTEL_TRACES_SAMPLER: expected one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio, got "jaeger_remote".',
    ],
  );
  assert.deepEqual(
    faultsOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector.example:4317',
      OTEL_EXPORTER_OTLP_HEADERS: 's3cret',
      OTEL_TRACES_SAMPLER_ARG: 'half',
    }),
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT: expected the URL of a collector, such as http://otel.example:4318.',
      'OTEL_EXPORTER_OTLP_HEADERS: expected name=value,name=value, percent-encoded.',
      'OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1, got "half".',
    ],
  );
});
