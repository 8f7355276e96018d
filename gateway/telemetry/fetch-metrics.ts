import type { Registry } from 'prom-client';
import { Durations, type Series } from '../../subgraphs/kit/telemetry/durations.ts';
import { Recent, type RecentHour } from '../../subgraphs/kit/telemetry/recent.ts';
import { type Cell, Counts } from './counts.ts';
import { type FetchRecord, requestCanceled } from './record.ts';

/** A subgraph's own series. */
interface SubgraphSeries {
  readonly duration: Series;
  readonly bytes: Cell;
  /** There from the first fetch on, if only as 0: a share of errors needs it. */
  readonly ok: Cell;
  /** By code. */
  readonly others: Map<string, Cell>;
  readonly recent: Recent;
}

/** Counts fetches, by subgraph: for ever as Prometheus metrics, and what there was in the last hour. */
export class FetchMetrics {
  readonly #subgraphs = new Map<string, SubgraphSeries>();
  readonly #fetches: Counts<'subgraph' | 'code'>;
  readonly #durations: Durations<'subgraph'>;
  readonly #bytes: Counts<'subgraph'>;

  constructor(registry: Registry) {
    this.#fetches = new Counts(registry, {
      name: 'junction_fetches_total',
      help: 'Fetches. Code OK, ERRORS where the answer had some, or why there was none.',
      labelNames: ['subgraph', 'code'],
    });
    this.#durations = new Durations(registry, {
      name: 'junction_fetch_duration_seconds',
      help: 'How long fetches from a subgraph took.',
      labelNames: ['subgraph'],
    });
    this.#bytes = new Counts(registry, {
      name: 'junction_fetch_bytes_total',
      help: 'What subgraphs answered, in bytes; those in this process answer without any.',
      labelNames: ['subgraph'],
    });
  }

  /** Counts a fetch of a request that ended at `at`, in milliseconds since 1970. */
  count({ step: { subgraph }, ms, code, errors, bytes }: FetchRecord, requestId: string, at: number): void {
    const series = this.#subgraphs.get(subgraph) ?? this.#open(subgraph);
    if (bytes !== undefined) series.bytes.value += bytes;
    if (ms !== undefined) series.duration.observe(ms / 1_000);
    if (ms !== undefined && code === undefined && !errors) {
      series.ok.value += 1;
      series.recent.add(ms, undefined, requestId, at);
      return;
    }
    // One that was still under way when the request ended was given up with it.
    const told = code ?? (ms === undefined ? requestCanceled : 'ERRORS');
    let cell = series.others.get(told);
    if (!cell) {
      cell = this.#fetches.cell({ subgraph, code: told });
      series.others.set(told, cell);
    }
    cell.value += 1;
    // That a client went away is nobody's fault here.
    series.recent.add(ms ?? 0, told === requestCanceled ? undefined : told, requestId, at);
  }

  /** The last hour, by the subgraph's name. */
  hour(): Readonly<Record<string, RecentHour>> {
    return Object.fromEntries([...this.#subgraphs].map(([name, { recent }]) => [name, recent.hour()]));
  }

  #open(subgraph: string): SubgraphSeries {
    const series = {
      duration: this.#durations.series({ subgraph }),
      bytes: this.#bytes.cell({ subgraph }),
      ok: this.#fetches.cell({ subgraph, code: 'OK' }),
      others: new Map(),
      recent: new Recent(),
    };
    this.#subgraphs.set(subgraph, series);
    return series;
  }
}
