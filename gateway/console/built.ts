import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the built console is: `index.html` and `assets/`. */
export const root = join(import.meta.dirname, '../../.data/console');

/** The built document; undefined where nobody has built it yet. */
export async function builtDocument(): Promise<string | undefined> {
  return readFile(join(root, 'index.html'), 'utf8').catch(() => undefined);
}
