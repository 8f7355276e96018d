import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { stringify } from 'yaml';
import type { CannedCalls } from './canned.ts';
import { subgraphNames, subgraphSdl } from './engine.ts';
import { Helper } from './process.ts';

/** The process that all contestants fetch from, and the files that tell them so. */
export interface Subgraphs {
  readonly process: Helper<CannedCalls>;
  readonly urls: Readonly<Record<string, string>>;
  /** The composed schema, for those that take it so. */
  readonly supergraph: string;
  /** The supergraph.yaml that Junction takes. */
  readonly config: string;
}

/** Starts them. */
export async function startSubgraphs(folder: string): Promise<Subgraphs> {
  const process = new Helper<CannedCalls>(resolve(import.meta.dirname, 'canned.ts'));
  const urls = await process.call('listen', undefined);
  const schemas = subgraphNames.map((name) => ({ name, url: urls[name] as string, sdl: subgraphSdl(name) }));
  return { process, urls, ...writeSupergraph(folder, schemas) };
}

/** A subgraph's name, place and schema. */
export interface SubgraphFile {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

/** Writes supergraph.graphql, and supergraph.yaml with its schemas. */
export function writeSupergraph(
  folder: string,
  schemas: readonly SubgraphFile[],
): Pick<Subgraphs, 'supergraph' | 'config'> {
  const composed = composeServices(schemas.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
  if (composed.errors) throw new Error(composed.errors.join('\n'));
  const config = writeConfig(folder, schemas);
  const supergraph = join(folder, 'supergraph.graphql');
  writeFileSync(supergraph, composed.supergraphSdl);
  return { supergraph, config };
}

/** Writes, or changes, supergraph.yaml with its schemas alone: composing them is for who reads them. */
export function writeConfig(folder: string, schemas: readonly SubgraphFile[]): string {
  mkdirSync(folder, { recursive: true });
  for (const { name, sdl } of schemas) writeFileSync(join(folder, `${name}.graphql`), sdl);
  const entries = schemas.map(({ name, url }) => [name, { routing_url: url, schema: { file: `./${name}.graphql` } }]);
  const config = join(folder, 'supergraph.yaml');
  writeFileSync(config, stringify({ federation_version: '=2.14.4', subgraphs: Object.fromEntries(entries) }));
  return config;
}
