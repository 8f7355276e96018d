import type { IncomingHttpHeaders } from 'node:http';
import { mediaType } from './weighted.ts';

/** Headers without another meaning that clients of GraphQL servers send for this. */
const proofs = ['apollo-require-preflight', 'x-apollo-operation-name', 'graphql-require-preflight'];

/** The content types that a page may send anywhere: Fetch standard, "CORS-safelisted request-header". */
const simpleTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/**
 * Whether a request can't come from a page of another site behind its user's back: the browser says that it doesn't, or it has a
 * header for which the browser would have asked first, by a CORS preflight, which only listed origins are answered (`cors.ts`). A
 * program that is no browser sends such a header. `same-site` isn't enough: a sibling of our domain may be anybody's.
 */
export function isPreflighted(headers: IncomingHttpHeaders): boolean {
  // Pages can't set this one. `none` is a user who typed or chose the address.
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return true;
  if (proofs.some((name) => headers[name])) return true;
  // One that can't be read proves nothing: browsers and we might differ on what it is.
  const type = mediaType(headers['content-type'] ?? '');
  return type !== undefined && !simpleTypes.includes(type.essence);
}
