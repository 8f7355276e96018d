import type { EnvironmentReader } from './config-environment.ts';

/** By what environment variables say; names that begin with OTEL are OpenTelemetry's own ("Environment Variable Specification"). */
export interface TelemetryConfig {
  /** `METRICS`: whether requests, fetches and calls are counted, for /metrics. */
  readonly metrics: boolean;
  /**
   * Where spans are posted by OTLP over HTTP: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, or `/v1/traces` below `OTEL_EXPORTER_OTLP_ENDPOINT`;
   * undefined where nobody traces, as with `OTEL_SDK_DISABLED=true`.
   */
  readonly endpoint: string | undefined;
  /** `OTEL_EXPORTER_OTLP_TRACES_HEADERS`, or else `OTEL_EXPORTER_OTLP_HEADERS`: `name=value,…`, percent-encoded: credentials for there. */
  readonly headers: Readonly<Record<string, string>>;
  /** `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`: which part of all requests is recorded. */
  readonly ratio: number;
  /**
   * Whether a subgraph records what the gateway records. So it does by all samplers but `always_on` and `always_off`: by OpenTelemetry's
   * `traceidratio` both would choose the same traces, but the gateway throws instead, as clients could choose ids that are always recorded.
   */
  readonly followsGateway: boolean;
  /** `OTEL_SERVICE_NAME`. */
  readonly serviceName: string;
  /** `SLOW_OPERATION_MS`: what takes longer is logged with its plan; 0 for nothing. */
  readonly slowOperationMs: number;
}

/** Those of OpenTelemetry that need nobody else. `parentbased_…` says what becomes of a trace without a parent: in the gateway, of all. */
const samplers = [
  ...(['always_on', 'always_off', 'traceidratio'] as const),
  ...(['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const),
];

/** Reads what is told of the running process to whoever watches it. */
export function readTelemetry(reader: EnvironmentReader, production: boolean): TelemetryConfig {
  const { environment } = reader;
  return {
    metrics: reader.oneOf('METRICS', ['on', 'off'], 'on') === 'on',
    ...readReceiver(reader),
    ...readSampler(reader, production),
    serviceName: environment.OTEL_SERVICE_NAME || 'junction',
    slowOperationMs: reader.number('SLOW_OPERATION_MS', 1_000, { min: 0, max: 600_000 }),
  };
}

/** "OpenTelemetry Protocol Exporter": what is said of traces counts before what is said of all signals. */
function readReceiver(reader: EnvironmentReader): Pick<TelemetryConfig, 'endpoint' | 'headers'> {
  const isDisabled = readDisabled(reader);
  const endpoint = readEndpoint(reader);
  const headers = readHeaders(reader);
  return { endpoint: isDisabled ? undefined : endpoint, headers };
}

function readDisabled(reader: EnvironmentReader): boolean {
  const text = reader.environment.OTEL_SDK_DISABLED || 'false';
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  reader.refuse('OTEL_SDK_DISABLED', `expected one of true, false, got "${text}".`);
  return false;
}

function readEndpoint(reader: EnvironmentReader): string | undefined {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: exact, OTEL_EXPORTER_OTLP_ENDPOINT: below } = reader.environment;
  const text = exact || below;
  if (!text) return undefined;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))
    return exact ? text : `${text.replace(/\/+$/, '')}/v1/traces`;
  // A URL may hold credentials, so it isn't quoted.
  if (exact)
    reader.refuse(
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      'expected the URL to which traces are posted as it is, such as http://otel.example:4318/v1/traces.',
    );
  else
    reader.refuse('OTEL_EXPORTER_OTLP_ENDPOINT', 'expected the URL of a collector, such as http://otel.example:4318.');
  return undefined;
}

function readHeaders(reader: EnvironmentReader): Record<string, string> {
  const own = 'OTEL_EXPORTER_OTLP_TRACES_HEADERS';
  const variable = reader.environment[own] ? own : 'OTEL_EXPORTER_OTLP_HEADERS';
  const pairs = (reader.environment[variable] ?? '').split(',').filter((pair) => pair.trim() !== '');
  try {
    return Object.fromEntries(pairs.map(headerOf));
  } catch {
    // It holds credentials, so it isn't quoted.
    reader.refuse(variable, 'expected name=value,name=value, percent-encoded.');
    return {};
  }
}

/** A header in OpenTelemetry's form. Errors: any, for one that isn't. */
function headerOf(pair: string): [string, string] {
  const [, name, value] = /^\s*([\w-]+)\s*=\s*(\S*)\s*$/.exec(pair) ?? [];
  if (name === undefined || value === undefined) throw new Error('expected name=value');
  return [name.toLowerCase(), decodeURIComponent(value)];
}

/** A number without a sampler is one for `parentbased_traceidratio`; where none is set either, production records little. */
function readSampler(
  reader: EnvironmentReader,
  production: boolean,
): Pick<TelemetryConfig, 'ratio' | 'followsGateway'> {
  const named = Boolean(reader.environment.OTEL_TRACES_SAMPLER);
  // One that isn't known has an argument of its own.
  const sampler = named ? reader.oneOf('OTEL_TRACES_SAMPLER', samplers, 'always_off') : 'parentbased_traceidratio';
  const followsGateway = sampler !== 'always_on' && sampler !== 'always_off';
  if (sampler.endsWith('always_on')) return { ratio: 1, followsGateway };
  if (sampler.endsWith('always_off')) return { ratio: 0, followsGateway };
  const unset = production && !named ? 0.01 : 1;
  const ratio = reader.number('OTEL_TRACES_SAMPLER_ARG', unset, { min: 0, max: 1, whole: false });
  return { ratio, followsGateway };
}
