import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import type { IssuerSettings } from '../../config-file.ts';
import type { Caller } from '../caller.ts';
import { CredentialError } from './credential.ts';
import { Discovery } from './discovery.ts';
import { Introspection } from './introspection.ts';
import { KeySet, type Keys } from './key-set.ts';
import { unavailable } from './provider-answer.ts';
import { tokenCaller } from './token-caller.ts';

/** A token that was found to be good. */
export interface Verified {
  readonly caller: Caller;
  /** Until when that holds, in milliseconds since 1970. */
  readonly until: number;
  /** It holds as long as these are the issuer's keys; undefined where it doesn't depend on any. */
  readonly keys: Keys | undefined;
}

/** What an issuer needs beside its settings. */
export interface IssuerOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly now: () => number;
}

/** Verifies one issuer's tokens. */
export class Issuer {
  readonly #settings: IssuerSettings;
  readonly #now: () => number;
  readonly #closing = new AbortController();
  readonly #keys: KeySet;
  readonly #introspection: Introspection | undefined;

  constructor(settings: IssuerSettings, { environment, log, now }: IssuerOptions) {
    this.#settings = settings;
    this.#now = now;
    const { issuer, jwks_uri, introspection } = settings;
    const { signal } = this.#closing;
    const discovery = new Discovery(issuer, signal);
    this.#keys = new KeySet({
      issuer,
      locate: async () => jwks_uri ?? discovery.keysUrl(),
      refreshMs: settings.refresh_keys_s * 1_000,
      keepMs: settings.keep_keys_s * 1_000,
      log,
      now,
      signal,
    });
    this.#introspection =
      introspection &&
      new Introspection({
        issuer,
        clientId: introspection.client_id,
        clientSecret: environment[introspection.client_secret] ?? '',
        locate: async () => introspection.endpoint ?? discovery.introspectionUrl(),
        log,
        signal,
      });
  }

  /** As tokens name it. */
  get name(): string {
    return this.#settings.issuer;
  }

  /** Whether it can be asked about tokens that only it can read. */
  get introspects(): boolean {
    return this.#introspection !== undefined;
  }

  /** The keys that count now. */
  get keys(): Keys | undefined {
    return this.#keys.current;
  }

  /** Verifies a JSON Web Token (RFC 7519) as RFC 8725 advises. Rejects with CredentialError. */
  async verify(token: string, hasKeyId: boolean): Promise<Verified> {
    const { payload, keys } = await this.#signed(token, hasKeyId);
    const caller = tokenCaller(this.name, payload, this.#settings.scopes_claim);
    const now = this.#now();
    await this.#introspection?.ask(token);
    return { caller, until: this.#until(payload.exp, now), keys };
  }

  /** Asks the issuer about a token that only it can read. Rejects with CredentialError. */
  async introspect(token: string): Promise<Verified> {
    const now = this.#now();
    const answer = (await this.#introspection?.ask(token)) ?? {};
    const { exp, nbf, iss = this.name } = answer;
    const earliest = now - this.#settings.clock_skew_s * 1_000;
    const latest = now + this.#settings.clock_skew_s * 1_000;
    if (iss !== this.name) throw refused.issuer();
    if (!this.#isMeantForUs(answer.aud)) throw refused.audience();
    if (exp !== undefined && !(typeof exp === 'number' && exp * 1_000 > earliest)) throw refused.expired();
    if (nbf !== undefined && !(typeof nbf === 'number' && nbf * 1_000 <= latest)) throw refused.early();
    const caller = tokenCaller(this.name, { ...answer, iss }, this.#settings.scopes_claim);
    return { caller, until: this.#until(exp, now), keys: undefined };
  }

  close(): void {
    this.#closing.abort();
  }

  async #signed(token: string, hasKeyId: boolean): Promise<{ readonly payload: JWTPayload; readonly keys: Keys }> {
    const before = await this.#keys.ready();
    try {
      return { payload: await this.#payload(token, before), keys: before };
    } catch (error) {
      if (!mayHaveNewKey(error, hasKeyId)) throw refusal(error);
    }
    const keys = await this.#keys.renewed();
    try {
      return { payload: await this.#payload(token, keys), keys };
    } catch (error) {
      // While its keys can't be asked for, nobody knows whether this is one of them.
      if (mayHaveNewKey(error, hasKeyId) && this.#keys.failing) throw unavailable();
      throw refusal(error);
    }
  }

  async #payload(token: string, { find }: Keys): Promise<JWTPayload> {
    const { issuer, audience, algorithms, clock_skew_s } = this.#settings;
    const options = {
      issuer,
      audience,
      algorithms,
      clockTolerance: clock_skew_s,
      requiredClaims: ['exp'],
      currentDate: new Date(this.#now()),
    };
    try {
      return (await jwtVerify(token, find, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      // It doesn't say which key it is signed with: any that fits will do.
      for await (const key of error) {
        try {
          return (await jwtVerify(token, key, options)).payload;
        } catch (reason) {
          if (!(reason instanceof errors.JWSSignatureVerificationFailed)) throw reason;
        }
      }
      throw new errors.JWSSignatureVerificationFailed();
    }
  }

  #until(exp: unknown, askedAt: number): number {
    const { clock_skew_s, introspection } = this.#settings;
    const expires = typeof exp === 'number' ? (exp + clock_skew_s) * 1_000 : Number.POSITIVE_INFINITY;
    return introspection ? Math.min(expires, askedAt + introspection.remember_s * 1_000) : expires;
  }

  /** An answer without an audience may be about a refresh token, or one for another service. */
  #isMeantForUs(audience: unknown): boolean {
    const named: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
    return this.#settings.audience.some((each) => named.includes(each));
  }
}

/** Whether the keys may have changed since they were asked for. */
function mayHaveNewKey(error: unknown, hasKeyId: boolean): boolean {
  if (error instanceof errors.JWKSNoMatchingKey) return true;
  return !hasKeyId && error instanceof errors.JWSSignatureVerificationFailed;
}

const refuse = (message: string) => () => new CredentialError('invalid', message);

/** In words that are the same for every token. */
const refused = {
  expired: refuse('The token has expired.'),
  early: refuse('The token is not valid yet.'),
  audience: refuse('The token is not meant for this service.'),
  issuer: refuse('The token is from an issuer that is not known here.'),
  key: refuse('The token is signed with a key that its issuer does not have.'),
  algorithm: refuse('The token is signed in a way that is not allowed here.'),
  signature: refuse('The signature of the token is wrong.'),
  claim: refuse('The token lacks a claim that is needed, or has it in a wrong form.'),
  malformed: refuse("The token can't be read."),
} as const;

/** Without jose's error as its cause: that holds the claims. */
function refusal(error: unknown): CredentialError {
  if (error instanceof CredentialError) return error;
  if (error instanceof errors.JWTExpired) return refused.expired();
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return refused.audience();
    return error.claim === 'nbf' && error.reason === 'check_failed' ? refused.early() : refused.claim();
  }
  if (error instanceof errors.JWKSNoMatchingKey) return refused.key();
  if (error instanceof errors.JOSEAlgNotAllowed) return refused.algorithm();
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused.signature();
  return refused.malformed();
}
