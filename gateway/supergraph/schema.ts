import { readFile } from 'node:fs/promises';
import { type DocumentNode, GraphQLError, parse, Source } from 'graphql';
import { withDeadline } from '../transport/deadline.ts';
import { httpTransport } from '../transport/http.ts';
import { CompositionError } from './errors.ts';
import type { SchemaLocation, SubgraphEntry } from './file.ts';

/** A subgraph's schema, ready to be composed. */
export interface SubgraphSchema {
  readonly name: string;
  readonly url: string;
  /** Its source is named after the file or URL that it came from, for messages. */
  readonly typeDefs: DocumentNode;
}

const timeoutMs = 10_000;

/**
 * Reads the schemas of all subgraphs from files, or from the subgraphs themselves within 10 seconds. Throws a
 * `CompositionError` with one fault for each that can't be read or has a syntax error.
 */
export async function loadSchemas(entries: readonly SubgraphEntry[]): Promise<SubgraphSchema[]> {
  const results = await Promise.allSettled(entries.map(load));
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason.message)] : []));
  if (faults.length > 0) throw new CompositionError(faults);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

async function load({ name, routingUrl, schema }: SubgraphEntry): Promise<SubgraphSchema> {
  const where = schema.kind === 'file' ? schema.path : schema.url;
  const sdl = await read(schema).catch((cause: Error) => {
    throw new Error(`${name} (${where}): the schema can't be read: ${cause.message}`, { cause });
  });
  try {
    return { name, url: routingUrl, typeDefs: parse(new Source(sdl, where)) };
  } catch (cause) {
    if (!(cause instanceof GraphQLError)) throw cause;
    throw new Error(`${name} (${where}:${cause.locations?.[0]?.line}): ${cause.message}`, { cause });
  }
}

async function read(schema: SchemaLocation): Promise<string> {
  if (schema.kind === 'file') return readFile(schema.resolved, 'utf8');
  const transport = httpTransport(schema.url);
  try {
    const query = '{ _service { sdl } }';
    const { data, errors } = await withDeadline({ timeoutMs }, (signal) =>
      transport.fetch({ query }, { signal, requestId: 'composition' }),
    );
    const service = data?._service;
    if (typeof service === 'object' && service !== null && 'sdl' in service && typeof service.sdl === 'string') {
      return service.sdl;
    }
    throw new Error(errors?.[0]?.message ?? 'expected { _service { sdl } } to be text');
  } finally {
    await transport.close();
  }
}
