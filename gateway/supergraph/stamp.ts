import { stat } from 'node:fs/promises';

/**
 * What tells one state of a file from another, without reading it. Follows symbolic links: a mounted configuration changes by
 * changing where a link leads. A modification time alone isn't enough: an editor's rename or a checkout may bring an older one.
 * Being away is a state too.
 */
export async function stampOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return `${path} ${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return `${path} ${code}`;
  }
}
