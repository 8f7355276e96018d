import { Counter, Gauge, type Registry } from 'prom-client';
import { Durations, type Series } from './durations.ts';
import type { CallCode, PoolLoad, SystemName, SystemObserver, SystemSink } from './observer.ts';
import { Recent, type RecentError, type RecentHour } from './recent.ts';

/** What became of the calls to one system in the last hour. */
export interface RecentSystem extends RecentHour, SystemName {}

/** An error of a call to a system. */
export interface RecentSystemError extends RecentError, SystemName {}

/**
 * Calls to systems as Prometheus metrics: `junction_system_calls_total`, `junction_system_call_duration_seconds` and
 * `junction_system_pool`. Labels are names of subgraphs and systems, and codes that are stated, so that there are few.
 */
export class SystemMetrics implements SystemObserver {
  readonly #systems = new Map<string, SystemSeries>();
  readonly #durations: Durations<'subgraph' | 'system'>;
  readonly #now: (() => number) | undefined;

  /** `now`: for the last hour, milliseconds since 1970. */
  constructor(registry: Registry, now?: () => number) {
    this.#now = now;
    const systems = this.#systems;
    this.#durations = new Durations(registry, {
      name: 'junction_system_call_duration_seconds',
      help: 'How long calls to systems took, until their answer was read.',
      labelNames: ['subgraph', 'system'],
    });
    new Counter({
      name: 'junction_system_calls_total',
      help: 'Calls to systems (statements, HTTP requests), by how they ended: OK, CANCELED or the code of the error.',
      labelNames: ['subgraph', 'system', 'kind', 'code'],
      registers: [registry],
      // Counted in plain fields and handed over here, as in `Durations`.
      collect() {
        this.reset();
        for (const { name, codes } of systems.values())
          for (const [code, count] of codes) this.inc({ ...name, code }, count);
      },
    });
    new Gauge({
      name: 'junction_system_pool',
      help: 'Places of the pool or limit towards a system that are used, and who waits for one.',
      labelNames: ['subgraph', 'system', 'state'],
      registers: [registry],
      collect() {
        this.reset();
        for (const each of systems.values()) {
          const load = each.load();
          if (!load) continue;
          const { subgraph, system } = each.name;
          this.set({ subgraph, system, state: 'used' }, load.used);
          this.set({ subgraph, system, state: 'waiting' }, load.waiting);
        }
      },
    });
  }

  open(name: SystemName, load: () => PoolLoad | undefined): SystemSink {
    const { subgraph, system, kind } = name;
    const key = JSON.stringify([subgraph, system, kind]);
    let series = this.#systems.get(key);
    if (!series) {
      series = new SystemSeries({ subgraph, system, kind }, this.#durations.series(name), new Recent(this.#now));
      this.#systems.set(key, series);
    }
    const { loads } = series;
    loads.add(load);
    const add = series.add.bind(series);
    return { add, close: () => void loads.delete(load) };
  }

  /** Each system's last hour. */
  recent(): RecentSystem[] {
    return [...this.#systems.values()].map(({ name, recent }) => ({ ...name, ...recent.hour() }));
  }

  /** The last twenty errors of all systems, the latest first. */
  errors(): RecentSystemError[] {
    const all = [...this.#systems.values()].flatMap(({ name, recent }) =>
      recent.hour().errors.map((error) => ({ ...error, ...name })),
    );
    return all.sort((a, b) => b.at - a.at).slice(0, 20);
  }
}

/** One system's counts. */
class SystemSeries {
  readonly name: SystemName;
  readonly codes = new Map<CallCode, number>();
  readonly recent: Recent;
  /** More than one while a subgraph is being replaced by its next version. */
  readonly loads = new Set<() => PoolLoad | undefined>();
  readonly #durations: Series;

  constructor(name: SystemName, durations: Series, recent: Recent) {
    this.name = name;
    this.#durations = durations;
    this.recent = recent;
  }

  add(ms: number, code: CallCode, requestId: string): void {
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    this.#durations.observe(ms / 1_000);
    this.recent.add(ms, code === 'OK' || code === 'CANCELED' ? undefined : code, requestId);
  }

  load(): PoolLoad | undefined {
    const loads = [...this.loads].map((load) => load()).filter((load) => load !== undefined);
    if (loads.length === 0) return undefined;
    return loads.reduce((a, b) => ({ used: a.used + b.used, waiting: a.waiting + b.waiting }));
  }
}
