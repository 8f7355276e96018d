import type { Span } from '../../subgraphs/kit/telemetry/trace.ts';
import type { Prepared } from '../operations/prepared.ts';
import { busy } from '../operations/refusal.ts';
import { type RequestEnd, type RequestRecord, requestCanceled } from '../telemetry/record.ts';
import type { Cancellation } from '../transport/cancellation.ts';
import type { HttpAnswer } from './refusal.ts';

/**
 * What a request ends with, now; a refusal's errors go into its record. Who has gone gets nothing, whatever would have been sent.
 */
export function requestEnd(
  record: RequestRecord,
  { canceled }: Pick<Cancellation, 'canceled'>,
  { status, refused }: HttpAnswer,
): RequestEnd {
  if (refused) record.errors = refused.errors;
  const endedAt = performance.now();
  return canceled
    ? { endedAt, status: 499, code: requestCanceled, limit: undefined }
    : { endedAt, status, code: refused?.code, limit: refused?.limit };
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
