import type { Caller } from '../caller.ts';
import { CredentialError } from './credential.ts';

/**
 * Who a token's claims say is asking. `scopesClaims` are the claims that scopes may be in: the first that is there counts. Errors:
 * CredentialError where the claims don't say.
 */
export function tokenCaller(
  issuer: string,
  claims: Readonly<Record<string, unknown>>,
  scopesClaims: readonly string[],
): Caller {
  // Machines have no subject everywhere: then it is the client that counts (RFC 9068, section 2.2).
  const subject = [claims.sub, claims.client_id, claims.azp].find((each) => typeof each === 'string' && each !== '');
  if (subject === undefined) throw new CredentialError('invalid', 'The token does not say whom it stands for.');
  const claim = scopesClaims.find((name) => Object.hasOwn(claims, name));
  return Object.freeze({
    id: `${issuer} ${subject}`,
    kind: 'token',
    claims: Object.freeze(claims),
    scopes: claim === undefined ? new Set<string>() : scopesOf(claims[claim]),
  });
}

/** A text with spaces (RFC 8693, section 4.2), or a list. */
function scopesOf(value: unknown): ReadonlySet<string> {
  const scopes = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  return new Set(scopes.filter((scope): scope is string => typeof scope === 'string' && scope !== ''));
}
