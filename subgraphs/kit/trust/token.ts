import { createHmac, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { KeyRing, TrustKey } from './keys.ts';

// The caller token: what the gateway tells subgraphs about who asks. A JWT (RFC 7519) by HS256 with the key that also signs fetches:
//   { "iss": "junction", "aud": "subgraphs", "iat": …, "exp": …, "caller": { "sub": "…", "iss": "…", … } }
// The caller's own claims have a place of their own, as they have an `iss` of their own.

/** How long a caller token counts at most, in seconds. */
export const tokenSeconds = 600;

/** What is known of a caller: a copy of the claims that settings name, which nobody can change. */
export type Claims = Readonly<Record<string, unknown>>;

/** Since when and how long a token counts, in seconds since 1970. */
export interface TokenTimes {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Makes a caller token. */
export function mintToken({ id, secret }: TrustKey, claims: Claims, { issuedAt, expiresAt }: TokenTimes): string {
  const header = encode({ alg: 'HS256', typ: 'JWT', kid: id });
  const payload = encode({ iss: 'junction', aud: 'subgraphs', iat: issuedAt, exp: expiresAt, caller: claims });
  return `${header}.${payload}.${macOf(secret, `${header}.${payload}`)}`;
}

/** A token that was verified. */
interface ReadToken {
  readonly key: TrustKey;
  readonly claims: Claims;
  readonly expiresAt: number;
}

/** Verifies caller tokens, each in full once: later ones with the same text are found again. */
export class TokenReader {
  readonly #keys: KeyRing;
  readonly #read = new LRUCache<string, ReadToken>({ max: 2_000 });

  constructor(keys: KeyRing) {
    this.#keys = keys;
  }

  /** The claims; `invalid` where no key of ours has signed it for subgraphs, `expired` at or after its end. `now` is in seconds. */
  read(token: string, now: number): Claims | 'invalid' | 'expired' {
    let known = this.#read.get(token);
    // Also one that was good stops to count when its key does.
    if (!known || this.#keys.find(known.key.id) !== known.key) {
      known = this.#verify(token);
      if (!known) return 'invalid';
      this.#read.set(token, known);
    }
    return known.expiresAt > now ? known.claims : 'expired';
  }

  #verify(token: string): ReadToken | undefined {
    const [header = '', payload = '', signature = '', ...rest] = token.split('.');
    if (rest.length > 0) return undefined;
    const { alg, typ, kid } = decode(header);
    const key = typeof kid === 'string' ? this.#keys.find(kid) : undefined;
    if (alg !== 'HS256' || typ !== 'JWT' || !key) return undefined;
    if (!equal(signature, macOf(key.secret, `${header}.${payload}`))) return undefined;
    const { iss, aud, exp, caller } = decode(payload);
    if (iss !== 'junction' || aud !== 'subgraphs' || typeof exp !== 'number' || !isObject(caller)) return undefined;
    return { key, claims: deeplyFrozen(caller), expiresAt: exp };
  }
}

/** Freezes JSON, all that is in it too. */
export function deeplyFrozen<T>(json: T): T {
  if (typeof json !== 'object' || json === null) return json;
  for (const value of Object.values(json)) deeplyFrozen(value);
  return Object.freeze(json);
}

/** Whether two texts are equal, in a time that doesn't tell where they differ. */
export function equal(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function macOf(secret: TrustKey['secret'], text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function encode(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url');
}

function decode(part: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isObject(json) ? json : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
