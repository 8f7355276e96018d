import { Gauge, type Registry } from 'prom-client';

/** A gauge of one series that is read when somebody asks. `aggregator`: how those of several processes become one. */
export function gauge(
  registry: Registry,
  name: string,
  help: string,
  read: () => number,
  aggregator: 'sum' | 'max' | 'min' = 'sum',
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    aggregator,
    collect() {
      this.set(read());
    },
  });
}
