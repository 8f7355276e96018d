import type { Caller } from './caller.ts';

/** The scope of those who may see what goes on inside. */
export const operatorScope = 'junction:operator';

/**
 * Whether somebody may see what goes on inside: metrics, the state of systems, the plans of operations. In development everybody may, and
 * wherever nobody has to say who they are; else who has the scope `junction:operator`. Prometheus brings an API key with it
 * (`npm run keys -- create prometheus --scopes junction:operator`) as a bearer token, in its scrape configuration:
 *
 *     authorization: { credentials_file: /etc/prometheus/junction-key }
 *
 * An `x-api-key` header does as well.
 */
export function isOperator({ kind, scopes }: Caller, production: boolean): boolean {
  return !production || kind === 'anyone' || scopes.has(operatorScope);
}
