/**
 * A place in a trace, from which spans begin. Handed on by arguments: an asynchronous context would cost every request, whether it is
 * recorded or not.
 */
export interface Trace {
  /** What whoever is called from here gets, as in W3C Trace Context, section 3.2: `00-<trace id>-<span id>-<flags>`. */
  readonly traceparent: string;
  /** W3C Trace Context, section 3.3, as it came. */
  readonly tracestate?: string | undefined;
  /** Begins a span below this one; undefined where the trace isn't recorded, so that nobody makes attributes for nothing. */
  readonly begin: ((name: string, kind: SpanKind, attributes?: SpanAttributes) => Span) | undefined;
}

/** OpenTelemetry's kinds of spans that there are here. */
export type SpanKind = 'internal' | 'server' | 'client';

/** Names by OpenTelemetry's semantic conventions. No values of clients. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A span that has begun. */
export interface Span extends Trace {
  readonly begin: NonNullable<Trace['begin']>;
  set(attributes: SpanAttributes): void;
  /** For one whose name is known only later. */
  rename(name: string): void;
  /** Ends it, well or with the stable code of an error. Later calls do nothing. */
  end(code?: string): void;
}
