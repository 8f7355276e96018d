import type { Registry } from 'prom-client';
import { Durations, type Series } from '../../subgraphs/kit/telemetry/durations.ts';
import { Recent, type RecentHour } from '../../subgraphs/kit/telemetry/recent.ts';
import { type Cell, Counts } from './counts.ts';
import { FetchMetrics } from './fetch-metrics.ts';
import { gauge } from './gauge.ts';
import { OperationLabels } from './operation-labels.ts';
import { type RequestEnd, type RequestObserver, type RequestRecord, requestCanceled } from './record.ts';

/** How requests are counted. */
export interface RequestMetricsOptions {
  readonly registry: Registry;
  /** How many names of operations are labels. @default 200 */
  readonly operations?: number;
}

/** What a request came to. */
const outcomes = ['ok', 'partial', 'refused', 'failed', 'canceled'] as const;
const kinds = ['query', 'mutation', 'subscription', 'none'] as const;

/** The status of a request whose client had gone. */
const canceled = 499;

/** The label of what never came to be an operation. */
const noOperation = 'none';

/** An operation's own series. */
interface OperationSeries {
  readonly label: string;
  readonly duration: Series;
  /** By kind, status and outcome, as one number. */
  readonly requests: Map<number, Cell>;
}

/**
 * Counts requests and their fetches, for ever and in the last hour. Labels are bounded: operations by their number, all others by what
 * the server itself can say. It takes part in every request, so it adds to numbers in objects that are at hand, and leaves text to
 * whoever asks for it.
 */
export class RequestMetrics {
  readonly #labels: OperationLabels;
  readonly #operations = new Map<string, OperationSeries>();
  readonly #refused = new Map<string, Cell>();
  readonly #requests: Counts<'operation' | 'kind' | 'status' | 'outcome'>;
  readonly #durations: Durations<'operation'>;
  readonly #fetches: FetchMetrics;
  readonly #recent = new Recent();
  readonly #refusals: Counts<'code' | 'limit'>;
  readonly #planning: Series;
  readonly #planHits: Cell;
  readonly #planMisses: Cell;
  #inFlight = 0;

  constructor({ registry, operations = 200 }: RequestMetricsOptions) {
    this.#labels = new OperationLabels(operations);
    const counts = <Label extends string>(name: string, labelNames: readonly Label[], help: string) =>
      new Counts(registry, { name: `junction_${name}`, help, labelNames });
    const durations = <Label extends string>(name: string, labelNames: readonly Label[], help: string) =>
      new Durations(registry, { name: `junction_${name}`, help, labelNames });
    this.#requests = counts(
      'requests_total',
      ['operation', 'kind', 'status', 'outcome'],
      'Requests to /graphql. Outcome partial: answered, with errors in the answer.',
    );
    this.#durations = durations('request_duration_seconds', ['operation'], 'How long requests to /graphql took.');
    this.#refusals = counts(
      'refusals_total',
      ['code', 'limit'],
      'Requests that were not run, and the limit they exceed.',
    );
    this.#fetches = new FetchMetrics(registry);
    const help = 'How long preparing operations took that were new, waiting included.';
    this.#planning = durations('planning_duration_seconds', [], help).series({});
    this.#planHits = counts('plan_cache_hits_total', [], 'Operations that were prepared already.').cell({});
    this.#planMisses = counts('plan_cache_misses_total', [], 'Operations that had to be prepared.').cell({});
    gauge(registry, 'junction_requests_in_flight', 'Requests to /graphql that are worked on.', () => this.#inFlight);
  }

  /** An observer that also counts what is worked on. */
  counting(observer: RequestObserver): RequestObserver {
    return {
      begin: (request) => {
        this.#inFlight += 1;
        return observer.begin(request);
      },
      end: (record, end) => {
        this.#inFlight -= 1;
        observer.end(record, end);
      },
    };
  }

  /** Counts a request that is over. */
  count(record: RequestRecord, { endedAt, status, code, limit = '' }: RequestEnd): void {
    const { requestId, startedAt, operation, fetches, preparingMs, failures } = record;
    const ms = endedAt - startedAt;
    const at = Date.now();
    const series = this.#operation(operation ? this.#labels.of(operation.name) : noOperation);
    const outcome = outcomeOf(status, code, record.errors);
    const kind = kinds.indexOf(operation?.kind ?? 'none');
    const key = (status * kinds.length + kind) * outcomes.length + outcome;
    const requests = series.requests.get(key) ?? this.#newRequests(series, key, { status, kind, outcome });
    requests.value += 1;
    series.duration.observe(ms / 1_000);
    const failed = code ?? (failures > 0 ? 'ERRORS' : status >= 400 ? `HTTP_${status}` : undefined);
    this.#recent.add(ms, failed === requestCanceled ? undefined : failed, requestId, at);
    if (code !== undefined && status !== canceled) this.#refuse(code, limit);
    if (preparingMs !== undefined) {
      this.#planMisses.value += 1;
      this.#planning.observe(preparingMs / 1_000);
    } else if (operation) {
      this.#planHits.value += 1;
    }
    for (const fetch of fetches) this.#fetches.count(fetch, requestId, at);
  }

  /** The last hour of requests, and of fetches by the subgraph's name. */
  hour(): { readonly requests: RecentHour; readonly fetches: Readonly<Record<string, RecentHour>> } {
    return { requests: this.#recent.hour(), fetches: this.#fetches.hour() };
  }

  #refuse(code: string, limit: string): void {
    const key = `${code} ${limit}`;
    let cell = this.#refused.get(key);
    if (!cell) {
      cell = this.#refusals.cell({ code, limit });
      this.#refused.set(key, cell);
    }
    cell.value += 1;
  }

  #operation(label: string): OperationSeries {
    let series = this.#operations.get(label);
    if (!series) {
      series = { label, duration: this.#durations.series({ operation: label }), requests: new Map() };
      this.#operations.set(label, series);
    }
    return series;
  }

  #newRequests(
    { label, requests }: OperationSeries,
    key: number,
    { status, kind, outcome }: { readonly status: number; readonly kind: number; readonly outcome: number },
  ): Cell {
    const labels = {
      operation: label,
      kind: kinds[kind] ?? '',
      status: String(status),
      outcome: outcomes[outcome] ?? '',
    };
    const cell = this.#requests.cell(labels);
    requests.set(key, cell);
    return cell;
  }
}

/** Its place among the outcomes. */
function outcomeOf(status: number, code: string | undefined, errors: number): number {
  if (status === canceled) return 4;
  if (status >= 500) return 3;
  if (code !== undefined) return 2;
  return errors > 0 ? 1 : 0;
}
