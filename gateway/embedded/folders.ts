import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isFile } from '../../subgraphs/kit/load.ts';

/** Where subgraphs are, each in a folder with its name. */
export const subgraphsFolder = resolve(import.meta.dirname, '../../subgraphs');

/** What stands beside them there, and is none. */
const others = ['kit', 'demo'];

/** A subgraph's folder, whether it's there or not. */
export function folderOf(name: string, parent = subgraphsFolder): string {
  return resolve(parent, name);
}

/** Whether a subgraph has a folder here; one that has none runs elsewhere. */
export function hasFolder(name: string, parent = subgraphsFolder): boolean {
  return !others.includes(name) && existsSync(folderOf(name, parent));
}

/** The files that decide what a subgraph is, in order: all of its folder's, save its stand-in, packages and hidden ones. */
export async function filesOf(folder: string): Promise<string[]> {
  return list(folder, ['demo']);
}

async function list(folder: string, without: readonly string[] = []): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const counting = entries.filter(
    ({ name }) => !name.startsWith('.') && name !== 'node_modules' && !without.includes(name),
  );
  const files = counting.map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return list(path);
    return isFile(path) ? [path] : [];
  });
  return (await Promise.all(files)).flat().sort();
}
