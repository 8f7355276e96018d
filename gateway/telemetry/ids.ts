import type { Trace } from '../../subgraphs/kit/telemetry/trace.ts';

/** The id of a trace that is recorded, for logs; undefined for any other: nobody could look it up. */
export function traceIdOf(trace: Trace | undefined): string | undefined {
  return trace?.begin && trace.traceparent.slice(3, 35);
}
