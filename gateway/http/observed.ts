import type { Span } from '../../subgraphs/kit/telemetry/trace.ts';
import type { Prepared } from '../operations/prepared.ts';
import { busy } from '../operations/refusal.ts';
import type { RequestObserver, RequestRecord } from '../telemetry/record.ts';
import type { GraphQLRequest } from './over-http.ts';
import type { HttpAnswer } from './refusal.ts';

/** Tells what a request ended with. Who has gone gets nothing, whatever would have been sent. */
export function endRequest(
  observer: RequestObserver,
  record: RequestRecord,
  { cancellation }: GraphQLRequest,
  { status, refused }: HttpAnswer,
): void {
  if (refused) record.errors = refused.errors;
  observer.end(
    record,
    cancellation.canceled
      ? { status: 499, code: 'REQUEST_CANCELED' }
      : { status, code: refused?.code, limit: refused?.limit },
  );
}

/** Waits for something in a span of its own, where the request is recorded. */
export async function inSpan<T>(record: RequestRecord | undefined, name: string, waiting: Promise<T>): Promise<T> {
  const span = record?.trace?.begin?.(name, 'internal');
  if (!span) return waiting;
  try {
    return await waiting;
  } finally {
    span.end();
  }
}

/** Ends the span of preparing an operation. */
export function endPrepare(span: Span, prepared: Prepared, planned = false): void {
  if (prepared.kind === 'ready') span.set({ 'junction.plan': planned ? 'planned' : 'kept' });
  const [refusal] = prepared.kind === 'refused' ? prepared.errors : prepared.kind === 'busy' ? [busy] : [];
  span.end(refusal?.extensions.code);
}
