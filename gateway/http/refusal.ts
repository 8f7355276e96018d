import { type Utf8, utf8 } from '../execution/utf8.ts';

/** An HTTP answer. */
export interface HttpAnswer {
  readonly status: number;
  /** Names and values in turn, as Node takes them without a look at each. Shared between answers. */
  readonly headers: readonly string[];
  readonly body: Utf8;
  /** Why nothing was run; undefined where something was. */
  readonly refused?: Refused;
}

/** What is counted of a refusal. */
export interface Refused {
  readonly code: string;
  /** The setting in gateway.yaml that was exceeded, without `limits.`. */
  readonly limit?: string | undefined;
  /** How many errors the answer has. */
  readonly errors: number;
}

/** The error that a refusal tells. */
export interface RefusalError {
  readonly code: string;
  readonly message: string;
  /** The setting in gateway.yaml that was exceeded, without `limits.`: `rate.per_second`. */
  readonly limit?: string;
  /** What it is set to. */
  readonly maximum?: number;
}

/**
 * What every answer at /graphql carries: it is one caller's, and no cache may keep it (RFC 9111, section 5.2.2); and it is of the
 * type that it says, whatever it looks like to a browser (Fetch standard, section 3.6).
 */
export const guarded: readonly string[] = ['cache-control', 'private, no-store', 'x-content-type-options', 'nosniff'];

const refusals: Readonly<Record<number, RefusalError>> = {
  400: { code: 'BAD_REQUEST', message: 'The request is malformed.' },
  403: {
    code: 'PREFLIGHT_REQUIRED',
    message: 'Expected POST, or for GET a header such as "apollo-require-preflight: true".',
  },
  404: { code: 'NOT_FOUND', message: 'Nothing is served here. GraphQL is at /graphql.' },
  405: { code: 'METHOD_NOT_ALLOWED', message: 'Expected POST, or GET for queries.' },
  406: {
    code: 'NOT_ACCEPTABLE',
    message: 'Expected an Accept header with application/graphql-response+json or application/json.',
  },
  408: { code: 'REQUEST_TIMEOUT', message: 'The request took too long to arrive.' },
  415: { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Expected the content type application/json, in UTF-8.' },
  429: {
    code: 'TOO_MANY_REQUESTS',
    message: 'Too many requests wait on this connection. Expected at most 64 at once.',
  },
  431: { code: 'HEADERS_TOO_LARGE', message: 'The request headers are too large.' },
  500: { code: 'INTERNAL_SERVER_ERROR', message: 'Internal error' },
  503: { code: 'SERVICE_UNAVAILABLE', message: 'The gateway has no schema yet. Try again in a moment.' },
};

/** The answer to a request that doesn't get as far as an operation: the status, and an error in GraphQL's shape. */
export function refusal(
  status: number,
  headers: readonly string[] = [],
  error: RefusalError | undefined = refusals[status] ?? refusals[status < 500 ? 400 : 500],
): HttpAnswer {
  const { message, ...extensions } = error ?? {};
  return {
    status,
    headers: ['content-type', 'application/json; charset=utf-8', ...headers],
    body: utf8(JSON.stringify({ errors: [{ message, extensions }] })),
    refused: { code: error?.code ?? String(status), limit: error?.limit, errors: 1 },
  };
}

/** The answer to a request whose body has more bytes than are allowed. */
export function bodyTooLarge(maximum: number): HttpAnswer {
  const message = `The request body is too large; at most ${maximum} bytes are allowed (limits.body_bytes).`;
  return refusal(413, [], { code: 'PAYLOAD_TOO_LARGE', message, limit: 'body_bytes', maximum });
}
