import { createSecretKey, type KeyObject } from 'node:crypto';

/** A secret that gateway and subgraphs share, and the name by which messages say that it was used. */
export interface TrustKey {
  readonly id: string;
  readonly secret: KeyObject;
}

/** One or more keys; the first is the one that signs. */
export type TrustKeys = readonly [TrustKey, ...TrustKey[]];

/**
 * The keys in use. They rotate in three steps, at each of which everything is understood: the new key is added behind the old one
 * everywhere; it is put in front; the old one is taken away, once what was signed with it is older than the window and than the longest
 * caller token (`token.ts`).
 */
export class KeyRing {
  #keys: TrustKeys;

  constructor(keys: TrustKeys) {
    this.#keys = keys;
  }

  /** The one that signs. */
  get signing(): TrustKey {
    return this.#keys[0];
  }

  /** The key of this name, if it is in use. */
  find(id: string): TrustKey | undefined {
    return this.#keys.find((key) => key.id === id);
  }

  /** From now on these are in use. */
  replace(keys: TrustKeys): void {
    this.#keys = keys;
  }
}

/** The least that RFC 2104, section 3, advises for SHA-256. */
const leastBytes = 32;

/**
 * Reads keys from text, `id:base64` with commas between them; `none` stands for no keys, which a subgraph takes for "answer everybody".
 * Faults say what is wrong with which key, and quote nothing, not even an id: it may be a secret that lacks its id.
 */
export function readKeys(text: string): { readonly keys: TrustKeys | undefined; readonly faults: readonly string[] } {
  if (text.trim() === 'none') return { keys: undefined, faults: [] };
  const faults: string[] = [];
  const ids = new Set<string>();
  const [first, ...others] = text.split(',').flatMap((part, index) => {
    const [, id, base64] = /^([\w.-]{1,64}):([A-Za-z0-9+/_-]+)={0,2}$/.exec(part.trim()) ?? [];
    if (id === undefined || base64 === undefined) {
      faults.push(
        `key ${index + 1}: expected an id, a colon and base64, such as "k1:" and what "openssl rand -base64 32" says.`,
      );
      return [];
    }
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length < leastBytes) {
      faults.push(`key ${index + 1}: expected at least ${leastBytes} bytes, got ${bytes.length}.`);
    }
    if (ids.has(id)) faults.push(`key ${index + 1}: another one has the same id.`);
    ids.add(id);
    return [{ id, secret: createSecretKey(bytes) }];
  });
  return { keys: first && faults.length === 0 ? [first, ...others] : undefined, faults };
}
