import type { Trace } from '../../subgraphs/kit/telemetry/trace.ts';
import type { FetchStep, Program } from '../operations/program.ts';

/** What becomes known of one request to /graphql on its way, for metrics, traces, the slow-operation log and the answer's extensions. */
export interface RequestRecord {
  readonly requestId: string;
  /** By `performance.now()`. */
  readonly startedAt: number;
  /** Where its spans begin; undefined where nobody traces. */
  readonly trace: Trace | undefined;
  /** Each fetch that was begun, in the order in which they began. */
  readonly fetches: FetchRecord[];
  /** The operation, once it's prepared. */
  operation?: OperationFacts | undefined;
  /** How long preparing took, in milliseconds; undefined for one that was at hand. */
  preparingMs?: number | undefined;
  /** Whether it was planned for this request; undefined for one whose plan was kept. */
  planned?: boolean | undefined;
  /** When running it began, by `performance.now()`; undefined for one that wasn't run. */
  executedAt?: number | undefined;
  /** How many errors stand in the answer. */
  errors: number;
  /** How many of those tell that something failed; a field that is refused to the caller is none. */
  failures: number;
}

/** What may be told of an operation: nothing in it comes from variables or literals. */
export interface OperationFacts {
  readonly kind: Program['kind'];
  /** The name that the client gave it; undefined for one without. Clients choose it: not for a metric's label as it is. */
  readonly name?: string | undefined;
  /** The text, with variables in place of its literals. */
  readonly text: string;
  readonly steps?: Program['steps'] | undefined;
}

/** One fetch from a subgraph. */
export interface FetchRecord {
  readonly step: FetchStep;
  /** By `performance.now()`. */
  readonly startedAt: number;
  /** How long it took; undefined while it's under way. */
  ms?: number | undefined;
  /** The `FetchError`'s code where no answer came. */
  code?: string | undefined;
  /** How long the answer was, in bytes, where it came as bytes. */
  bytes?: number | undefined;
  /** How many errors the subgraph's answer had. */
  errors?: number | undefined;
  /** Whether it got the answer to an equal fetch of another request, and nothing was sent for it. */
  shared?: boolean | undefined;
}

/** The code of a request whose client had gone, and of what it still fetched. */
export const requestCanceled = 'REQUEST_CANCELED';

/** What a request ended with. */
export interface RequestEnd {
  /** By `performance.now()`. */
  readonly endedAt: number;
  /** The HTTP status; 499, as nginx has it, where the client had gone and nothing was sent. */
  readonly status: number;
  /** The code of the refusal, where it wasn't run: `OPERATION_TOO_COMPLEX`, `UNAUTHENTICATED`, …; `REQUEST_CANCELED` with 499. */
  readonly code?: string | undefined;
  /** Which limit it exceeded, by its name in gateway.yaml. */
  readonly limit?: string | undefined;
}

/** Sees requests to /graphql: each begins once and ends once, however it ends. */
export interface RequestObserver {
  begin(request: ObservedRequest): RequestRecord;
  end(record: RequestRecord, end: RequestEnd): void;
}

/** What of a request is known before anything of it was read. */
export interface ObservedRequest {
  readonly id: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** @default 'POST' */
  readonly method?: string;
}

/** The record of a request that begins now. */
export function recordOf(requestId: string, trace: Trace | undefined): RequestRecord {
  return {
    requestId,
    startedAt: performance.now(),
    trace,
    fetches: [],
    operation: undefined,
    preparingMs: undefined,
    planned: undefined,
    executedAt: undefined,
    errors: 0,
    failures: 0,
  };
}
