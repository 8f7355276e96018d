import type { Tracer, TracerLog } from '../../subgraphs/kit/telemetry/tracer.ts';
import type { TelemetryConfig } from '../config-telemetry.ts';

/** What records traces in the gateway, or in a subgraph that runs as a service. Undefined where spans have no place to go. */
export async function configuredTracer(
  { endpoint, headers, ratio, followsGateway, serviceName: named }: TelemetryConfig,
  subgraph: string | undefined,
  log: TracerLog,
): Promise<Tracer | undefined> {
  if (endpoint === undefined) return undefined;
  const { createTracer } = await import('../../subgraphs/kit/telemetry/tracer.ts');
  // A name that was chosen is this process's own; otherwise traces would call all processes alike.
  const serviceName = subgraph !== undefined && named === 'junction' ? `junction-${subgraph}` : named;
  // Whoever reaches a gateway could have all of its requests recorded.
  const followsCallers = subgraph !== undefined && followsGateway;
  return createTracer({ serviceName, endpoint, headers, ratio, followsCallers, log });
}
