import { SystemError, type SystemErrorCode } from '../errors.ts';
import type { Call } from '../source.ts';
import type { Span, SpanAttributes, Trace } from './trace.ts';

/** How a call to a system ended; `CANCELED` where nobody waited for it any more, which is no fault of the system. */
export type CallCode = 'OK' | 'CANCELED' | SystemErrorCode;

/** What a call's span is called, such as `SELECT sales_order`, and says. Nothing in it is a value. */
export interface Described {
  readonly name: string;
  readonly attributes: SpanAttributes;
}

/** Which system, for labels: names that people gave, of which there are few. */
export interface SystemName {
  readonly subgraph: string;
  readonly system: string;
  /** `sqlite`, `rest`, … */
  readonly kind: string;
}

/** How many places of a pool, or of a limit, are taken, and how many wait for one. */
export interface PoolLoad {
  readonly used: number;
  readonly waiting: number;
}

/** Counts the calls to every system of a process. */
export interface SystemObserver {
  /** From now on `load` is asked how full the system's pool is; it gives undefined where there is none. */
  open(name: SystemName, load: () => PoolLoad | undefined): SystemSink;
}

/** Counts the calls to one system. */
export interface SystemSink {
  add(ms: number, code: CallCode, requestId: string): void;
  /** Its `load` isn't asked any more; what was counted stays. */
  close(): void;
}

/** Sees every real call that one operation makes to its system: each statement, each request, and each time one is sent again. */
export class CallObserver {
  readonly #sink: SystemSink | undefined;
  readonly #call: Call;
  readonly #trace: Trace | undefined;

  /** `call`: the operation's; `trace`: where the spans of its calls begin. */
  constructor(sink: SystemSink | undefined, call: Call, trace: Trace | undefined) {
    this.#sink = sink;
    this.#call = call;
    this.#trace = trace;
  }

  /** A call begins. It is only described where it is recorded. */
  begin(describe: () => Described): Observation {
    const trace = this.#trace;
    if (!trace?.begin) return new Observation(this.#sink, this.#call, undefined);
    const { name, attributes } = describe();
    return new Observation(this.#sink, this.#call, trace.begin(name, 'client', attributes));
  }
}

/** One call to a system, until its answer is read. */
export class Observation {
  /** Undefined where it isn't recorded. */
  readonly span: Span | undefined;
  readonly #sink: SystemSink | undefined;
  readonly #call: Call;
  readonly #startedAt = performance.now();
  #ended = false;

  constructor(sink: SystemSink | undefined, call: Call, span: Span | undefined) {
    this.#sink = sink;
    this.#call = call;
    this.span = span;
  }

  /** It ended, well or with this error. Later calls do nothing. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    const code = error === undefined ? 'OK' : codeOf(error, this.#call.signal);
    this.#sink?.add(performance.now() - this.#startedAt, code, this.#call.requestId);
    this.span?.end(code === 'OK' ? undefined : code);
  }
}

/** `signal`: the operation's, which tells whether it was given up, and why. */
function codeOf(error: unknown, signal: AbortSignal): CallCode {
  if (error instanceof SystemError) return error.code;
  // The gateway's own limit for a fetch may be over before ours for a call is.
  if (signal.aborted) return isTimeout(signal.reason) ? 'SYSTEM_TIMEOUT' : 'CANCELED';
  return isTimeout(error) ? 'SYSTEM_TIMEOUT' : 'SYSTEM_FAILED';
}

function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || ('code' in error && String(error.code).endsWith('_TIMEOUT'));
}
