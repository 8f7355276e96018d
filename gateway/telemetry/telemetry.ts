import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { PersistedOperations } from '../operations/persisted/persisted.ts';
import type { Gateway } from '../supergraph/gateway.ts';
import type { SupergraphStatus } from '../supergraph/status.ts';
import { configuredTracer } from './configured.ts';
import type { Counting } from './counting.ts';
import type { Peers } from './peers.ts';
import type { ProcessMetrics } from './process-metrics.ts';
import type { RequestObserver } from './record.ts';
import { observeRequests } from './requests.ts';
import { SlowOperations } from './slow-operations.ts';

/** What sees a gateway's requests. */
export interface Telemetry {
  /** Undefined where nothing is asked for: then nobody writes down what requests do. */
  readonly observer: RequestObserver | undefined;
  /** Undefined with METRICS=off. */
  readonly counting: Counting | undefined;
  /** From now on the gateway itself is asked, too, when somebody asks for metrics. */
  watch(watched: Watched): void;
  /** Sends the spans that have ended, for two seconds at most. Never rejects. */
  close(): Promise<void>;
}

/** A gateway that serves. */
export interface Watched {
  readonly gateway: Pick<Gateway, 'state'>;
  readonly status: () => SupergraphStatus | undefined;
  readonly persisted: Pick<PersistedOperations, 'counts'>;
}

/** What telemetry is made of. */
export interface TelemetryOptions {
  readonly config: Pick<Config, 'telemetry' | 'file'>;
  /** With what this process counts; undefined with METRICS=off. */
  readonly metrics: ProcessMetrics | undefined;
  /** The other workers, where there are any. */
  readonly peers?: Peers | undefined;
  readonly log: Logger;
}

/** Opens what the settings ask for, and loads nothing else. */
export async function openTelemetry({ config, metrics, peers, log }: TelemetryOptions): Promise<Telemetry> {
  const { slowOperationMs } = config.telemetry;
  const tracing = configuredTracer(config.telemetry, undefined, log);
  // A manifest has as many names as it has operations, and nobody else can make up any.
  const operations = config.file.persisted_operations.only ? Number.POSITIVE_INFINITY : undefined;
  const counting = metrics && new (await import('./counting.ts')).Counting({ metrics, peers, operations });
  const slow = slowOperationMs > 0 ? new SlowOperations({ thresholdMs: slowOperationMs, log }) : undefined;
  const tracer = await tracing;
  const isSeen = tracer !== undefined || slow !== undefined || counting !== undefined;
  const { requests } = counting ?? {};
  const sinks = requests ? [requests.count.bind(requests)] : [];
  const observer = isSeen ? observeRequests({ tracer, slow, sinks }) : undefined;
  const registered = metrics && { ...metrics, ...(await import('./gateway-metrics.ts')) };
  return {
    observer: observer && requests ? requests.counting(observer) : observer,
    counting,
    watch: ({ gateway, status, persisted }) =>
      registered?.watchGateway(registered.registry, { state: () => gateway.state(), status, persisted }),
    close: async () => tracer?.shutdown(),
  };
}
