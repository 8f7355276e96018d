import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where subgraphs are, each in a folder with its name. */
export const subgraphsFolder = resolve(import.meta.dirname, '../subgraphs');

/** A subgraph's folder, whether it's there or not. */
export function folderOf(name: string, parent = subgraphsFolder): string {
  return resolve(parent, name);
}

/** Whether a subgraph has a folder here; one that has none runs elsewhere. */
export function hasFolder(name: string, parent = subgraphsFolder): boolean {
  return existsSync(folderOf(name, parent));
}
