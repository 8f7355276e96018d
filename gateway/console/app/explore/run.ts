import type { GraphError, SourceRead } from '../graph/answer.ts';
import { post } from '../graph/ask.ts';
import { currentCaller } from '../session/session.ts';
import type { Cost, Refusal, Trace } from './told.ts';

/** An operation that was run here, and what is known of it beside its data. */
export interface Run {
  readonly operationName: string | undefined;
  /** Who asked. */
  readonly as: string;
  readonly at: Date;
  /** From sending it until all of its answer was here, in milliseconds. */
  readonly ms: number;
  /** Of the answer's text, unpacked. */
  readonly bytes: number;
  readonly requestId: string;
  /** Whether there is data, perhaps with gaps. */
  readonly ran: boolean;
  readonly errors: readonly GraphError[];
  readonly cost: Cost | undefined;
  readonly sources: readonly SourceRead[];
  /** Undefined where the gateway says nothing of it. */
  readonly trace: Trace | { readonly refused: string } | undefined;
}

/** What GraphiQL asks for. */
export interface Params {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string | null;
}

type Result = Readonly<Record<string, unknown>>;

/** As much of an observable as GraphiQL takes, for which it shows a button that stops it. */
interface Observable {
  subscribe(observer: { next(value: Result): void; error(error: unknown): void; complete(): void }): {
    unsubscribe(): void;
  };
}

/** The name by which GraphiQL asks for the schema. */
export const introspectionName = 'JunctionExploreSchema';

/** Asks what GraphiQL asks for, as whoever is signed in in this page, and keeps what was told beside the answer. */
export function fetcher(keep: (run: Run | 'running') => void): (params: Params) => Promise<Result> | Observable {
  return (params) => {
    if (params.operationName === introspectionName) return answerOf(params);
    return {
      subscribe(observer) {
        const controller = new AbortController();
        keep('running');
        run(params, keep, controller.signal).then(
          (result) => {
            observer.next(result);
            observer.complete();
          },
          (error: unknown) => {
            if (!controller.signal.aborted) observer.error(error);
          },
        );
        return { unsubscribe: () => controller.abort() };
      },
    };
  };
}

async function answerOf(params: Params): Promise<Result> {
  const response = await post(JSON.stringify(params));
  return (await response.json()) as Result;
}

async function run(params: Params, keep: (run: Run) => void, signal: AbortSignal): Promise<Result> {
  const { query, variables, operationName } = params;
  const asked = { query, variables, operationName, extensions: { cost: true, sources: true, trace: true } };
  const startedAt = performance.now();
  const as = callerName();
  const of = { operationName: operationName ?? undefined, as, at: new Date() };
  try {
    const response = await post(JSON.stringify(asked), signal);
    const text = await response.text();
    const ms = performance.now() - startedAt;
    const { extensions = {}, ...answer } = JSON.parse(text) as {
      readonly data?: unknown;
      readonly errors?: readonly GraphError[];
      readonly extensions?: Readonly<Record<string, unknown>>;
    };
    const { cost, sources, trace, ...others } = extensions;
    keep({
      ...of,
      ms,
      bytes: new TextEncoder().encode(text).length,
      requestId: response.headers.get('x-request-id') ?? '',
      ran: answer.data !== undefined && answer.data !== null,
      errors: answer.errors ?? [],
      cost: cost as Cost | undefined,
      sources: (sources ?? []) as readonly SourceRead[],
      trace: trace as Run['trace'],
    });
    // What stands in the panel beside it needn't be looked for in the answer.
    return { ...answer, ...(Object.keys(others).length > 0 && { extensions: others }) };
  } catch (error) {
    const message = signal.aborted ? 'It was stopped.' : error instanceof Error ? error.message : String(error);
    const nothing = { bytes: 0, requestId: '', ran: false, cost: undefined, sources: [], trace: undefined };
    keep({ ...of, ...nothing, ms: performance.now() - startedAt, errors: [{ message }] });
    throw error;
  }
}

/** What somebody may not see, once for each place. */
export function refusalsOf({ trace, errors }: Pick<Run, 'trace' | 'errors'>): Refusal[] {
  const found = errors.filter(({ extensions }) => extensions?.code === 'UNAUTHORIZED_FIELD_OR_TYPE');
  const all: readonly Refusal[] = [...(trace && 'refusals' in trace ? trace.refusals : []), ...found];
  return [...new Map(all.map((each) => [`${refusedPlace(each)} ${each.message}`, each])).values()];
}

/** Where it is: `orderByNumber.margin`, whichever item of a list it is. */
export function refusedPlace({ path = [] }: Refusal): string {
  return path.filter((step) => typeof step === 'string' && step !== '@').join('.');
}

/** Who asks now, in a word. */
export function callerName(): string {
  const caller = currentCaller();
  if (caller.kind === 'demo') return caller.name;
  if (caller.kind === 'signed-in') return caller.session.name;
  return caller.kind === 'token' ? 'the owner of a token' : 'nobody';
}
