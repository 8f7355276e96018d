import { randomBytes } from 'node:crypto';
import type { KeyRing } from './keys.ts';
import { componentNames, contentDigest, hmacSha256, signatureBase, tagOf } from './signature.ts';

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: string;
  /** The URL's path, percent-encoded: `/graphql`. */
  readonly path: string;
  /** The URL's query with its question mark; empty where there is none. */
  readonly query: string;
  readonly body: string;
  /** Headers that the signature covers, names in lower case and values in turn. */
  readonly headers: readonly string[];
}

/** This process in nonces. With the number behind it, no other request has the same. */
const prefix = randomBytes(12).toString('base64url');
let requests = 0;

/** Signs fetches from one subgraph, with the key that signs at that moment. */
export class Signer {
  readonly #keys: KeyRing;
  readonly #tag: string;
  readonly #now: () => number;
  #names: { readonly components: readonly string[]; readonly text: string } | undefined;

  /** @param subgraph the name in supergraph.yaml, which the subgraph knows itself by too */
  constructor(keys: KeyRing, subgraph: string, now: () => number = Date.now) {
    this.#keys = keys;
    this.#tag = tagOf(subgraph);
    this.#now = now;
  }

  /** The headers to send beside those that are covered, names and values in turn. Good for one request: each gets its own nonce. */
  sign({ method, path, query, body, headers }: UnsignedRequest): string[] {
    const digest = contentDigest(body);
    const target =
      query === '' ? ['@method', method, '@path', path] : ['@method', method, '@path', path, '@query', query];
    const components = [...target, 'content-digest', digest, ...headers];
    const names = this.#namesOf(components);
    const { id, secret } = this.#keys.signing;
    const created = Math.floor(this.#now() / 1000);
    const nonce = `${prefix}.${(requests++).toString(36)}`;
    const parameters = `${names};created=${created};nonce="${nonce}";keyid="${id}";alg="hmac-sha256";tag="${this.#tag}"`;
    const signature = hmacSha256(secret, signatureBase(components, parameters));
    return [
      'content-digest',
      digest,
      'signature-input',
      `junction=${parameters}`,
      'signature',
      `junction=:${signature}:`,
    ];
  }

  /** Most requests cover the same as the one before. */
  #namesOf(components: readonly string[]): string {
    const { length } = components;
    const known = this.#names;
    if (known?.components.length === length) {
      let isSame = true;
      for (let i = 0; i < length && isSame; i += 2) isSame = components[i] === known.components[i];
      if (isSame) return known.text;
    }
    const text = componentNames(components);
    this.#names = { components, text };
    return text;
  }
}
