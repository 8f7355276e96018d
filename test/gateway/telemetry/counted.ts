import type { TestContext } from 'node:test';
import parse from 'parse-prometheus-text-format';
import { type ConfigFile, defaultConfigFile } from '../../../gateway/config-file.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';
import { openMetrics, type ProcessMetrics } from '../../../gateway/telemetry/process-metrics.ts';
import type { SystemsReport } from '../../../gateway/telemetry/systems-report.ts';
import { openTelemetry, type Telemetry } from '../../../gateway/telemetry/telemetry.ts';
import { type Running, type RunOptions, run } from '../fixture.ts';

/** A running gateway that counts. */
export interface CountedGateway extends Running {
  readonly telemetry: Telemetry;
  /** What it counts with. */
  readonly opened: ProcessMetrics | undefined;
  /** What /metrics answers. */
  metrics(headers?: Record<string, string>): Promise<Response>;
  /** As `valueIn` reads it from /metrics. */
  value(name: string, labels?: Record<string, string>): Promise<number | undefined>;
  /** What /systems.json answers. */
  systems(headers?: Record<string, string>): Promise<SystemsReport>;
}

/** How to count. */
export interface CountedOptions extends RunOptions {
  readonly production?: boolean;
  /** METRICS. @default true */
  readonly counts?: boolean;
  readonly file?: ConfigFile;
}

/** Settings of telemetry, but for METRICS. */
export const telemetrySettings = {
  endpoint: undefined,
  headers: {},
  ratio: 0,
  followsGateway: true,
  serviceName: 'junction',
  slowOperationMs: 0,
};

/** Runs a gateway that counts, until the test ends. */
export async function counted(t: TestContext, options: CountedOptions = {}): Promise<CountedGateway> {
  const { production = false, counts = true, file = defaultConfigFile, server, ...others } = options;
  const log = createLog({ level: 'silent' });
  const config = { telemetry: { ...telemetrySettings, metrics: counts }, file };
  const opened = await openMetrics(config.telemetry);
  const telemetry = await openTelemetry({ config, metrics: opened, log });
  const { observer, counting } = telemetry;
  const running = await run(t, { ...others, server: { observer, operators: { production, counting }, ...server } });
  const { gateway, origin } = running;
  telemetry.watch({ gateway, status: () => undefined, persisted: { counts: { known: 0, unknown: 0 } } });
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${origin}${path}`, { headers });
  return {
    ...running,
    telemetry,
    opened,
    metrics: (headers) => get('/metrics', headers),
    value: async (name, labels) => valueIn(await (await get('/metrics')).text(), name, labels),
    systems: async (headers) => (await (await get('/systems.json', headers)).json()) as SystemsReport,
  };
}

/** One series. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Each series of Prometheus' text, as a parser reads it; those of histograms by their own names, such as `…_count`. */
export function seriesOf(text: string): readonly Series[] {
  // The parser would take the histograms of all labels for one.
  const untyped = text.replaceAll(/^# (?:TYPE .* histogram|HELP .*)$/gm, '');
  return parse(untyped).flatMap(({ name, metrics }) =>
    metrics.map(({ labels = {}, value = '' }) => ({ name, labels, value: Number(value) })),
  );
}

/** The value of the one series of this name that has these labels, and others perhaps; undefined where there is none. */
export function valueIn(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const wanted = Object.entries(labels);
  const found = seriesOf(text).filter(
    (each) => each.name === name && wanted.every(([label, value]) => each.labels[label] === value),
  );
  if (found.length > 1) throw new Error(`expected one series of ${name}, got ${found.length}`);
  return found[0]?.value;
}
