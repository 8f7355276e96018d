import type { SystemMetrics } from '../../subgraphs/kit/telemetry/metrics.ts';
import { Recent, type RecentHour } from '../../subgraphs/kit/telemetry/recent.ts';
import { codeOf } from './metrics.ts';
import type { FetchRecord, RequestEnd, RequestRecord } from './record.ts';

/** One process's last hour. It survives JSON. */
export interface ProcessHour {
  /** When the process was started, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly requests: RecentHour;
  /** Fetches, by the subgraph's name. */
  readonly fetches: Readonly<Record<string, RecentHour>>;
  /** Calls to systems, by the subgraph's name. */
  readonly systems: Readonly<Record<string, RecentHour>>;
}

/** Keeps what happened in the last hour in this process: requests, fetches, and calls of the subgraphs in it. */
export class LastHourKeeper {
  readonly #systems: Pick<SystemMetrics, 'recent'>;
  readonly #requests = new Recent();
  readonly #fetches = new Map<string, Recent>();

  constructor(systems: Pick<SystemMetrics, 'recent'>) {
    this.#systems = systems;
  }

  /** Counts a request that is over. */
  count(record: RequestRecord, { status, code }: RequestEnd): void {
    const { requestId, startedAt, failures, fetches } = record;
    const told = code ?? (failures > 0 ? 'ERRORS' : status >= 400 ? `HTTP_${status}` : undefined);
    this.#requests.add(performance.now() - startedAt, unlessCanceled(told), requestId);
    for (const fetch of fetches) this.#fetch(fetch, requestId);
  }

  hour(): ProcessHour {
    return {
      startedAt: Date.now() - process.uptime() * 1_000,
      requests: this.#requests.hour(),
      fetches: Object.fromEntries([...this.#fetches].map(([name, recent]) => [name, recent.hour()])),
      systems: Object.fromEntries(
        this.#systems.recent().map(({ subgraph, minutes, errors }) => [subgraph, { minutes, errors }]),
      ),
    };
  }

  #fetch({ step: { subgraph }, ms, code, errors = 0 }: FetchRecord, requestId: string): void {
    let recent = this.#fetches.get(subgraph);
    if (!recent) {
      recent = new Recent();
      this.#fetches.set(subgraph, recent);
    }
    const told = codeOf(ms, code, errors);
    recent.add(ms ?? 0, told === 'OK' ? undefined : unlessCanceled(told), requestId);
  }
}

/** That a client went away is nobody's fault here. */
function unlessCanceled(code: string | undefined): string | undefined {
  return code === 'REQUEST_CANCELED' ? undefined : code;
}
