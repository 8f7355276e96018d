import type { Registry } from 'prom-client';
import type { SystemMetrics } from '../../subgraphs/kit/telemetry/metrics.ts';
import type { TelemetryConfig } from '../config-telemetry.ts';

/** What one process counts with. */
export interface ProcessMetrics {
  /** Its own, not prom-client's global one: nobody else's metrics get into it by an import. */
  readonly registry: Registry;
  /** Counts the calls of the subgraphs in this process to their systems. */
  readonly systems: SystemMetrics;
}

/** They go through every open socket each time, and break Prometheus' rules for names. */
const unwanted = ['handles', 'requests', 'resources'].flatMap((what) =>
  ['', '_total'].map((suffix) => `nodejs_active_${what}${suffix}`),
);

/**
 * Opens what a process counts with: memory, garbage collection, CPU time, event loop, and calls to systems. Undefined with METRICS=off,
 * when nothing of it is loaded.
 */
export async function openMetrics({ metrics }: Pick<TelemetryConfig, 'metrics'>): Promise<ProcessMetrics | undefined> {
  if (!metrics) return undefined;
  const [{ collectDefaultMetrics, Registry }, { SystemMetrics }, { watchEventLoop }] = await Promise.all([
    import('prom-client'),
    import('../../subgraphs/kit/telemetry/metrics.ts'),
    import('./event-loop.ts'),
  ]);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of unwanted) registry.removeSingleMetric(name);
  watchEventLoop(registry);
  return { registry, systems: new SystemMetrics(registry) };
}
