import { Counter, Gauge, type Registry } from 'prom-client';
import type { PersistedOperations } from '../operations/persisted/persisted.ts';
import type { GatewayState } from '../supergraph/gateway.ts';
import type { SupergraphStatus } from '../supergraph/status.ts';
import { gauge } from './gauge.ts';

/** What is read when somebody asks for metrics. */
export interface GatewayMetricsOptions {
  readonly state: () => GatewayState;
  /** Undefined where nobody looks after the files. */
  readonly status: () => SupergraphStatus | undefined;
  readonly persisted: Pick<PersistedOperations, 'counts'>;
}

/** Registers what a gateway can be asked for at any time: its supergraph, its plans, its connections, its persisted operations. */
export function watchGateway(registry: Registry, { state, status, persisted }: GatewayMetricsOptions): void {
  const operations = () => state().operations;
  gauge(
    registry,
    'junction_plan_cache_entries',
    'Texts of operations that are kept prepared.',
    () => operations().entries,
  );
  gauge(registry, 'junction_plan_cache_bytes', 'What prepared operations take, estimated.', () => operations().bytes);
  gauge(registry, 'junction_planning_queue_length', 'What waits for a planning process.', () => operations().waiting);
  gauge(registry, 'junction_planning_processes', 'Planning processes that run.', () => operations().processes);
  const since = 'Since when this supergraph is in use, in seconds since 1970.';
  gauge(registry, 'junction_supergraph_since_timestamp_seconds', since, () => state().since.getTime() / 1_000, 'min');
  const outdated = '1 where a change of the supergraph could not be taken up, and the last one stays in use.';
  gauge(registry, 'junction_supergraph_outdated', outdated, () => (status()?.status === 'outdated' ? 1 : 0), 'max');
  new Gauge({
    name: 'junction_supergraph_info',
    help: 'The version of the supergraph that is in use; the value is how many processes use it.',
    labelNames: ['version'],
    registers: [registry],
    collect() {
      this.reset();
      this.set({ version: state().version }, 1);
    },
  });
  new Gauge({
    name: 'junction_subgraph_pool',
    help: 'Fetches that are out to a subgraph, and those that wait for a connection to it.',
    labelNames: ['subgraph', 'state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [subgraph, { used, waiting }] of state().loads) {
        this.set({ subgraph, state: 'used' }, used);
        this.set({ subgraph, state: 'waiting' }, waiting);
      }
    },
  });
  new Counter({
    name: 'junction_persisted_operations_total',
    help: 'Requests that brought the id of an operation instead of its text.',
    labelNames: ['result'],
    registers: [registry],
    collect() {
      this.reset();
      for (const result of ['known', 'unknown'] as const) this.inc({ result }, persisted.counts[result]);
    },
  });
}
