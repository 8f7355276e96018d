import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readKeys, type TrustKeys } from './keys.ts';

/**
 * Keys for one machine: the file `subgraph-keys` in this folder, which only its owner reads, made by who comes first. A gateway and
 * subgraphs that start at the same moment get the same ones. Faults are those of `readKeys`, with the file's path, or say why the file
 * can't be made or read.
 */
export function developmentKeys(folder: string): {
  readonly keys: TrustKeys | undefined;
  readonly faults: readonly string[];
} {
  const path = join(folder, 'subgraph-keys');
  try {
    const { keys, faults } = readKeys(textOf(folder, path));
    return { keys, faults: faults.map((fault) => `${path}: ${fault}`) };
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    const fault =
      syscall === 'mkdir'
        ? `DEMO_FOLDER: can't be written at ${folder} (${code}). Expected a folder where this user may write.`
        : `${path}: it can't be read or made (${syscall} ${code}).`;
    return { keys: undefined, faults: [fault] };
  }
}

function textOf(folder: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'ENOTDIR')) throw error;
  }
  mkdirSync(folder, { recursive: true });
  // Written under another name, and then given its own if nobody has it: nobody reads a file that is only half there.
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  writeFileSync(draft, `development:${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(path, 'utf8');
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
