import type { Span, SpanAttributes, Trace } from '../../subgraphs/kit/telemetry/trace.ts';
import type { FetchStep } from '../operations/program.ts';
import type { FetchRecord } from '../telemetry/record.ts';
import type { SubgraphResponse } from '../transport/transport.ts';
import { jsonText } from './json.ts';

/** What the observed fetches of one step of a plan have in common, made once. No value of a client is in it. */
export class ObservedStep {
  readonly step: FetchStep;
  readonly #spanName: string;
  readonly #attributes: SpanAttributes;

  constructor(step: FetchStep) {
    const { subgraph, operation, query, shown = query, operationName } = step;
    this.step = step;
    this.#spanName = `fetch ${subgraph}`;
    this.#attributes = {
      'junction.subgraph': subgraph,
      'graphql.operation.type': operation,
      ...(operationName !== undefined && { 'graphql.operation.name': operationName }),
      'graphql.document': shown,
    };
  }

  /** Undefined where the trace isn't recorded. */
  span(trace: Trace | undefined, entities: number | undefined): Span | undefined {
    // Where it isn't, nobody makes attributes.
    if (!trace?.begin) return undefined;
    const attributes =
      entities === undefined ? this.#attributes : { ...this.#attributes, 'junction.entities': entities };
    return trace.begin(this.#spanName, 'client', attributes);
  }
}

/** One fetch that somebody wants to know of: writes down what comes of it, in its record and in its span. */
export class ObservedFetch implements FetchRecord {
  readonly step: FetchStep;
  readonly startedAt: number;
  ms: number | undefined = undefined;
  code: string | undefined = undefined;
  bytes: number | undefined = undefined;
  errors: number | undefined = undefined;
  shared: boolean | undefined = undefined;
  /** Undefined where the trace isn't recorded. */
  readonly span: Span | undefined;

  constructor(step: FetchStep, startedAt: number, span: Span | undefined) {
    this.step = step;
    this.startedAt = startedAt;
    this.span = span;
  }

  /** An answer has just come; nothing was merged from it yet. */
  answered({ data, errors }: SubgraphResponse, measures: boolean): void {
    this.ms = performance.now() - this.startedAt;
    if (errors?.length) this.errors = errors.length;
    if (measures) this.bytes ??= lengthOf(data);
  }

  /** What came is merged; or, with the code of the error, no answer came, or none that can be used. */
  end(code?: string): void {
    this.ms ??= performance.now() - this.startedAt;
    this.code = code;
    if (this.span) this.#endSpan(this.span);
  }

  #endSpan(span: Span): void {
    const { bytes, errors, shared, code } = this;
    if (bytes !== undefined) span.set({ 'junction.response.bytes': bytes });
    if (errors !== undefined) span.set({ 'junction.errors': errors });
    if (shared) span.set({ 'junction.shared': true });
    span.end(code);
  }
}

/** As JSON, in bytes; undefined for what is none. */
function lengthOf(data: SubgraphResponse['data']): number | undefined {
  try {
    return Buffer.byteLength(jsonText(data));
  } catch {
    return undefined;
  }
}
