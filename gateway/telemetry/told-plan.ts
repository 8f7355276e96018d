import type { FetchStep, Step } from '../operations/program.ts';
import type { FetchRecord, RequestRecord } from './record.ts';
import { toldQuery } from './told-query.ts';

/** A plan with what came of each of its fetches: `extensions.trace.plan`. */
export type ToldStep =
  | { readonly kind: 'sequence' | 'parallel'; readonly steps: readonly ToldStep[] }
  | {
      readonly kind: 'condition';
      readonly variable: string;
      readonly then?: ToldStep | undefined;
      readonly otherwise?: ToldStep | undefined;
    }
  | {
      readonly kind: 'fetch';
      readonly subgraph: string;
      readonly query: string;
      /** To the objects whose fields it fetches; `@` stands for each item of a list. */
      readonly path?: readonly string[] | undefined;
      /** None where it wasn't made: a condition didn't hold, or there was nothing to ask for. */
      readonly fetches: readonly ToldFetch[];
    };

/** What came of a fetch. Times in milliseconds, to a tenth. */
export interface ToldFetch {
  /** From when the execution began. */
  readonly startMs: number;
  readonly ms?: number | undefined;
  readonly bytes?: number | undefined;
  readonly code?: string | undefined;
  readonly errors?: number | undefined;
  readonly shared?: boolean | undefined;
}

/** Puts what came of a request's fetches to the steps of its plan. */
export function toldPlan(step: Step, record: RequestRecord): ToldStep {
  switch (step.kind) {
    case 'sequence':
    case 'parallel':
      return { kind: step.kind, steps: step.steps.map((each) => toldPlan(each, record)) };
    case 'condition': {
      const [then, otherwise] = [step.then, step.otherwise].map((branch) => branch && toldPlan(branch, record));
      return { kind: 'condition', variable: step.variable, then, otherwise };
    }
    case 'fetch': {
      const { subgraph, query, shown = query, target } = step;
      const fetches = fetchesOf(step, record).map((fetch) => toldFetch(fetch, record));
      return { kind: 'fetch', subgraph, query: toldQuery(shown), path: target.path, fetches };
    }
  }
}

/**
 * The same as lines for people, with two spaces more for what is below: `fetch orders: 12.3 ms from 0.4 ms on, 812 bytes`. Says nothing of
 * queries.
 */
export function planLines(step: Step, record: RequestRecord, indent = ''): string[] {
  const below = `${indent}  `;
  switch (step.kind) {
    case 'sequence':
    case 'parallel':
      return [`${indent}${step.kind}`, ...step.steps.flatMap((each) => planLines(each, record, below))];
    case 'condition':
      return [
        ...(step.then ? [`${indent}if $${step.variable}`, ...planLines(step.then, record, below)] : []),
        ...(step.otherwise ? [`${indent}unless $${step.variable}`, ...planLines(step.otherwise, record, below)] : []),
      ];
    case 'fetch': {
      const texts = fetchesOf(step, record).map((fetch) => lineOf(toldFetch(fetch, record)));
      return [`${indent}fetch ${step.subgraph}: ${texts.join('; ') || 'not made'}`];
    }
  }
}

/** Milliseconds to a tenth. */
export function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** The longest name of an operation that is told. */
const longestName = 100;

/** An operation's name as logs and spans have it: GraphQL allows letters, digits and `_`, as many as somebody likes. */
export function shownName(name: string): string {
  return name.slice(0, longestName).replace(/\W/g, '');
}

function fetchesOf(step: FetchStep, { fetches }: RequestRecord): FetchRecord[] {
  return fetches.filter((fetch) => fetch.step === step);
}

function toldFetch({ startedAt, ms, bytes, code, errors, shared }: FetchRecord, record: RequestRecord): ToldFetch {
  const startMs = tenths(startedAt - (record.executedAt ?? record.startedAt));
  return { startMs, ms: ms === undefined ? undefined : tenths(ms), bytes, code, errors, shared };
}

function lineOf({ startMs, ms, bytes, code, errors, shared }: ToldFetch): string {
  const parts = [
    `${ms === undefined ? 'under way' : `${ms} ms`} from ${startMs} ms on`,
    ...(bytes === undefined ? [] : [`${bytes} bytes`]),
    ...(errors === undefined ? [] : [`${errors} ${errors === 1 ? 'error' : 'errors'}`]),
    ...(code === undefined ? [] : [code]),
    ...(shared ? ['shared'] : []),
  ];
  return parts.join(', ');
}
