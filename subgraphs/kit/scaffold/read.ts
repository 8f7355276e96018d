import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { StartupError } from '../errors.ts';

/** The largest description that is read, in bytes. */
const largest = 32 * 1024 * 1024;

/**
 * The text of a description, from a URL or a path. It is counted while it is read: an answer may be without end. Errors: StartupError
 * that says why, without the URL, which may hold a password.
 */
export async function readDescription(from: string, signal: AbortSignal): Promise<string> {
  try {
    const url = URL.parse(from);
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
      return await readFile(url?.protocol === 'file:' ? fileURLToPath(url) : from, 'utf8');
    }
    const response = await fetch(withoutCredentials(url), { signal, headers: authorization(url) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return await bounded(response);
  } catch (cause) {
    // fetch() says only that it failed; why is its cause.
    const error = (cause as Error).cause instanceof Error ? ((cause as Error).cause as Error) : (cause as Error);
    const code = 'code' in error ? String(error.code) : error.message;
    const why = signal.aborted || /TIMEOUT/.test(code) ? 'no whole answer came in time' : code;
    const what = /^https?:/i.test(from) ? 'the URL' : from;
    throw new StartupError([`--from: ${what} can't be read (${why}).`], { cause });
  }
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > largest) throw new Error(`it is larger than ${largest} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The URL without user and password. */
export function withoutCredentials(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
