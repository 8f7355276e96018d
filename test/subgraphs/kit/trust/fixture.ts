import { createSecretKey } from 'node:crypto';
import { KeyRing, type TrustKey } from '../../../../subgraphs/kit/trust/keys.ts';
import { MemoryNonces } from '../../../../subgraphs/kit/trust/nonces.ts';
import { Signer } from '../../../../subgraphs/kit/trust/signer.ts';
import { mintToken } from '../../../../subgraphs/kit/trust/token.ts';
import { type Trust, Verifier } from '../../../../subgraphs/kit/trust/verifier.ts';

/** A key that is the same in each test; `fill` makes another. */
export function keyOf(id: string, fill = id.charCodeAt(id.length - 1)): TrustKey {
  return { id, secret: createSecretKey(Buffer.alloc(32, fill)) };
}

/** A signed request as it stands on the wire. */
export interface Message {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** When tests take place, in milliseconds. */
export const noon = Date.UTC(2026, 5, 1, 12);

/** A gateway and a subgraph `orders` that share a key, at the same moment, which tests move. */
export function pair(trust: Partial<Trust> = {}) {
  const clock = { now: noon };
  const keys = new KeyRing([keyOf('k1')]);
  const now = () => clock.now;
  const signer = new Signer(keys, 'orders', now);
  const nonces = new MemoryNonces({ longestMs: 120_000, now });
  const verifier = new Verifier('orders', { keys, nonces, now, ...trust });
  return { clock, keys, signer, verifier, now };
}

/** A fetch as the gateway sends it. */
export function message(
  signer: Signer,
  { query = '', body = '{"query":"{ a }"}', covered = {} as Record<string, string> } = {},
): Message {
  const headers = Object.entries(covered).flat();
  const signed = signer.sign({ method: 'POST', path: '/graphql', query, body, headers });
  return { method: 'POST', url: `/graphql${query}`, headers: { ...covered, ...paired(signed) }, body };
}

/** A caller token of this key that ends ten minutes later. */
export function tokenOf(key: TrustKey, claims: Record<string, unknown>, at = noon): string {
  const issuedAt = Math.floor(at / 1000);
  return mintToken(key, claims, { issuedAt, expiresAt: issuedAt + 600 });
}

/** What the subgraph says of a message: who asks, or why it is refused. */
export async function verdict(verifier: Verifier, { method, url, headers, body }: Message): Promise<unknown> {
  try {
    return await verifier.accept(verifier.readHead({ method, url, headers }), body);
  } catch (error) {
    if ((error as Error).name !== 'UntrustedError') throw error;
    return (error as Error).message;
  }
}

/** Headers by name. */
export function paired(headers: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (let i = 0; i < headers.length; i += 2) pairs[headers[i] ?? ''] = headers[i + 1] ?? '';
  return pairs;
}
