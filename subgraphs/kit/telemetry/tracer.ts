import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { type CallerContext, callerContext, type TraceHeaders } from './context.ts';
import { randomHex } from './ids.ts';
import type { Span, SpanAttributes, Trace } from './trace.ts';

/** Where spans go, and which. */
export interface TracerOptions {
  /** What the process is called in traces: `junction`, `junction-orders`. */
  readonly serviceName: string;
  /** Where an OTLP/HTTP receiver takes spans, such as `http://127.0.0.1:4318/v1/traces`: they are posted there, as JSON. */
  readonly endpoint: string;
  /** What is sent along, such as a token. */
  readonly headers: Readonly<Record<string, string>>;
  /** Which part of the traces that begin here is recorded: from 0 to 1. */
  readonly ratio: number;
  /**
   * Whether a caller that brings a trace decides whether that is recorded. Where it doesn't, as clients of a public gateway mustn't, its
   * trace is gone on with and the ratio decides; by an own throw, since ids that are always recorded can be chosen.
   */
  readonly followsCallers: boolean;
  readonly log: TracerLog;
  /** @default an OTLP exporter for `endpoint` */
  readonly exporter?: SpanExporter;
  /** How long spans that have ended wait to be sent together, in milliseconds. @default 1000 */
  readonly delayMs?: number;
}

/** Where it is said that spans were lost. */
export interface TracerLog {
  warn(details: object, message: string): void;
}

/** Begins traces, one for each request that comes in. */
export interface Tracer {
  /**
   * A request has come in with these headers. A `Span` of kind `server` where it is recorded, which has to be ended; otherwise a trace
   * that only hands context on: `'end' in trace` tells.
   */
  start(headers: TraceHeaders, name: string, attributes?: SpanAttributes): Trace | Span;
  /** Sends what has ended, for two seconds at most. Never rejects. */
  shutdown(): Promise<void>;
}

/** A tracer over OpenTelemetry's SDK, which is only loaded here: processes without tracing do without it. */
export async function createTracer(options: TracerOptions): Promise<Tracer> {
  const { ratio, followsCallers } = options;
  const { openRecorder } = await import('./recorder.ts');
  const recorder = await openRecorder(options);
  return {
    start(headers, name, attributes) {
      const caller = headers.traceparent === undefined ? undefined : callerContext(headers);
      const recorded = caller && followsCallers ? caller.sampled : Math.random() < ratio;
      return recorded ? recorder.start(caller, name, attributes) : new Unrecorded(caller);
    },
    shutdown: () => recorder.shutdown(),
  };
}

/** A trace that nobody here records. What is handed on is only made when it is asked for, which inside a process nobody does. */
class Unrecorded implements Trace {
  readonly begin = undefined;
  readonly #caller: CallerContext | undefined;
  #traceparent: string | undefined;

  constructor(caller: CallerContext | undefined) {
    this.#caller = caller;
  }

  get traceparent(): string {
    // Section 3.4: who changes the sampled flag changes the parent's id with it.
    this.#traceparent ??= `00-${this.#caller?.traceId ?? randomHex(16)}-${randomHex(8)}-00`;
    return this.#traceparent;
  }

  get tracestate(): string | undefined {
    return this.#caller?.tracestate;
  }
}
