// What /systems.json answers. Only types, so that the console can use them as they are.

/** How the gateway, its supergraph, its subgraphs and the systems behind them are. Moments are ISO 8601, in UTC. */
export interface SystemsReport {
  readonly gateway: {
    /** Junction's own. */
    readonly version: string;
    /** `v24.21.0` */
    readonly node: string;
    /** When the oldest of its processes was started. */
    readonly startedAt: string;
    /** How many processes speak here, and how many did not answer in time. */
    readonly workers: { readonly answering: number; readonly missing: number };
    /** Absent with METRICS=off, as is every other `lastHour`. */
    readonly lastHour?: LastHour;
  };
  readonly supergraph: SupergraphReport;
  readonly subgraphs: readonly SubgraphReport[];
}

/** The supergraph in use, and whether it is what its files say. */
export interface SupergraphReport {
  /** Tells supergraphs apart: 12 hexadecimal digits. */
  readonly version: string;
  readonly status: 'current' | 'outdated';
  /** Since when that is its status. */
  readonly since: string;
  /** Since when this version is in use. */
  readonly composedAt: string;
  readonly composedInMs?: number;
  /** Why what its files say can't be taken into use, one sentence each. */
  readonly faults: readonly string[];
}

/** One subgraph, as it was a moment ago. */
export interface SubgraphReport {
  readonly name: string;
  /** `in-process` or an origin. */
  readonly where: string;
  readonly status: 'up' | 'down';
  readonly latencyMs: number;
  readonly code?: string;
  /** Absent where the subgraph doesn't tell. */
  readonly system?: SystemReport;
  /** Of the fetches from it. */
  readonly lastHour?: LastHour;
}

/** The system behind a subgraph. */
export interface SystemReport {
  readonly name: string;
  /** By what it is reached: `sqlite`, `rest`, `soap`, … */
  readonly kind: string;
  readonly status: 'up' | 'down';
  readonly latencyMs: number;
  /** Why it is down: `SYSTEM_TIMEOUT`, … */
  readonly code?: string;
  /** What the mapping says of it that isn't true. */
  readonly faults?: readonly string[];
  /** Of the calls to it, where its subgraph runs in the gateway's processes. */
  readonly lastHour?: LastHour;
}

/** What happened in the last sixty minutes; the last of them is under way. */
export interface LastHour {
  /** The oldest first. `slowestMs` is 0 where there was nothing. */
  readonly minutes: readonly {
    readonly at: string;
    readonly calls: number;
    readonly errors: number;
    readonly slowestMs: number;
  }[];
  /** The last twenty, the latest first. */
  readonly errors: readonly { readonly at: string; readonly code: string; readonly requestId: string }[];
  /** How many ended with each code. */
  readonly byCode: Readonly<Record<string, number>>;
}
