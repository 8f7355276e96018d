/** What is used of the package, which has no types. */
declare module 'parse-prometheus-text-format' {
  /** A metric; `value` of counters, gauges and what has no type. Histograms come without their labels. */
  interface ParsedMetric {
    readonly name: string;
    readonly help: string;
    readonly type: 'COUNTER' | 'GAUGE' | 'HISTOGRAM' | 'SUMMARY' | 'UNTYPED';
    readonly metrics: readonly {
      readonly labels?: Readonly<Record<string, string>>;
      readonly value?: string;
      readonly buckets?: Readonly<Record<string, string>>;
    }[];
  }

  /** Reads Prometheus' text format. */
  export default function parse(text: string): ParsedMetric[];
}
