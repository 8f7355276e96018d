import { CredentialError } from './credential.ts';

/** Why a provider's answer can't be used, as a clause: `it answered 503`. Quotes nothing of the answer. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
}

/** What clients are told while a provider is needed that can't be asked. */
export function unavailable(): CredentialError {
  return new CredentialError('unavailable', "Tokens can't be verified at the moment.");
}

/** A POST where there is a body, a GET otherwise. */
export interface ProviderRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
}

const timeoutMs = 3_000;
const mostBytes = 1_048_576;

/**
 * Asks an OpenID provider for a JSON object: within 3 seconds, at most 1 MiB, and from this address alone, as a redirect would let
 * the provider choose whom this machine asks. Rejects with ProviderError.
 */
export async function askProvider(
  { url, headers, body }: ProviderRequest,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  try {
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: { accept: 'application/json', ...headers },
      ...(body && { body }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new ProviderError(`it answered ${response.status}, expected 200`);
    }
    return parseObject(await boundedText(response));
  } catch (error) {
    throw error instanceof ProviderError ? error : new ProviderError(reasonOf(error));
  }
}

async function boundedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) throw new ProviderError(`its answer is longer than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** The engine's own error would quote the text. */
function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {}
  throw new ProviderError('its answer is not a JSON object');
}

/** The messages of `fetch` may quote the URL; the codes of its causes don't. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "it can't be reached";
  if (error.name === 'TimeoutError') return `it did not answer within ${timeoutMs} ms`;
  const { cause } = error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? ` (${cause.code})` : '';
  return `it can't be reached${code}`;
}
