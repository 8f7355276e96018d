import { createHmac, hash, type KeyObject } from 'node:crypto';

// HTTP Message Signatures (RFC 9421) with hmac-sha256, and Content-Digest (RFC 9530) with sha-256: what both sides compute alike. Of the
// libraries for it, none is kept up by its ecosystem as undici or jose are, and all build objects and promises that cost several times
// the HMAC; what is needed of the RFC is a page.

/** Components of a request, names and values in turn: `['@method', 'POST', 'content-digest', 'sha-256=:…:']`. */
export type Components = readonly string[];

/** The names of what is covered, as a signature's parameters begin: `("@method" "content-digest")`. RFC 9421, section 2.3. */
export function componentNames(components: Components): string {
  let names = `("${components[0]}"`;
  for (let i = 2; i < components.length; i += 2) names += ` "${components[i]}"`;
  return `${names})`;
}

/** The text that is signed. RFC 9421, section 2.5. */
export function signatureBase(components: Components, parameters: string): string {
  let base = '';
  for (let i = 0; i < components.length; i += 2) base += `"${components[i]}": ${components[i + 1]}\n`;
  return `${base}"@signature-params": ${parameters}`;
}

/**
 * The signature in base64. RFC 9421, section 3.3.3. Each character is a byte of the message, as Node reads headers. HMAC by its definition
 * (RFC 2104, section 2): two plain hashes take two thirds of the time of Node's `Hmac` objects, and a view has five signatures.
 */
export function hmacSha256(secret: KeyObject, base: string): string {
  if (base.length > longestBase) return createHmac('sha256', secret).update(base, 'latin1').digest('base64');
  const { inner, outer } = padsOf(secret);
  const length = blockBytes + inner.write(base, blockBytes, 'latin1');
  outer.write(hash('sha256', inner.subarray(0, length), 'binary'), blockBytes, 'binary');
  return hash('sha256', outer, 'base64');
}

const blockBytes = 64;
const longestBase = 8_192;

/** A key as HMAC mixes it into what is hashed, with room for that behind. */
interface Pads {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const pads = new WeakMap<KeyObject, Pads>();

function padsOf(secret: KeyObject): Pads {
  let known = pads.get(secret);
  if (!known) {
    const exported = secret.export();
    const key = exported.length > blockBytes ? hash('sha256', exported, 'buffer') : exported;
    known = { inner: Buffer.alloc(blockBytes + longestBase, 0x36), outer: Buffer.alloc(blockBytes + 32, 0x5c) };
    for (const pad of [known.inner, known.outer])
      for (const [i, byte] of key.entries()) pad[i] = (pad[i] as number) ^ byte;
    pads.set(secret, known);
  }
  return known;
}

/** A body's `Content-Digest`. RFC 9530, section 2. */
export function contentDigest(body: string): string {
  return `sha-256=:${hash('sha256', body, 'base64')}:`;
}

/**
 * What a signature is for, its `tag`: fetches of Junction's gateway from this subgraph. One that was made for another subgraph counts
 * for nothing here, although all share their keys.
 */
export function tagOf(subgraph: string): string {
  return `junction:${encodeURIComponent(subgraph)}`;
}
