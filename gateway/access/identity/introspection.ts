import type { Logger } from 'pino';
import { CredentialError } from './credential.ts';
import { askProvider, unavailable } from './provider-answer.ts';

/** How an issuer is asked about a token. */
export interface IntrospectionOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where it is asked. Rejects with ProviderError. */
  readonly locate: () => Promise<string>;
  readonly log: Logger;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Tokens that are asked about at the same time: made-up ones must not bring the provider down. */
const mostAtOnce = 100;

/** Asks an issuer whether tokens are still good: OAuth 2.0 Token Introspection, RFC 7662. */
export class Introspection {
  readonly #options: IntrospectionOptions;
  readonly #authorization: string;
  #asking = 0;
  #failing = false;

  constructor(options: IntrospectionOptions) {
    this.#options = options;
    // RFC 6749, section 2.3.1: both are form-encoded before they are joined.
    const { clientId, clientSecret } = options;
    const pair = [clientId, clientSecret]
      .map((part) => new URLSearchParams([['', part]]).toString().slice(1))
      .join(':');
    this.#authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }

  /** What the issuer says about a token that is good. Rejects with CredentialError: `invalid` for one that isn't. */
  async ask(token: string): Promise<Readonly<Record<string, unknown>>> {
    if (this.#asking >= mostAtOnce) throw unavailable();
    this.#asking += 1;
    try {
      const answer = await this.#answer(token);
      if (answer.active === true) return answer;
    } finally {
      this.#asking -= 1;
    }
    throw new CredentialError('invalid', 'The token is not good, or not any more.');
  }

  async #answer(token: string): Promise<Record<string, unknown>> {
    const { issuer, locate, log, signal } = this.#options;
    try {
      const body = new URLSearchParams({ token, token_type_hint: 'access_token' });
      const answer = await askProvider(
        { url: await locate(), headers: { authorization: this.#authorization }, body },
        signal,
      );
      if (this.#failing) log.info({ issuer }, 'an issuer can be asked about tokens again');
      this.#failing = false;
      return answer;
    } catch (err) {
      if (!this.#failing && !signal.aborted) log.warn({ issuer, err }, "an issuer can't be asked about tokens");
      this.#failing = true;
      throw unavailable();
    }
  }
}
