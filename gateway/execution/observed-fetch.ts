import type { Span, SpanAttributes } from '../../subgraphs/kit/telemetry/trace.ts';
import type { FetchStep } from '../operations/program.ts';
import type { FetchRecord } from '../telemetry/record.ts';
import type { SubgraphResponse } from '../transport/transport.ts';
import { jsonText } from './json.ts';

/** What the spans of one fetch of a plan have in common, made once. No value of a client is in it. */
export class ObservedStep {
  readonly spanName: string;
  readonly #fixed: SpanAttributes;

  constructor({ subgraph, operation, query, shown = query, operationName }: FetchStep) {
    this.spanName = `fetch ${subgraph}`;
    this.#fixed = {
      'junction.subgraph': subgraph,
      'graphql.operation.type': operation,
      ...(operationName !== undefined && { 'graphql.operation.name': operationName }),
      'graphql.document': shown,
    };
  }

  attributes(entities: number | undefined): SpanAttributes {
    return entities === undefined ? this.#fixed : { ...this.#fixed, 'junction.entities': entities };
  }
}

/** Writes down that an answer has just come, before anything is merged from it. */
export function noteAnswer(record: FetchRecord, { data, errors }: SubgraphResponse, measures: boolean): void {
  record.ms = performance.now() - record.startedAt;
  if (errors?.length) record.errors = errors.length;
  if (measures) record.bytes ??= lengthOf(data);
}

/** Writes down that no answer came, or none that can be used. */
export function noteFailure(record: FetchRecord, code: string): void {
  record.ms ??= performance.now() - record.startedAt;
  record.code = code;
}

/** Ends a fetch's span with what its record tells. */
export function endSpan(span: Span, record: FetchRecord | undefined, code?: string): void {
  const { bytes, errors, shared } = record ?? {};
  if (bytes !== undefined) span.set({ 'junction.response.bytes': bytes });
  if (errors !== undefined) span.set({ 'junction.errors': errors });
  if (shared) span.set({ 'junction.shared': true });
  span.end(code);
}

/** As JSON, in bytes; undefined for what is none. */
function lengthOf(data: SubgraphResponse['data']): number | undefined {
  try {
    return Buffer.byteLength(jsonText(data));
  } catch {
    return undefined;
  }
}
