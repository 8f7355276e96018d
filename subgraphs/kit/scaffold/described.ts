import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { StartupError } from '../errors.ts';
import type { Call } from '../source.ts';
import { draftOfOpenApi } from './rest/draft.ts';
import type { Drafted, SystemOptions } from './system.ts';

/** The largest description that is read, in bytes. */
const largest = 32 * 1024 * 1024;

/** Drafts a subgraph over a system that describes itself. Errors: StartupError. */
export async function draftDescribed(options: SystemOptions, call: Call): Promise<Drafted> {
  const text = await read(options.from, call.signal);
  if (/<(\w+:)?definitions[\s>]/.test(text)) {
    const { draftOfWsdl } = await import('./soap/draft.ts');
    return draftOfWsdl(options, text, call);
  }
  const document = parsed(text);
  const version =
    typeof document === 'object' && document !== null && 'openapi' in document ? document.openapi : undefined;
  if (typeof version === 'string' && version.startsWith('3.')) return draftOfOpenApi(options, document);
  throw new StartupError(['--from: expected a database, an OpenAPI 3 document or a WSDL; this is something else.']);
}

async function read(from: string, signal: AbortSignal): Promise<string> {
  try {
    const url = URL.parse(from);
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
      return await readFile(url?.protocol === 'file:' ? fileURLToPath(url) : from, 'utf8');
    }
    const response = await fetch(withoutCredentials(url), { signal, headers: authorization(url) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const bytes = await response.arrayBuffer();
    if (bytes.byteLength > largest) throw new Error(`it is larger than ${largest} bytes`);
    return new TextDecoder().decode(bytes);
  } catch (cause) {
    // fetch() says only that it failed; why is its cause.
    const error = (cause as Error).cause instanceof Error ? ((cause as Error).cause as Error) : (cause as Error);
    const why = 'code' in error ? String(error.code) : error.message;
    const what = /^https?:/i.test(from) ? 'the URL' : from;
    throw new StartupError([`--from: ${what} can't be read (${why}).`], { cause });
  }
}

function withoutCredentials(url: URL): URL {
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

function parsed(text: string): unknown {
  try {
    // JSON is YAML, but a large document is read far faster as what it is.
    return text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text);
  } catch {
    return undefined;
  }
}
