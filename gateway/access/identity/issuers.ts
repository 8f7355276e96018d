import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { IssuerSettings } from '../../config-file.ts';
import type { Caller } from '../caller.ts';
import { CredentialError, type TokenVerifier } from './credential.ts';
import { Issuer, type IssuerOptions, type Verified } from './issuer.ts';
import type { Keys } from './key-set.ts';
import { Recent } from './recent.ts';
import { tokenForm } from './token-form.ts';

/** How tokens are verified. */
export interface IssuersOptions extends Omit<IssuerOptions, 'now'> {
  /** Milliseconds since 1970. @default the clock */
  readonly now?: () => number;
}

/** What is known of a token. */
interface Known {
  readonly until: number;
  /** Whose token it is, and the keys that it was verified with; what was found ends with these. */
  readonly issuer: Issuer | undefined;
  readonly keys: Keys | undefined;
}

interface KnownGood extends Known {
  readonly caller: Caller;
}

interface KnownBad extends Known {
  readonly error: CredentialError;
}

/** In characters. Headers may be longer, tokens are not. */
const longestToken = 8_192;
const mostGood = 10_000;
const mostBad = 1_000;
const rememberBadMs = 10_000;

/**
 * Verifies tokens of the configured issuers: JSON Web Tokens with the issuer's keys, others by asking an issuer. What was found is
 * remembered by a hash of the token. Errors (thrown or rejected with): CredentialError.
 */
export class Issuers implements TokenVerifier {
  readonly #issuers: ReadonlyMap<unknown, Issuer>;
  readonly #introspecting: Issuer | undefined;
  readonly #now: () => number;
  /** Apart, so that no flood of bad tokens pushes good ones out. */
  readonly #good = new LRUCache<string, KnownGood>({ max: mostGood });
  readonly #bad = new LRUCache<string, KnownBad>({ max: mostBad });
  readonly #ids = new Recent<string>();
  readonly #pending = new Map<string, Promise<Caller>>();

  /** Asks each issuer for its keys at once, in the background. */
  constructor(settings: readonly IssuerSettings[], { environment, log, now = Date.now }: IssuersOptions) {
    this.#now = now;
    const issuers = settings.map((each) => new Issuer(each, { environment, log, now }));
    this.#issuers = new Map(issuers.map((issuer) => [issuer.name, issuer]));
    this.#introspecting = issuers.find(({ introspects }) => introspects);
  }

  verify(token: string): Caller | Promise<Caller> {
    if (token.length > longestToken) {
      throw new CredentialError('invalid', `The token is longer than ${longestToken} characters.`);
    }
    const id = this.#ids.get(token) ?? this.#ids.set(token, hash('sha256', token, 'base64'));
    const good = this.#good.get(id);
    if (good && this.#holds(good)) return good.caller;
    const bad = this.#bad.get(id);
    if (bad && this.#holds(bad)) throw bad.error;
    const pending = this.#pending.get(id);
    if (pending) return pending;
    const examined = this.#examine(token, id).finally(() => this.#pending.delete(id));
    this.#pending.set(id, examined);
    return examined;
  }

  close(): void {
    for (const issuer of this.#issuers.values()) issuer.close();
  }

  #holds({ until, issuer, keys }: Known): boolean {
    return this.#now() < until && (keys === undefined || keys === issuer?.keys);
  }

  async #examine(token: string, id: string): Promise<Caller> {
    const form = tokenForm(token);
    const issuer = form.kind === 'jwt' ? this.#issuers.get(form.issuer) : this.#introspecting;
    // What comes to be known while keys change is not remembered with the new ones.
    const keys = issuer?.keys;
    try {
      const verified = await verifiedBy(issuer, token, form);
      const caller = this.#sameCaller(id, verified);
      this.#good.set(id, { ...verified, caller, issuer });
      return caller;
    } catch (error) {
      if (error instanceof CredentialError && error.code === 'invalid') {
        this.#good.delete(id);
        this.#bad.set(id, { error, until: this.#now() + rememberBadMs, issuer, keys });
      }
      throw error;
    }
  }

  /** The caller stays the same object when a token had to be verified again: much is kept beside it. */
  #sameCaller(id: string, { caller }: Verified): Caller {
    const before = this.#good.get(id)?.caller;
    return before && isDeepStrictEqual(before.claims, caller.claims) ? before : caller;
  }
}

/** What can't be used of the settings, one line each. */
export function issuerFaults(
  settings: readonly IssuerSettings[],
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const names = settings.map(({ issuer }) => issuer);
  return settings.flatMap(({ issuer, introspection }, at) => {
    const place = `authentication.issuers.${at}`;
    const variable = introspection?.client_secret;
    return [
      ...(names.indexOf(issuer) < at ? [`${place}.issuer: ${issuer} is there twice, expected each issuer once.`] : []),
      ...(variable !== undefined && !environment[variable]
        ? [
            `${place}.introspection.client_secret: ${variable} is not set, expected the client's secret in that variable.`,
          ]
        : []),
    ];
  });
}

async function verifiedBy(
  issuer: Issuer | undefined,
  token: string,
  form: ReturnType<typeof tokenForm>,
): Promise<Verified> {
  if (!issuer) {
    throw new CredentialError(
      'invalid',
      form.kind === 'jwt'
        ? 'The token is from an issuer that is not known here.'
        : 'The token is not a JSON Web Token.',
    );
  }
  if (form.kind === 'opaque') return issuer.introspect(token);
  if (!form.allowed) throw new CredentialError('invalid', 'The token is not an access token that can be used here.');
  return issuer.verify(token, form.hasKeyId);
}
