import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphQLError } from 'graphql';
import { contractTypes } from '../subgraphs/kit/contract-types.ts';
import { folderOf } from './embedded/folders.ts';
import type { SupergraphFile } from './supergraph/file.ts';

/**
 * `npm run types`: writes `contract.ts` beside each `schema.graphql` that is here. Returns the names of those that changed, and a
 * fault for each schema that no types can be made of.
 */
export function writeTypes({ subgraphs }: SupergraphFile): { written: string[]; faults: string[] } {
  const written: string[] = [];
  const faults: string[] = [];
  for (const { name } of subgraphs) {
    const folder = folderOf(name);
    if (!existsSync(schemaOf(folder))) continue;
    try {
      if (typesOf(folder) === 'current') continue;
      writeFileSync(join(folder, 'contract.ts'), contractTypes(read(schemaOf(folder))));
      written.push(name);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const line = error.locations?.[0]?.line;
      faults.push(`subgraphs/${name}/schema.graphql${line === undefined ? '' : `:${line}`}: ${error.message}`);
    }
  }
  return { written, faults };
}

/** Whether a subgraph has a `contract.ts`, and it is what its `schema.graphql` makes of it. */
export function typesOf(folder: string): 'current' | 'outdated' | 'absent' {
  const path = join(folder, 'contract.ts');
  if (!existsSync(path)) return 'absent';
  return read(path) === contractTypes(read(schemaOf(folder))) ? 'current' : 'outdated';
}

function schemaOf(folder: string): string {
  return join(folder, 'schema.graphql');
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
