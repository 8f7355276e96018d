import { readFileSync } from 'node:fs';
import type { RecentHour } from '../../subgraphs/kit/telemetry/recent.ts';
import type { Gateway, GatewayState } from '../supergraph/gateway.ts';
import type { SupergraphStatus } from '../supergraph/status.ts';
import type { HealthReport } from '../transport/health.ts';
import { mergeHours } from './merge-hours.ts';
import type { ProcessHour } from './process-hour.ts';
import type { SubgraphReport, SupergraphReport, SystemsReport } from './systems-report.ts';

/** What a report is made of. */
export interface SystemsOptions {
  readonly gateway: Pick<Gateway, 'state' | 'health'>;
  /** Undefined where nobody looks after the files. */
  readonly status: SupergraphStatus | undefined;
  /** Of each process that answers; empty where nothing is counted. */
  readonly hours: readonly ProcessHour[];
  /** How many processes speak here, and how many did not answer. */
  readonly workers: { readonly answering: number; readonly missing: number };
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** How all is. Asks each subgraph, for a second at most. */
export async function reportSystems({ gateway, status, hours, workers }: SystemsOptions): Promise<SystemsReport> {
  const reports = await gateway.health();
  const startedAt = Math.min(Date.now() - process.uptime() * 1_000, ...hours.map((hour) => hour.startedAt));
  return {
    gateway: {
      version,
      node: process.version,
      startedAt: new Date(startedAt).toISOString(),
      workers,
      ...(hours.length > 0 && { lastHour: mergeHours(hours.map(({ requests }) => requests)) }),
    },
    supergraph: supergraphReport(gateway.state(), status),
    subgraphs: reports.map((report) => subgraphReport(report, hours)),
  };
}

function supergraphReport(state: GatewayState, status: SupergraphStatus | undefined): SupergraphReport {
  const { version, since, composedInMs } = state;
  return {
    version,
    status: status?.status ?? 'current',
    since: status?.since ?? since.toISOString(),
    composedAt: since.toISOString(),
    ...(composedInMs !== undefined && { composedInMs }),
    faults: status?.status === 'outdated' ? status.faults : [],
  };
}

function subgraphReport({ system, ...report }: HealthReport, hours: readonly ProcessHour[]): SubgraphReport {
  const fetches = ofSubgraph(hours, 'fetches', report.name);
  const calls = ofSubgraph(hours, 'systems', report.name);
  return {
    ...report,
    ...(system && { system: { ...system, ...(calls.length > 0 && { lastHour: mergeHours(calls) }) } }),
    ...(fetches.length > 0 && { lastHour: mergeHours(fetches) }),
  };
}

function ofSubgraph(hours: readonly ProcessHour[], what: 'fetches' | 'systems', name: string): RecentHour[] {
  return hours.flatMap((hour) => hour[what][name] ?? []);
}
