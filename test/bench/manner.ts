import { hash } from 'node:crypto';
import type { ClientRequest } from './workloads.ts';

/** How clients ask a contestant. */
export interface Manner {
  /** The credential that each request brings. */
  readonly authorization?: string;
  /** Whether they ask for operations by their hash alone. The contestant must have been told the text. */
  readonly byHash?: boolean;
}

/** A request's body in this manner. */
export function bodyOf(request: ClientRequest, { byHash = false }: Manner): string {
  if (!byHash) return JSON.stringify(request);
  return JSON.stringify({ ...withHash(request), query: undefined });
}

/** A request that also tells its text's hash: Apollo's automatic persisted queries. */
export function withHash(request: ClientRequest) {
  const sha256Hash = hash('sha256', request.query, 'hex');
  return { ...request, extensions: { persistedQuery: { version: 1, sha256Hash } } };
}
