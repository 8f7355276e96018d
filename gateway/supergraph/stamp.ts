import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What tells one state of a file, or of the files directly in a folder, from another, without reading them. Follows symbolic
 * links: a mounted configuration changes by changing where a link leads. A modification time alone isn't enough: an editor's
 * rename or a checkout may bring an older one. Being away is a state too.
 */
export async function stampOf(path: string): Promise<string> {
  try {
    const found = await stat(path, { bigint: true });
    const { dev, ino, size, mtimeNs, ctimeNs } = found;
    if (!found.isDirectory()) return `${path} ${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    const files = (await readdir(path, { withFileTypes: true })).filter((entry) => !entry.isDirectory());
    return (await Promise.all(files.map(({ name }) => stampOf(join(path, name))))).join('\n');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return `${path} ${code}`;
  }
}
