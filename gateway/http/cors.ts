import type { IncomingHttpHeaders } from 'node:http';
import { utf8 } from '../execution/utf8.ts';
import type { HttpAnswer } from './refusal.ts';

/** Which pages of other origins may read answers: Fetch standard, section 3.3, "CORS protocol". */
export interface Cors {
  /** What an answer to this origin carries, names and values in turn. */
  headers(origin: string | undefined): readonly string[];
  /** The answer to a browser that asks before it sends a request; undefined where that isn't what was asked, or not by a listed origin. */
  preflight(headers: IncomingHttpHeaders): HttpAnswer | undefined;
}

const requestHeaders = [
  'authorization',
  'content-type',
  'x-api-key',
  'x-request-id',
  'apollo-require-preflight',
  'apollographql-client-name',
  'apollographql-client-version',
];

/**
 * Lets pages of the listed origins ask, and nobody else: no list, no header. An origin is named by itself, never by `*`. Credentials
 * that a browser adds by itself, such as cookies, are never asked for: callers send theirs in headers.
 * Errors: TypeError for what isn't an origin; check with `originFault` before.
 */
export function createCors(origins: readonly string[]): Cors {
  // An answer says what it depends on even where it allows nothing, since a cache may give it to another origin.
  const others: readonly string[] = origins.length > 0 ? ['vary', 'origin'] : [];
  const listed = new Map<string, { readonly answer: readonly string[]; readonly preflight: HttpAnswer }>();
  for (const text of origins) {
    const fault = originFault(text);
    if (fault !== undefined) throw new TypeError(fault);
    const { origin } = new URL(text);
    const allowed = ['access-control-allow-origin', origin, ...others];
    const asked = [
      ...['access-control-allow-methods', 'GET, POST'],
      ...['access-control-allow-headers', requestHeaders.join(', ')],
      ...['access-control-max-age', '600'],
    ];
    listed.set(origin, {
      answer: [...allowed, 'access-control-expose-headers', 'x-request-id, retry-after'],
      preflight: { status: 204, headers: asked, body: utf8('') },
    });
  }
  return {
    headers: (origin) => (origin === undefined ? others : (listed.get(origin)?.answer ?? others)),
    preflight({ origin, 'access-control-request-method': method }) {
      return origin === undefined || method === undefined ? undefined : listed.get(origin)?.preflight;
    },
  };
}

/** What is wrong with an origin in settings; undefined for a good one. Browsers send it as the URL standard writes it, section 4.6. */
export function originFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    return 'expected an origin such as https://app.example.com';
  }
  return url.href === `${url.origin}/` ? undefined : `expected only the origin: ${url.origin}`;
}
