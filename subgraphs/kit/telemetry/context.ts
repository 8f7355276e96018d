import type { Trace } from './trace.ts';

/** The headers of a request as Node has them; a header that came twice is one text, joined by commas. */
export type TraceHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Where a caller stands in its trace. */
export interface CallerContext {
  readonly traceparent: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Whether the caller says that it records. */
  readonly sampled: boolean;
  readonly tracestate: string | undefined;
}

/**
 * What the headers `traceparent` and `tracestate` say, by W3C Trace Context. Undefined where there is no `traceparent` or one that is
 * invalid, which is as if there were none (section 4.3); a `tracestate` that is invalid, or longer than what has to be handed on
 * (section 3.3.1.5), is left out.
 */
export function callerContext({ traceparent, tracestate }: TraceHeaders): CallerContext | undefined {
  if (typeof traceparent !== 'string' || !isTraceparent(traceparent)) return undefined;
  return {
    traceparent,
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    sampled: (Number.parseInt(traceparent.slice(53, 55), 16) & 1) === 1,
    tracestate: stateOf(tracestate),
  };
}

/**
 * What a process that traces nothing itself hands on: the place of its caller, if that brought a valid one, but not that it records: a client
 * would have subgraphs record whatever it likes.
 */
export function passedOn(headers: TraceHeaders): Trace | undefined {
  if (headers.traceparent === undefined) return undefined;
  const context = callerContext(headers);
  if (!context) return undefined;
  const { traceId, spanId, tracestate } = context;
  return { traceparent: `00-${traceId}-${spanId}-00`, tracestate, begin: undefined };
}

/** Section 3.2.2: fields of fixed length, no ids of zeros, no version ff. Only versions to come may have more behind it. */
const form = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/;

const longestTraceparent = 512;

function isTraceparent(text: string): boolean {
  if (text.length > longestTraceparent || !form.test(text)) return false;
  return text.length === 55 || !text.startsWith('00');
}

const longestState = 512;
const mostMembers = 32;

/** Section 3.3.1.3: `key=value`; a key may name a tenant (`fw529a3039@dt`). Members may be empty. */
const member =
  /^(?:[a-z][a-z\d_*/-]{0,255}|[a-z\d][a-z\d_*/-]{0,240}@[a-z][a-z\d_*/-]{0,13})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;

function stateOf(header: TraceHeaders[string]): string | undefined {
  if (header === undefined) return undefined;
  const text = typeof header === 'string' ? header : header.join();
  if (text.length > longestState) return undefined;
  const members = text
    .split(',')
    .map((each) => each.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((each) => each !== '');
  const keys = new Set(members.map((each) => each.slice(0, each.indexOf('='))));
  const isRight =
    members.length <= mostMembers && keys.size === members.length && members.every((each) => member.test(each));
  return isRight && members.length > 0 ? members.join() : undefined;
}
