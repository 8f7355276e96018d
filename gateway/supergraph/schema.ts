import type { Signer } from '../../subgraphs/kit/trust/signer.ts';
import { withCancellation } from '../transport/cancellation.ts';
import { httpTransport } from '../transport/http.ts';
import type { SubgraphRequest } from '../transport/transport.ts';
import type { SchemaLocation, SubgraphEntry } from './file.ts';
import { readRegular } from './regular.ts';

/** A subgraph's schema as it was read. Plain data: it crosses to the process that composes. */
export interface SubgraphSchema {
  readonly name: string;
  readonly url: string;
  /** The file or URL that it came from, for messages. */
  readonly where: string;
  /** The schema; undefined where it can't be read. */
  readonly sdl: string | undefined;
  /** Why it can't be read. */
  readonly fault?: string;
}

const timeoutMs = 10_000;

const sdlRequest: SubgraphRequest = {
  operation: { kind: 'query', query: '{ _service { sdl } }' },
  variablesText: '{}',
  variables: () => ({}),
};

/** What signs requests to a subgraph, by its name; nothing where subgraphs answer everybody. */
export type SignerOf = (subgraph: string) => Signer | undefined;

/** Reads the schemas of all subgraphs from files, or from the subgraphs themselves within 10 seconds. Never rejects. */
export function loadSchemas(
  entries: readonly SubgraphEntry[],
  signerOf: SignerOf = () => undefined,
): Promise<SubgraphSchema[]> {
  return Promise.all(entries.map((entry) => readSchema(entry, (schema) => read(schema, signerOf(entry.name)))));
}

/** Reads one subgraph's schema by `read`, which says what is wrong by rejecting. */
export async function readSchema(
  { name, routingUrl: url, schema }: SubgraphEntry,
  read: (schema: SchemaLocation) => Promise<string>,
): Promise<SubgraphSchema> {
  const where = schema.kind === 'file' ? schema.path : placeOf(schema.url);
  return read(schema).then(
    (sdl) => ({ name, url, where, sdl }),
    (error: Error) => ({ name, url, where, sdl: undefined, fault: `the schema can't be read: ${error.message}` }),
  );
}

/** Asks a subgraph for the schema that it publishes, within 10 seconds. Rejects with a sentence that quotes none of its words. */
export async function publishedSchema(url: string, signer: Signer | undefined, signal?: AbortSignal): Promise<string> {
  const transport = httpTransport(url, { signer });
  try {
    const { data } = await withCancellation(signal, (cancellation) =>
      transport.fetch(sdlRequest, { deadline: performance.now() + timeoutMs, cancellation, requestId: 'composition' }),
    );
    const service = data?._service;
    if (typeof service === 'object' && service !== null && 'sdl' in service && typeof service.sdl === 'string') {
      return service.sdl;
    }
    throw new Error('expected { _service { sdl } } to be text');
  } finally {
    await transport.close();
  }
}

/** Reads a schema from its file. */
export function schemaFile(path: string): Promise<string> {
  return readRegular(path);
}

function read(schema: SchemaLocation, signer: Signer | undefined): Promise<string> {
  return schema.kind === 'file' ? schemaFile(schema.resolved) : publishedSchema(schema.url, signer);
}

/** A URL as a message may show it: without a password or a token. */
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
