import { isLoopback } from '../../loopback.ts';
import { askProvider, ProviderError } from './provider-answer.ts';

/** What an issuer says about itself, as far as it is used here. */
interface Metadata {
  readonly jwks_uri: string | undefined;
  readonly introspection_endpoint: string | undefined;
}

/** Finds out where an issuer's parts are: OpenID Connect Discovery 1.0, section 4. */
export class Discovery {
  readonly #issuer: string;
  readonly #signal: AbortSignal;
  #last: Metadata | undefined;

  constructor(issuer: string, signal: AbortSignal) {
    this.#issuer = issuer;
    this.#signal = signal;
  }

  /** Where its keys are, as its document says now. Rejects with ProviderError. */
  async keysUrl(): Promise<string> {
    return expected(await this.#ask(), 'jwks_uri');
  }

  /** Where it is asked about tokens, as its document said last. Rejects with ProviderError. */
  async introspectionUrl(): Promise<string> {
    return expected(this.#last ?? (await this.#ask()), 'introspection_endpoint');
  }

  /** Where it gives tokens, as its document says now. Rejects with ProviderError. */
  async tokenUrl(): Promise<string> {
    const url = this.#url(await this.#document(), 'token_endpoint');
    if (url === undefined) throw new ProviderError('its discovery document has no "token_endpoint"');
    return url;
  }

  async #ask(): Promise<Metadata> {
    const document = await this.#document();
    const metadata = {
      jwks_uri: this.#url(document, 'jwks_uri'),
      introspection_endpoint: this.#url(document, 'introspection_endpoint'),
    };
    this.#last = metadata;
    return metadata;
  }

  async #document(): Promise<Readonly<Record<string, unknown>>> {
    const url = `${this.#issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const document = await askProvider({ url }, this.#signal);
    // Section 4.3: else one issuer could pass another's keys off as its own.
    if (document.issuer !== this.#issuer) {
      throw new ProviderError('its discovery document names another issuer than the one it was asked for');
    }
    return document;
  }

  #url(document: Readonly<Record<string, unknown>>, name: keyof Metadata | 'token_endpoint'): string | undefined {
    const url = document[name];
    if (url === undefined) return undefined;
    if (typeof url === 'string' && URL.canParse(url)) {
      const { protocol, hostname } = new URL(url);
      // Keys and secrets cross no network in the clear; on this machine only what is on this machine itself leads there.
      const isLocal = protocol === 'http:' && isLoopback(hostname) && isLoopback(new URL(this.#issuer).hostname);
      if (protocol === 'https:' || isLocal) return url;
    }
    throw new ProviderError(`its discovery document has a "${name}" that is no https URL`);
  }
}

function expected(metadata: Metadata, name: keyof Metadata): string {
  const url = metadata[name];
  if (url === undefined) throw new ProviderError(`its discovery document has no "${name}"`);
  return url;
}
