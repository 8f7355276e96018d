import { readFile, stat } from 'node:fs/promises';

/**
 * Reads a text file. Errors: ENOTSUP for what isn't a regular file, and those of `readFile`. A pipe would be waited for until
 * somebody writes, and such a wait can't be called off.
 */
export async function readRegular(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found || found.isFile() || found.isDirectory()) return readFile(path, 'utf8');
  throw Object.assign(new Error('ENOTSUP: not a regular file'), { code: 'ENOTSUP' });
}
