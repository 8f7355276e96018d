import type { RequestRecord } from './record.ts';
import { type ToldStep, tenths, toldPlan } from './told-plan.ts';

/** What an answer tells of a subgraph that it was made from: an item of `extensions.sources`. */
export interface ToldSource {
  readonly subgraph: string;
  /** When the answer to its last fetch came, as ISO 8601 in UTC; undefined where none came. */
  readonly readAt?: string | undefined;
  /** How long its longest fetch took, in milliseconds, to a tenth. */
  readonly ms: number;
  readonly fetches: number;
  /** Of the first fetch that no answer came to: a `FetchErrorCode`. */
  readonly code?: string | undefined;
}

/** How an answer was made: `extensions.trace`. Times in milliseconds, to a tenth. */
export interface ToldTrace {
  readonly preparing: {
    readonly ms: number;
    /** Whether its plan was kept from before. */
    readonly kept: boolean;
  };
  /** How long it took to run. */
  readonly ms: number;
  /** Undefined where nothing had to be fetched. */
  readonly plan?: ToldStep | undefined;
  /** What was refused to the caller of what this request asked for. */
  readonly refusals: readonly ToldRefusal[];
}

interface ToldRefusal {
  readonly path?: readonly string[] | undefined;
  readonly message: string;
}

/** The subgraphs that a request was answered from, in the order in which they were first asked. */
export function toldSources({ fetches }: RequestRecord): ToldSource[] {
  const bySubgraph = Map.groupBy(fetches, ({ step }) => step.subgraph);
  return [...bySubgraph].map(([subgraph, own]) => {
    const answers = own.filter(({ ms, code }) => ms !== undefined && code === undefined);
    const last = Math.max(...answers.map(({ startedAt, ms = 0 }) => startedAt + ms));
    return {
      subgraph,
      readAt: answers.length > 0 ? new Date(performance.timeOrigin + last).toISOString() : undefined,
      ms: tenths(Math.max(...own.map(({ ms = 0 }) => ms))),
      fetches: own.length,
      code: own.find(({ code }) => code !== undefined)?.code,
    };
  });
}

/** How a request's answer was made, which is being written now. */
export function toldTrace(record: RequestRecord, refusals: readonly ToldRefusal[]): ToldTrace {
  const { preparingMs = 0, planned = false, executedAt, operation } = record;
  return {
    preparing: { ms: tenths(preparingMs), kept: !planned },
    ms: tenths(performance.now() - (executedAt ?? record.startedAt)),
    plan: operation?.steps && toldPlan(operation.steps, record),
    refusals: refusals.map(({ path, message }) => ({ path, message })),
  };
}

/** What stands in `extensions.trace` instead for whoever may not see what runs inside. */
export const refusedTrace = {
  refused: 'How an answer was made is told to operators only: the caller needs the scope junction:operator.',
} as const;
