import { parse } from 'yaml';
import { StartupError } from '../errors.ts';
import type { Call } from '../source.ts';
import { readDescription } from './read.ts';
import { draftOfOpenApi } from './rest/draft.ts';
import type { Drafted, SystemOptions } from './system.ts';

/** Drafts a subgraph over a system that describes itself. Errors: StartupError. */
export async function draftDescribed(options: SystemOptions, call: Call): Promise<Drafted> {
  const text = await readDescription(options.from, call.signal);
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

function parsed(text: string): unknown {
  try {
    // JSON is YAML, but a large document is read far faster as what it is.
    return text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text);
  } catch {
    return undefined;
  }
}
