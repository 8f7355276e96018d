import type { RecentHour } from '../../subgraphs/kit/telemetry/recent.ts';

/** One process's last hour. It survives JSON. */
export interface ProcessHour {
  /** When the process was started, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly requests: RecentHour;
  /** Fetches, by the subgraph's name. */
  readonly fetches: Readonly<Record<string, RecentHour>>;
  /** Calls to systems, by the subgraph's name. */
  readonly systems: Readonly<Record<string, RecentHour>>;
}
