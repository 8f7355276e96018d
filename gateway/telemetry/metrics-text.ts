import { AggregatorRegistry, type Registry } from 'prom-client';

/** A registry's metrics as plain objects: what one process tells another. */
export type MetricValues = readonly {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly values: readonly {
    readonly value: number;
    readonly labels: Readonly<Record<string, string | number>>;
    readonly metricName?: string;
  }[];
}[];

/** In which form metrics are told: Prometheus' own text, or OpenMetrics. */
export type MetricsForm = 'prometheus' | 'openmetrics';

/** What this process has counted. Values that aren't numbers, such as the mean of nothing, are left out: JSON has no word for them. */
export async function valuesOf(registry: Registry): Promise<MetricValues> {
  const metrics = (await registry.getMetricsAsJSON()) as unknown as MetricValues;
  return metrics.map((metric) => ({ ...metric, values: metric.values.filter(({ value }) => Number.isFinite(value)) }));
}

/** What several processes have counted, as one text: counts are added, as each metric says. */
export async function metricsText(processes: readonly MetricValues[], form: MetricsForm): Promise<MetricsText> {
  const isOpen = form === 'openmetrics';
  // In OpenMetrics a counter has its suffix behind its values alone; prom-client adds it there.
  const named = isOpen ? processes.map((metrics) => metrics.map(withoutTotal)) : processes;
  const [first = []] = named;
  // What is of one process alone, such as when it was started, is left out only where there are several.
  const all = named.length > 1 ? named : [first.map((metric) => ({ ...metric, aggregator: 'first' }))];
  const registry = AggregatorRegistry.aggregate(all.map((metrics) => [...metrics])) as Registry;
  if (isOpen) (registry as unknown as Registry<OpenMetricsType>).setContentType(openMetricsType);
  return { type: registry.contentType, text: await registry.metrics() };
}

/** Metrics as they go over the wire. */
export interface MetricsText {
  /** The content type. */
  readonly type: string;
  readonly text: string;
}

/**
 * The form that an `Accept` header asks for: OpenMetrics where it is liked at least as much as Prometheus' text, as Prometheus itself
 * says it.
 */
export function formOf(accept: string | undefined): MetricsForm {
  const parts = (accept ?? '').split(',').map((part) => part.trim().toLowerCase());
  const liked = (type: string) => Math.max(0, ...parts.filter((part) => part.startsWith(type)).map(qualityOf));
  const open = liked('application/openmetrics-text');
  return open > 0 && open >= liked('text/plain') ? 'openmetrics' : 'prometheus';
}

type OpenMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const openMetricsType: OpenMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

function withoutTotal(metric: MetricValues[number]): MetricValues[number] {
  return metric.type === 'counter' ? { ...metric, name: metric.name.replace(/_total$/, '') } : metric;
}

function qualityOf(part: string): number {
  const quality = /;\s*q=([\d.]+)/.exec(part)?.[1];
  return quality === undefined ? 1 : Number(quality);
}
