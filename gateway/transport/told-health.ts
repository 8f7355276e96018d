import { isObject } from './response.ts';
import type { SubgraphHealth, SystemHealth } from './transport.ts';

/** Reads what Junction's own subgraphs answer at /health/ready; undefined for anything else. */
export function toldHealth(body: unknown): SubgraphHealth | undefined {
  if (!isObject(body) || (body.status !== 'up' && body.status !== 'down')) return undefined;
  const system = toldSystem(body.system);
  return system ? { status: body.status, system } : { status: body.status };
}

function toldSystem(body: unknown): SystemHealth | undefined {
  if (!isObject(body)) return undefined;
  const { name, kind, status, latencyMs, faults } = body;
  if (typeof name !== 'string' || typeof kind !== 'string' || typeof latencyMs !== 'number') return undefined;
  return {
    name,
    kind,
    status: status === 'up' ? 'up' : 'down',
    latencyMs,
    ...(Array.isArray(faults) && { faults: faults.map(String) }),
  };
}
