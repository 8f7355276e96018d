import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../caller.ts';
import { CredentialError, type TokenVerifier } from './credential.ts';

// Callers for development: one for each kind of person that a company has, so that rules can be tried before a provider is there.

/** Who signs demo tokens. */
export const demoIssuer = 'urn:junction:demo';
const audience = 'junction';
const tokenLifeS = 12 * 3_600;
const rememberedTokens = 1_000;

/** A caller that anybody may be in development. */
export interface DemoCaller {
  readonly name: string;
  /** What they are, for people. */
  readonly title: string;
  readonly claims: { readonly sub: string; readonly name: string; readonly role: string };
  readonly scopes: readonly string[];
}

const support = ['customer:read', 'customer:contact', 'support:read', 'order:read', 'inventory:read', 'finance:read'];

/** All of them, those who are asked for most first. */
export const demoCallers: readonly DemoCaller[] = [
  {
    name: 'agent',
    title: 'Support agent: everything about a customer, without margins',
    claims: { sub: 'agent', name: 'Demo support agent', role: 'agent' },
    scopes: support,
  },
  {
    name: 'supervisor',
    title: 'Supervisor: everything',
    claims: { sub: 'supervisor', name: 'Demo supervisor', role: 'supervisor' },
    scopes: [...support, 'finance:margin'],
  },
  {
    name: 'dashboard',
    title: 'Dashboard on a wall: orders, stock and invoices, nobody’s names',
    claims: { sub: 'dashboard', name: 'Demo dashboard', role: 'dashboard' },
    scopes: ['order:read', 'inventory:read', 'finance:read'],
  },
  {
    name: 'reporting',
    title: 'Reporting: all figures and margins, nobody’s contact data',
    claims: { sub: 'reporting', name: 'Demo reporting', role: 'reporting' },
    scopes: ['customer:read', 'order:read', 'inventory:read', 'finance:read', 'finance:margin'],
  },
  {
    name: 'customer',
    title: 'Customer: signed in, without any scope',
    claims: { sub: 'customer', name: 'Demo customer', role: 'customer' },
    scopes: [],
  },
];

const callers: ReadonlyMap<string, Caller> = new Map(
  demoCallers.map(({ name, claims, scopes }) => [
    name,
    Object.freeze({
      id: `${demoIssuer} ${claims.sub}`,
      kind: 'demo',
      claims: Object.freeze({ iss: demoIssuer, ...claims, scope: scopes.join(' ') }),
      scopes: new Set(scopes),
    }),
  ]),
);

/** The demo caller of this name, always the same object; undefined for another name. */
export function demoCaller(name: string): Caller | undefined {
  return callers.get(name);
}

/** Gives out and knows the tokens of demo callers, for as long as its secret is around. */
export class DemoIssuer implements TokenVerifier {
  readonly #secret: Uint8Array;
  readonly #now: () => number;
  readonly #remembered = new LRUCache<string, { readonly caller: Caller; readonly expires: number }>({
    max: rememberedTokens,
  });

  /** `secret`: 32 random bytes, the same ones in all processes that serve together. `now` in milliseconds since 1970. */
  constructor(secret: Uint8Array, now: () => number = Date.now) {
    if (secret.length < 32) throw new RangeError(`expected a secret of at least 32 bytes, got ${secret.length}`);
    this.#secret = secret;
    this.#now = now;
  }

  /** A token for the demo caller of this name, good for 12 hours. Errors: a RangeError where there is none. */
  async tokenOf(name: string): Promise<string> {
    const caller = callers.get(name);
    if (!caller) throw new RangeError(`expected one of ${[...callers.keys()].join(', ')}; got "${name}"`);
    const now = Math.floor(this.#now() / 1_000);
    return new SignJWT({ ...caller.claims, aud: audience, iat: now, exp: now + tokenLifeS })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(this.#secret);
  }

  /** Whether a token says that it comes from here; that alone proves nothing. */
  isNamedBy(token: string): boolean {
    if (this.#remembered.has(token)) return true;
    try {
      return decodeJwt(token).iss === demoIssuer;
    } catch {
      return false;
    }
  }

  verify(token: string): Caller | Promise<Caller> {
    const known = this.#remembered.get(token);
    if (known === undefined) return this.#verify(token);
    if (known.expires <= this.#now()) throw expired();
    return known.caller;
  }

  close(): void {
    this.#remembered.clear();
  }

  async #verify(token: string): Promise<Caller> {
    const { payload } = await jwtVerify(token, this.#secret, {
      algorithms: ['HS256'],
      issuer: demoIssuer,
      audience,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(this.#now()),
    }).catch((error: unknown) => {
      throw error instanceof errors.JWTExpired
        ? expired(error)
        : new CredentialError(
            'invalid',
            'The demo token is not of this start: they end with the process that gave them.',
            {
              cause: error,
            },
          );
    });
    const caller = callers.get(payload.sub ?? '');
    if (!caller) throw new CredentialError('invalid', 'The demo token is of nobody who is known here.');
    this.#remembered.set(token, { caller, expires: (payload.exp ?? 0) * 1_000 });
    return caller;
  }
}

function expired(cause?: unknown): CredentialError {
  return new CredentialError('invalid', 'The demo token has expired.', { cause });
}
