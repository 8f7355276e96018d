import { decodeJwt, decodeProtectedHeader } from 'jose';

/** What a token looks like. Nothing of it is verified. */
export type TokenForm =
  | { readonly kind: 'opaque' }
  | { readonly kind: 'jwt'; readonly issuer: unknown; readonly hasKeyId: boolean; readonly allowed: boolean };

/** Of access tokens: RFC 9068, section 2.1, and what was usual before it. One for a logout, say, is none. */
const accessTokenTypes = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];

/** Reads what a token claims to be, to choose who verifies it. */
export function tokenForm(token: string): TokenForm {
  try {
    const { alg, kid, typ, crit } = decodeProtectedHeader(token);
    // Signed: three parts. Others, such as encrypted ones, only their issuer can read.
    if (alg === undefined || token.split('.').length !== 3) return { kind: 'opaque' };
    // None of the extensions that `crit` may name is understood: RFC 7515, section 4.1.11.
    const allowed = crit === undefined && accessTokenTypes.includes(typ?.toLowerCase());
    return { kind: 'jwt', issuer: decodeJwt(token).iss, hasKeyId: kid !== undefined, allowed };
  } catch {
    return { kind: 'opaque' };
  }
}
