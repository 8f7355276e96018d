import { type CompositionSuccess, composeServices } from '@apollo/composition';
import { type ASTNode, type DocumentNode, GraphQLError, parse, Source } from 'graphql';
import { CompositionError } from './errors.ts';
import type { SupergraphFile } from './file.ts';
import { loadSchemas, type SignerOf, type SubgraphSchema } from './schema.ts';
import { unenforcedRules } from './unenforced.ts';

/** The subgraphs' schemas, composed. */
export interface Supergraph {
  /** The supergraph's schema with the directives that say which subgraph has what. */
  readonly sdl: string;
  /** The subgraphs in it and where requests to them go. */
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
  /** What composing remarked on without failing, each with subgraphs and lines. */
  readonly hints: readonly string[];
  /** How long composing took, in milliseconds, where somebody looked at the clock. */
  readonly composedInMs?: number;
}

/** Reads the subgraphs' schemas and composes them. Errors: as of `compose`. */
export async function composeSupergraph({ subgraphs }: SupergraphFile, signerOf?: SignerOf): Promise<Supergraph> {
  return compose(await loadSchemas(subgraphs, signerOf));
}

/**
 * Composes schemas. Synchronous, and takes 0.3 s for four subgraphs in a fresh process. Errors: a CompositionError that names
 * every schema that can't be read or parsed, or else everything that doesn't fit together.
 */
export function compose(schemas: readonly SubgraphSchema[]): Supergraph {
  const faults: string[] = [];
  const definitions = schemas.flatMap((schema) => {
    const typeDefs = parsed(schema);
    if (typeof typeDefs === 'string') {
      faults.push(typeDefs);
      return [];
    }
    faults.push(
      ...unenforcedRules(typeDefs).map(({ line, message }) => `${schema.name} (${schema.where}:${line}): ${message}`),
    );
    return [{ name: schema.name, url: schema.url, typeDefs }];
  });
  if (faults.length > 0) throw new CompositionError(faults);
  const result = composeServices(definitions);
  if (result.errors) throw new CompositionError(result.errors.map(faultOf));
  return {
    sdl: result.supergraphSdl,
    subgraphs: schemas.map(({ name, url }) => ({ name, url })),
    hints: result.hints.map(hintOf),
  };
}

/** The schema, with `where` as its source's name; or what is wrong with it. */
function parsed({ name, where, sdl, fault }: SubgraphSchema): DocumentNode | string {
  if (sdl === undefined) return `${name} (${where}): ${fault}`;
  try {
    return parse(new Source(sdl, where));
  } catch (cause) {
    if (!(cause instanceof GraphQLError)) throw cause;
    return `${name} (${where}:${cause.locations?.[0]?.line}): ${cause.message}`;
  }
}

function faultOf({ message, nodes }: GraphQLError): string {
  // Composition puts the name of a single subgraph in front of its message; the place says it already.
  return described(
    placesOf(nodes),
    message.replace(/^\[[\w-]+\] /, (prefix) => (nodes?.length ? '' : prefix)),
  );
}

function hintOf({ message, nodes }: CompositionSuccess['hints'][number]): string {
  return described(placesOf(nodes), message);
}

function described(places: string, message: string): string {
  return places ? `${places}: ${message}` : message;
}

/** `orders (subgraphs/orders/schema.graphql:12), finance (subgraphs/finance/schema.graphql:7)` */
function placesOf(nodes: readonly (ASTNode & { readonly subgraph?: string })[] = []): string {
  const places = new Set<string>();
  for (const { subgraph, loc } of nodes) {
    if (subgraph && loc) places.add(`${subgraph} (${loc.source.name}:${loc.startToken.line})`);
  }
  return [...places].join(', ');
}
