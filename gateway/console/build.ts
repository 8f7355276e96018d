import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { root } from './built.ts';

// Builds the console where its sources are others than those it was built of last; `npm start` runs this first. Takes 60 ms where there is nothing to do.

const here = import.meta.dirname;
/** What decides about the result. */
const inputs = [
  join(here, 'app'),
  join(here, 'queries'),
  join(here, 'vite.config.ts'),
  join(here, '../../package-lock.json'),
];

/** Builds it if it isn't built, in a folder of its own first: whoever serves meanwhile has the old one whole. */
export async function buildConsole(): Promise<'built' | 'up to date'> {
  const version = versionOf(inputs);
  if (existsSync(join(root, version))) return 'up to date';
  const { build } = await import('vite');
  const folder = `${root}.${process.pid}-${randomUUID().slice(0, 8)}`;
  try {
    await build({ configFile: join(here, 'vite.config.ts'), build: { outDir: folder } });
    if (existsSync(join(folder, 'assets'))) compress(folder);
    writeFileSync(join(folder, version), '');
    // Two renames: whoever serves meanwhile finds the old one, or for a moment none, but never a part of one.
    if (existsSync(root)) renameSync(root, `${folder}.old`);
    renameSync(folder, root);
  } catch (error) {
    // Somebody else has built the same just before.
    if (existsSync(join(root, version))) return 'up to date';
    throw error;
  } finally {
    for (const left of [folder, `${folder}.old`]) rmSync(left, { recursive: true, force: true });
  }
  return 'built';
}

/** The name of a file that says which sources a build was made of. */
function versionOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesOf).toSorted())
    hash.update(`${path.slice(here.length)}\n`).update(readFileSync(path));
  return `.of-${hash.digest('hex').slice(0, 16)}`;
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Text files beside themselves, compressed as well as can be: they are served so as they are. */
function compress(folder: string): void {
  for (const path of filesOf(join(folder, 'assets')).filter((name) => /\.(js|css|svg)$/.test(name))) {
    const bytes = readFileSync(path);
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
}

if (import.meta.main) {
  const outcome = await buildConsole();
  if (outcome === 'built' && process.stderr.isTTY) process.stderr.write('The console is built.\n');
}
