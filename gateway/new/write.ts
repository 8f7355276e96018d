import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes a new folder with its files, and after it a file elsewhere that names it. When any can't be written the folder is taken away
 * again. Errors: those of the file system.
 */
export function writeFolder(
  folder: string,
  files: Readonly<Record<string, string>>,
  last: { readonly path: string; readonly text: string },
): void {
  mkdirSync(folder);
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    writeFileSync(last.path, last.text);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}
