import { RequestMetrics } from './metrics.ts';
import { type MetricsForm, type MetricsText, type MetricValues, metricsText, valuesOf } from './metrics-text.ts';
import type { Peers } from './peers.ts';
import type { ProcessHour } from './process-hour.ts';
import type { ProcessMetrics } from './process-metrics.ts';

/** With what a gateway counts. */
export interface CountingOptions {
  readonly metrics: ProcessMetrics;
  /** The other workers, where there are any. */
  readonly peers?: Peers | undefined;
  /** How many names of operations are labels. */
  readonly operations?: number | undefined;
}

/** How many processes answer a question, and how many did not in time. */
export interface Workers {
  readonly answering: number;
  readonly missing: number;
}

/** Everything that is counted of requests, for all processes that serve together, whichever of them is asked. */
export class Counting {
  readonly requests: RequestMetrics;
  readonly #metrics: ProcessMetrics;
  readonly #peers: Peers | undefined;

  constructor({ metrics, peers, operations }: CountingOptions) {
    this.#metrics = metrics;
    this.requests = new RequestMetrics({ registry: metrics.registry, ...(operations !== undefined && { operations }) });
    this.#peers = peers;
    peers?.tell('metrics', () => valuesOf(metrics.registry));
    peers?.tell('hour', () => this.#hour());
  }

  /** What all processes have counted. */
  async metrics(form: MetricsForm): Promise<MetricsText> {
    const own = await valuesOf(this.#metrics.registry);
    const { answers, missing, kept } = (await this.#peers?.ask('metrics', own)) ?? {
      answers: [],
      missing: 0,
      kept: [],
    };
    const told = workersMetric({ answering: 1 + answers.length, missing });
    const others = [...answers, ...kept] as readonly MetricValues[];
    return metricsText([[told, ...own], ...others], form);
  }

  /** The last hour of all processes. */
  async hours(): Promise<{ readonly hours: readonly ProcessHour[]; readonly workers: Workers }> {
    const { answers, missing } = (await this.#peers?.ask('hour')) ?? { answers: [], missing: 0 };
    const hours = [this.#hour(), ...(answers as readonly ProcessHour[])];
    return { hours, workers: { answering: hours.length, missing } };
  }

  /** This process's own. */
  #hour(): ProcessHour {
    const systems = this.#metrics.systems
      .recent()
      .map(({ subgraph, minutes, errors }) => [subgraph, { minutes, errors }] as const);
    return {
      startedAt: Date.now() - process.uptime() * 1_000,
      ...this.requests.hour(),
      systems: Object.fromEntries(systems),
    };
  }
}

function workersMetric(workers: Workers): MetricValues[number] {
  return {
    name: 'junction_workers',
    help: 'Processes whose counts are in this text, and those that did not answer in time.',
    type: 'gauge',
    aggregator: 'sum',
    values: (['answering', 'missing'] as const).map((state) => ({ labels: { state }, value: workers[state] })),
  };
}
