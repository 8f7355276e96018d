import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { KeyRing, TrustKey } from '../../subgraphs/kit/trust/keys.ts';
import { type Claims, deeplyFrozen, mintToken, tokenSeconds } from '../../subgraphs/kit/trust/token.ts';
import { type Caller, isAuthenticated } from '../access/caller.ts';
import type { ConfigFile } from '../config-file.ts';

/** What subgraphs get of who asks. */
export interface FetchCaller {
  /** Equal for two only where all that reaches a subgraph of them is equal; empty where nothing does. */
  readonly key: string;
  /** What subgraphs may know; undefined where nobody is known to ask. */
  readonly claims: Claims | undefined;
  /** The client's headers that go on, names and values in turn. */
  readonly headers: readonly string[];
  /** The caller token; undefined where nobody is known to ask, and without keys. */
  token(): string | undefined;
}

/** Which claims and headers go on to subgraphs. */
export type ForwardedSettings = Pick<ConfigFile['subgraphs'], 'claims' | 'forward_headers'>;

/** How `FetchCallers` are set up. */
export interface FetchCallersOptions {
  /** Which claims and headers go on. */
  readonly settings: ForwardedSettings;
  /** The keys that sign caller tokens; without them there are none. */
  readonly keys: KeyRing | undefined;
  /** The clock, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** Makes what subgraphs get of callers, once for each. */
export class FetchCallers {
  readonly #settings: ForwardedSettings;
  readonly #keys: KeyRing | undefined;
  readonly #now: () => number;
  readonly #known = new WeakMap<Caller, KnownCaller>();

  constructor({ settings, keys, now = Date.now }: FetchCallersOptions) {
    this.#settings = settings;
    this.#keys = keys;
    this.#now = now;
  }

  /** What subgraphs get of a caller whose request came with these headers. The same object each time where no header goes on. */
  of(caller: Caller, clientHeaders: IncomingHttpHeaders): FetchCaller {
    let known = this.#known.get(caller);
    if (!known) {
      known = new KnownCaller(claimsOf(caller, this.#settings.claims), caller.claims.exp, this.#keys, this.#now);
      this.#known.set(caller, known);
    }
    const headers = this.#forwarded(clientHeaders);
    return headers.length === 0 ? known : new ForwardingCaller(known, headers);
  }

  #forwarded(clientHeaders: IncomingHttpHeaders): string[] {
    const headers: string[] = [];
    for (const name of this.#settings.forward_headers) {
      const value = clientHeaders[name];
      if (typeof value === 'string') headers.push(name, value);
    }
    return headers;
  }
}

/** A token is made anew so long before it ends, in seconds: what is signed with it just before still has time to arrive. */
const sparedSeconds = 60;

/** A caller without headers of the client's. */
class KnownCaller implements FetchCaller {
  readonly key: string;
  readonly claims: Claims | undefined;
  readonly headers: readonly string[] = [];
  readonly #endsAt: unknown;
  readonly #keys: KeyRing | undefined;
  readonly #now: () => number;
  #minted: { readonly text: string; readonly key: TrustKey; readonly renewAt: number } | undefined;

  constructor(claims: Claims | undefined, endsAt: unknown, keys: KeyRing | undefined, now: () => number) {
    this.key = claims ? digest(JSON.stringify(claims)) : '';
    this.claims = claims;
    this.#endsAt = endsAt;
    this.#keys = keys;
    this.#now = now;
  }

  token(): string | undefined {
    if (!this.claims || !this.#keys) return undefined;
    const key = this.#keys.signing;
    const seconds = Math.floor(this.#now() / 1000);
    if (this.#minted?.key !== key || seconds >= this.#minted.renewAt) {
      const longest = seconds + tokenSeconds;
      const ownEnd = typeof this.#endsAt === 'number' ? Math.floor(this.#endsAt) : Number.POSITIVE_INFINITY;
      const expiresAt = Math.min(longest, ownEnd);
      const text = mintToken(key, this.claims, { issuedAt: seconds, expiresAt });
      // One that ends with the caller's own credential can't be made longer.
      const renewAt = ownEnd <= longest ? Number.POSITIVE_INFINITY : expiresAt - sparedSeconds;
      this.#minted = { text, key, renewAt };
    }
    return this.#minted.text;
  }
}

/** A caller for one request, some of whose headers go on. */
class ForwardingCaller implements FetchCaller {
  readonly key: string;
  readonly claims: Claims | undefined;
  readonly headers: readonly string[];
  readonly #known: KnownCaller;

  constructor(known: KnownCaller, headers: readonly string[]) {
    this.key = digest(JSON.stringify([known.key, headers]));
    this.claims = known.claims;
    this.headers = headers;
    this.#known = known;
  }

  token(): string | undefined {
    return this.#known.token();
  }
}

/**
 * What of a caller's claims goes on, as its own copy; undefined where nobody is known to ask. `scope` is as RFC 8693, section 4.2, has
 * it, wherever the issuer puts scopes.
 */
function claimsOf(caller: Caller, names: readonly string[]): Claims | undefined {
  if (!isAuthenticated(caller) || caller.kind === 'anyone') return undefined;
  const chosen = names.flatMap((name) => {
    if (name === 'scope') return caller.scopes.size > 0 ? [[name, [...caller.scopes].join(' ')] as const] : [];
    return Object.hasOwn(caller.claims, name) ? [[name, caller.claims[name]] as const] : [];
  });
  return deeplyFrozen(JSON.parse(JSON.stringify(Object.fromEntries(chosen))));
}

function digest(text: string): string {
  return hash('sha256', text, 'base64');
}
