import { FetchError } from './errors.ts';
import { isObject } from './response.ts';
import type { SubgraphHealth, SystemHealth, Transport } from './transport.ts';

/** How one subgraph is, as `/health/ready` shows it. */
export interface HealthReport {
  readonly name: string;
  readonly status: 'up' | 'down';
  /** How long the probe took, in milliseconds. */
  readonly latencyMs: number;
  /** `in-process` or an origin. */
  readonly where: string;
  /** The system behind it, where the subgraph tells. */
  readonly system?: SystemHealth;
  /** Why it is down, where that is for whoever runs it to mend: it refuses what the gateway signs. */
  readonly code?: 'SUBGRAPH_REFUSED';
}

const reuseMs = 1_000;
const timeoutMs = 1_000;

/** Asks every subgraph how it is. Reports are reused for a second, so that frequent probes don't burden the systems. */
export class HealthProbe {
  readonly #transports: ReadonlyMap<string, Transport>;
  #last: { readonly at: number; readonly reports: Promise<HealthReport[]> } | undefined;

  /** @param transports the transports to ask, by the subgraph's name */
  constructor(transports: ReadonlyMap<string, Transport>) {
    this.#transports = transports;
  }

  /** Reports on all subgraphs, each asked for at most a second. Never rejects: who doesn't answer is down. */
  reports(): Promise<HealthReport[]> {
    const now = performance.now();
    if (!this.#last || now - this.#last.at >= reuseMs) {
      const transports = [...this.#transports];
      this.#last = { at: now, reports: Promise.all(transports.map(([name, transport]) => probe(name, transport))) };
    }
    return this.#last.reports;
  }
}

async function probe(name: string, transport: Transport): Promise<HealthReport> {
  const started = performance.now();
  const latencyMs = () => Math.round((performance.now() - started) * 10) / 10;
  const { where } = transport;
  try {
    const health = await withDeadline(timeoutMs, (signal) => transport.health(signal));
    return {
      name,
      status: health.status,
      latencyMs: latencyMs(),
      where,
      ...(health.system && { system: health.system }),
    };
  } catch (error) {
    const isRefused = error instanceof FetchError && error.code === 'SUBGRAPH_REFUSED';
    return { name, status: 'down', latencyMs: latencyMs(), where, ...(isRefused && { code: error.code }) };
  }
}

/**
 * Runs a probe at most so long. Rejects with a `FetchError` (SUBGRAPH_TIMEOUT) as soon as its time is over, even if it ignores
 * its signal. `AbortSignal.timeout` would leave the timer running.
 */
export function withDeadline<T>(timeoutMs: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const error = new FetchError('SUBGRAPH_TIMEOUT', `no answer within ${timeoutMs} ms`);
      reject(error);
      controller.abort(error);
    }, timeoutMs);
    run(controller.signal)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}

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
