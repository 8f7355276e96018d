import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractTypes } from '../subgraphs/kit/contract-types.ts';
import { folderOf } from './folders.ts';
import type { SupergraphFile } from './supergraph/file.ts';

/** `npm run types`: writes `contract.ts` beside each `schema.graphql` that is here. Returns the names of those that changed. */
export function writeTypes({ subgraphs }: SupergraphFile): string[] {
  const names = subgraphs.map(({ name }) => name).filter((name) => existsSync(schemaOf(name)));
  const outdated = names.filter((name) => typesOf(folderOf(name)) !== 'current');
  for (const name of outdated) writeFileSync(join(folderOf(name), 'contract.ts'), contractTypes(read(schemaOf(name))));
  return outdated;
}

/** Whether a subgraph has a `contract.ts`, and it is what its `schema.graphql` makes of it. */
export function typesOf(folder: string): 'current' | 'outdated' | 'absent' {
  const path = join(folder, 'contract.ts');
  if (!existsSync(path)) return 'absent';
  return read(path) === contractTypes(read(join(folder, 'schema.graphql'))) ? 'current' : 'outdated';
}

function schemaOf(name: string): string {
  return join(folderOf(name), 'schema.graphql');
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
