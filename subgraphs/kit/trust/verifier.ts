import type { IncomingHttpHeaders } from 'node:http';
import type { KeyRing } from './keys.ts';
import type { Nonces } from './nonces.ts';
import { contentDigest, hmacSha256, signatureBase, tagOf } from './signature.ts';
import { type Claims, equal, TokenReader } from './token.ts';

/** By what a subgraph knows the gateway's requests. */
export interface Trust {
  readonly keys: KeyRing;
  /** What was received; replicas share it. Must keep a nonce for twice `windowMs`. */
  readonly nonces: Nonces;
  /** How far the time of signing may be from ours, either way, in milliseconds. @default 60000 */
  readonly windowMs?: number;
  /** The clock, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** What there is of a request before its body. */
export interface RequestHead {
  readonly method: string;
  /** As in the request line: `/graphql?a=b`. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A request whose head is the gateway's own. Its body isn't known to be. */
export interface TrustedHead {
  readonly digest: string;
  readonly nonce: string;
  /** When it was signed, in milliseconds since 1970. */
  readonly created: number;
  /** Of the caller token; undefined where nobody is known to ask. */
  readonly claims: Claims | undefined;
}

/** A request that doesn't come from our gateway, or not for the first time. The message is one sentence for whoever sent it. */
export class UntrustedError extends Error {
  override readonly name = 'UntrustedError';
  readonly code = 'UNTRUSTED_REQUEST';
}

export const defaultWindowMs = 60_000;

/** Tells the gateway's requests from all others: RFC 9421, section 3.2. Of its parameters, those that `signer.ts` writes are needed. */
export class Verifier {
  readonly #keys: KeyRing;
  readonly #nonces: Nonces;
  readonly #windowMs: number;
  readonly #now: () => number;
  readonly #tag: string;
  readonly #tokens: TokenReader;

  /** @param subgraph the name of the subgraph that verifies, as in supergraph.yaml */
  constructor(subgraph: string, { keys, nonces, windowMs = defaultWindowMs, now = Date.now }: Trust) {
    this.#keys = keys;
    this.#nonces = nonces;
    this.#windowMs = windowMs;
    this.#now = now;
    this.#tag = tagOf(subgraph);
    this.#tokens = new TokenReader(keys);
  }

  /** Looks at all but the body, so that nobody else gets a body read. Errors: UntrustedError. */
  readHead({ method, url, headers }: RequestHead): TrustedHead {
    const signed = readSignature(headers);
    const components = componentsOf(signed.names, method, url, headers);
    const { created, nonce, keyid, alg, tag } = signed;
    if (alg !== 'hmac-sha256' || tag !== this.#tag) {
      throw new UntrustedError(
        'The signature is not one of a gateway for this subgraph: expected other "alg" or "tag".',
      );
    }
    const key = this.#keys.find(keyid);
    if (!key) throw new UntrustedError('The request is signed with a key that is not known here.');
    if (!equal(signed.signature, hmacSha256(key.secret, signatureBase(components, signed.parameters)))) {
      throw new UntrustedError('The request is not as it was signed.');
    }
    const head = { digest: String(headers['content-digest']), nonce, created: created * 1000 };
    this.#goodMs(head.created);
    return { ...head, claims: this.#claims(headers.authorization) };
  }

  /** Takes a request in, at most once, and only with the body that was signed. Says who asks. Rejects with an UntrustedError. */
  async accept(head: TrustedHead | undefined, body: string): Promise<Claims | undefined> {
    if (!head) throw new UntrustedError('The request is not signed.');
    const { digest, nonce, created, claims } = head;
    if (digest !== contentDigest(body)) throw new UntrustedError('The body is not the one that was signed.');
    // Looked at again: a body can take so long to come that the nonce of the first one like it is forgotten.
    const receipt = await this.#nonces.add(nonce, this.#goodMs(created));
    if (receipt === 'again') throw new UntrustedError('The request was received before.');
    if (receipt === 'full')
      throw new UntrustedError('More requests were received than can be told from repeated ones.');
    return claims;
  }

  /** How long what was signed then can still be sent, in milliseconds. Errors: UntrustedError where it can't any more, or not yet. */
  #goodMs(created: number): number {
    const age = this.#now() - created;
    if (Math.abs(age) < this.#windowMs) return this.#windowMs - age;
    const [seconds, when] = [Math.round(Math.abs(age) / 1000), age > 0 ? 'ago' : 'ahead of our clock'];
    throw new UntrustedError(
      `The request was signed ${seconds} s ${when}: expected less than ${this.#windowMs / 1000} s.`,
    );
  }

  #claims(authorization: string | undefined): Claims | undefined {
    if (authorization === undefined) return undefined;
    const token = /^Bearer ([\w.-]+)$/.exec(authorization)?.[1];
    // The gateway lets callers in as long as its clock and their issuer's allow: what it signed just now may end just now.
    const claims = token === undefined ? 'invalid' : this.#tokens.read(token, (this.#now() - this.#windowMs) / 1000);
    if (claims === 'invalid') throw new UntrustedError('The caller token is not one of our gateway.');
    if (claims === 'expired') throw new UntrustedError('The caller token has expired.');
    return claims;
  }
}

interface ReadSignature {
  readonly names: readonly string[];
  /** The parameters as they were written, from the names on. */
  readonly parameters: string;
  readonly signature: string;
  readonly created: number;
  readonly nonce: string;
  readonly keyid: string;
  readonly alg: string;
  readonly tag: string;
}

/** One signature: `label=("a" "b");created=1;nonce="…"`. Of names with parameters of their own none is needed. */
const input =
  /^([a-z*][\w.*-]*)=(\(("[a-z@][a-z0-9-]*"(?: "[a-z@][a-z0-9-]*")*)\)((?:;[a-z]+=(?:\d{1,12}|"[^"\\;]{1,128}"))*))$/;

function readSignature({ 'signature-input': given, signature: value }: IncomingHttpHeaders): ReadSignature {
  if (given === undefined && value === undefined) throw new UntrustedError('The request is not signed.');
  const [, label, parameters = '', names = '', values = ''] = input.exec(String(given)) ?? [];
  const written = String(value);
  const [created, nonce, keyid, alg, tag] = ['created', 'nonce', 'keyid', 'alg', 'tag'].map((name) =>
    only(values, name),
  );
  if (!label || !created || !nonce || !keyid || !alg || !tag || !isOf(label, written)) {
    throw new UntrustedError('The signature cannot be read: expected one, with created, nonce, keyid, alg and tag.');
  }
  return {
    names: names.slice(1, -1).split('" "'),
    parameters,
    signature: written.slice(label.length + 2, -1),
    created: Number(created),
    nonce,
    keyid,
    alg,
    tag,
  };
}

function isOf(label: string, signature: string): boolean {
  return signature.startsWith(`${label}=:`) && signature.endsWith(':') && signature.length > label.length + 2;
}

/** A parameter's value, without quotes; undefined where it isn't there, or twice. */
function only(parameters: string, name: string): string | undefined {
  const start = parameters.indexOf(`;${name}=`);
  if (start < 0 || parameters.includes(`;${name}=`, start + 1)) return undefined;
  const from = start + name.length + 2;
  if (parameters[from] === '"') return parameters.slice(from + 1, parameters.indexOf('"', from + 1));
  const end = parameters.indexOf(';', from);
  return parameters.slice(from, end < 0 ? undefined : end);
}

/** What is covered, with values from the request. RFC 9421, section 2.2 and 2.1. */
function componentsOf(names: readonly string[], method: string, url: string, headers: IncomingHttpHeaders): string[] {
  const question = url.indexOf('?');
  const needed = ['@method', '@path', 'content-digest'];
  if (question >= 0) needed.push('@query');
  if (headers.authorization !== undefined) needed.push('authorization');
  const uncovered = needed.find((name) => !names.includes(name));
  if (uncovered !== undefined) throw new UntrustedError(`The signature does not cover "${uncovered}".`);
  return names.flatMap((name) => {
    if (name === '@method') return [name, method];
    if (name === '@path') return [name, question < 0 ? url : url.slice(0, question)];
    if (name === '@query') return [name, question < 0 ? '?' : url.slice(question)];
    const value = headers[name];
    if (typeof value !== 'string') throw new UntrustedError('The signature covers what the request does not have.');
    return [name, value];
  });
}
