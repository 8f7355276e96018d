import { passedOn } from '../../subgraphs/kit/telemetry/context.ts';
import type { Span, SpanAttributes, Trace } from '../../subgraphs/kit/telemetry/trace.ts';
import type { Tracer } from '../../subgraphs/kit/telemetry/tracer.ts';
import { type RequestEnd, type RequestObserver, type RequestRecord, recordOf } from './record.ts';
import type { SlowOperations } from './slow-operations.ts';
import { shownName } from './told-plan.ts';

/** Is given each request when it is over. */
export type RequestSink = (record: RequestRecord, end: RequestEnd) => void;

/** Who sees requests. */
export interface RequestsOptions {
  /** @default nobody traces; a trace that the client brings is handed on */
  readonly tracer?: Tracer | undefined;
  /** @default nothing is logged */
  readonly slow?: SlowOperations | undefined;
  readonly sinks: readonly RequestSink[];
}

/** What sees requests to /graphql: makes their records and server spans, and gives what has ended to all who want it. */
export function observeRequests({ tracer, slow, sinks }: RequestsOptions): RequestObserver {
  return {
    begin({ id, headers, method = 'POST' }) {
      const trace = tracer ? tracer.start(headers, `${method} /graphql`) : passedOn(headers);
      if (trace && isSpan(trace))
        trace.set({ 'http.request.method': method, 'url.path': '/graphql', 'junction.request.id': id });
      return recordOf(id, trace);
    },
    end(record, end) {
      const { trace } = record;
      if (trace && isSpan(trace)) endSpan(trace, record, end);
      slow?.look(record, end);
      for (const sink of sinks) sink(record, end);
    },
  };
}

function isSpan(trace: Trace): trace is Span {
  return 'end' in trace;
}

function endSpan(span: Span, { operation, errors }: RequestRecord, { status, code, limit }: RequestEnd): void {
  const attributes: Record<string, SpanAttributes[string]> = { 'http.response.status_code': status };
  if (limit !== undefined) attributes['junction.limit'] = limit;
  if (errors > 0) attributes['junction.errors'] = errors;
  if (operation) {
    const { kind, name, text } = operation;
    const shown = name === undefined ? undefined : shownName(name);
    attributes['graphql.operation.type'] = kind;
    if (shown !== undefined) attributes['graphql.operation.name'] = shown;
    attributes['graphql.document'] = text;
    // Only now that its text was read it's known.
    span.rename(shown === undefined ? kind : `${kind} ${shown}`);
  }
  span.set(attributes);
  span.end(code);
}
