import type { IncomingHttpHeaders } from 'node:http';
import type { BlockList, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { LRUCache } from 'lru-cache';
import type { CertificateSettings } from '../../config-file.ts';
import { anyone, type Caller } from '../caller.ts';
import { addressOf, networkOf, networksOf } from './address.ts';
import type { ApiKeys } from './api-keys.ts';
import { Certificates } from './certificates.ts';
import { CredentialError, type TokenVerifier } from './credential.ts';
import type { DemoIssuer } from './demo-callers.ts';
import { keyPrefix } from './key-file.ts';
import { Recent } from './recent.ts';

/** By what callers are known. */
export interface AuthenticatorOptions {
  /** Whether callers have to say who they are. Where they don't, everybody is `anyone`, whatever they bring. */
  readonly authentication: boolean;
  /** Knows the tokens of the company's own providers. */
  readonly issuers?: TokenVerifier | undefined;
  readonly keys?: ApiKeys | undefined;
  readonly certificates: readonly CertificateSettings[];
  /** For development only. */
  readonly demo?: DemoIssuer | undefined;
  /** Whose `X-Forwarded-For` is believed: addresses and networks. */
  readonly trustedProxies: readonly string[];
}

/** How many addresses are remembered. Forgetting one costs no more than making its caller again. */
const rememberedAddresses = 10_000;

/** Says who is asking, by the one credential that a request brings. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #certificates: Certificates;
  readonly #proxies: BlockList | undefined;
  readonly #anonymous = new LRUCache<string, Caller>({ max: rememberedAddresses });
  readonly #tokens = new Recent<string>();

  /** What it is given is closed with it. */
  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#certificates = new Certificates(options.certificates);
    this.#proxies = options.trustedProxies.length > 0 ? networksOf(options.trustedProxies) : undefined;
  }

  /**
   * Who is asking: by a bearer token or API key in `authorization` (RFC 6750, section 2.1), by an API key in `x-api-key`, by the
   * connection's client certificate, or nobody but an address. A header counts before the certificate, which may be a proxy's or a
   * mesh's own. At once wherever nothing has to be worked out or asked for. Errors, thrown or rejected: CredentialError, also for a
   * credential that can't be used where none was needed.
   */
  authenticate(headers: IncomingHttpHeaders, socket: Socket): Caller | Promise<Caller> {
    if (!this.#options.authentication) return anyone;
    const { authorization, 'x-api-key': key } = headers;
    if (authorization !== undefined && key !== undefined) {
      throw new CredentialError('invalid', 'Expected one credential: Authorization or x-api-key, got both.');
    }
    if (authorization !== undefined) {
      const token = this.#tokens.get(authorization) ?? this.#tokens.set(authorization, bearerToken(authorization));
      return this.#byToken(token);
    }
    if (key !== undefined) return this.#byKey(String(key));
    const certified = socket instanceof TLSSocket ? this.#certificates.callerOf(socket) : undefined;
    return certified ?? this.anonymous(headers, socket);
  }

  /**
   * Who is asking as far as the address tells, the same object for the same address: whoever brings no credential, and whom a refused
   * one is held against.
   */
  anonymous(headers: IncomingHttpHeaders, socket: Socket): Caller {
    const network = networkOf(addressOf(socket, headers, this.#proxies));
    let caller = this.#anonymous.get(network);
    if (caller === undefined) {
      caller = Object.freeze({ id: `address ${network}`, kind: 'anonymous', claims: noClaims, scopes: noScopes });
      this.#anonymous.set(network, caller);
    }
    return caller;
  }

  close(): void {
    const { issuers, keys, demo } = this.#options;
    for (const each of [issuers, keys, demo]) each?.close();
  }

  #byToken(token: string): Caller | Promise<Caller> {
    const { demo, issuers } = this.#options;
    if (token.startsWith(keyPrefix)) return this.#byKey(token);
    if (demo?.isNamedBy(token)) return demo.verify(token);
    if (!issuers) throw new CredentialError('invalid', 'No tokens are taken here.');
    return issuers.verify(token);
  }

  #byKey(key: string): Caller {
    const { keys } = this.#options;
    if (!keys) throw new CredentialError('invalid', 'No API keys are taken here.');
    return keys.callerOf(key);
  }
}

const noClaims = Object.freeze({});
const noScopes: ReadonlySet<string> = new Set();

/** What `WWW-Authenticate` says beside a 401 (RFC 6750, section 3); without an error it only says what is taken. */
export function wwwAuthenticate(error?: CredentialError): string {
  const challenge = 'Bearer realm="junction"';
  if (error?.code !== 'invalid') return challenge;
  // Quotes, backslashes and anything beyond ASCII may not stand in it.
  const description = error.message.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, "'");
  return `${challenge}, error="invalid_token", error_description="${description}"`;
}

/** RFC 6750, section 2.1; the scheme in any case (RFC 9110, section 11.1). */
function bearerToken(authorization: string): string {
  const token = /^bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new CredentialError('invalid', 'Authorization: expected "Bearer" and one token.');
  return token;
}
