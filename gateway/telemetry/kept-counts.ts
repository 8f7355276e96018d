import type { MetricValues } from './metrics-text.ts';

/**
 * How many series of one metric are kept of those that have ended. Each process has labels of its own for the names that clients give their
 * operations, so those of many could be any number.
 */
const mostSeries = 10_000;

/**
 * What processes have counted that can't tell it: those that don't answer for a while, and those that have ended. A sum without them would be
 * less than it was, which Prometheus takes for a start from nothing: it would count all that is left a second time (`rate`).
 *
 * Only what counts upwards is kept, as it was told last; what a process measures is gone with it.
 */
export class KeptCounts {
  readonly #last = new Map<number, MetricValues>();
  #ended: MetricValues = [];

  /** What a process has told, by its number. */
  told(id: number, metrics: MetricValues): void {
    this.#last.set(
      id,
      metrics.filter(({ type, aggregator }) => (type === 'counter' || type === 'histogram') && aggregator === 'sum'),
    );
  }

  /** A process has ended; its number isn't used again. */
  ended(id: number): void {
    this.#ended = sum(this.#ended, this.#last.get(id) ?? []);
    this.#last.delete(id);
  }

  /** What is to be added to what others tell: of all that have ended, and of these, which did not answer. */
  missing(ids: readonly number[]): MetricValues[] {
    const silent = ids.flatMap((id) => [this.#last.get(id) ?? []]);
    return [this.#ended, ...silent].filter((metrics) => metrics.length > 0);
  }
}

function sum(a: MetricValues, b: MetricValues): MetricValues {
  const metrics = new Map(a.map((metric) => [metric.name, metric]));
  for (const metric of b) {
    const same = metrics.get(metric.name);
    metrics.set(metric.name, same ? { ...same, values: sumOfValues(same.values, metric.values) } : metric);
  }
  return [...metrics.values()];
}

type Values = MetricValues[number]['values'];

function sumOfValues(a: Values, b: Values): Values {
  const all = new Map<string, Values[number]>();
  for (const each of [...a, ...b]) {
    const key = JSON.stringify([each.metricName, each.labels]);
    const same = all.get(key);
    if (!same && all.size >= mostSeries) continue;
    all.set(key, same ? { ...same, value: same.value + each.value } : each);
  }
  return [...all.values()];
}
