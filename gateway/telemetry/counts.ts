import { Counter, type Registry } from 'prom-client';

/** What a counter is called. */
export interface CountsOptions<Label extends string> {
  /** `junction_requests_total`. */
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
}

/** One series of a counter. Whoever keeps it adds to its value. */
export interface Cell {
  value: number;
}

/**
 * A Prometheus counter whose series are kept by those who count. prom-client's own joins the labels to a text each time; it gets what the
 * series have come to when somebody asks.
 */
export class Counts<Label extends string> {
  readonly #cells = new Map<string, Cell & { readonly labels: Readonly<Record<Label, string>> }>();

  constructor(registry: Registry, { name, help, labelNames }: CountsOptions<Label>) {
    const cells = this.#cells;
    new Counter<Label>({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, value } of cells.values()) this.inc(labels, value);
      },
    });
  }

  /** The series with these labels; the same one each time. */
  cell(labels: Readonly<Record<Label, string>>): Cell {
    const key = Object.values(labels).join('\0');
    let cell = this.#cells.get(key);
    if (!cell) {
      cell = { labels, value: 0 };
      this.#cells.set(key, cell);
    }
    return cell;
  }
}
