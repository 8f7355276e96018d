import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { faultsOf } from '../faults.ts';
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
    const mode = process.env.NODE_ENV;
    await build({ configFile: join(here, 'vite.config.ts'), build: { outDir: folder } });
    // Vite sets it for the whole process, and for whatever that starts later.
    if (mode === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = mode;
    if (existsSync(join(folder, 'assets'))) compress(folder);
    writeFileSync(join(folder, version), '');
    install(folder, root);
  } finally {
    for (const left of [folder, `${folder}.old`]) rmSync(left, { recursive: true, force: true });
  }
  return 'built';
}

/**
 * Puts a folder in another's place by two renames: whoever serves meanwhile finds the old one, or for a moment none, but never a part of one.
 * Several may do so at once; the last one's stays.
 */
export function install(folder: string, place: string): void {
  for (;;) {
    try {
      renameSync(place, `${folder}.old`);
    } catch (error) {
      // Nothing is there, or it was there only until somebody else took it away.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    try {
      renameSync(folder, place);
      return;
    } catch (error) {
      // Somebody else has put theirs there meanwhile.
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
      rmSync(`${folder}.old`, { recursive: true, force: true });
    }
  }
}

/** What a person can mend where the build failed, one line for each fault: where it is, and what the bundler says of it. */
export function buildFaultsOf(error: unknown): readonly string[] {
  const { errors = [error] } = error as { readonly errors?: readonly unknown[] };
  return errors.map((each) => {
    const fault = faultsOf(each)?.join(' ');
    if (fault !== undefined) return fault;
    // The place stands in a drawing below the words.
    const text = stripVTControlCharacters(each instanceof Error ? each.message : String(each));
    const [words = ''] = text.trim().split('\n');
    const place = /\[ (\S+:\d+:\d+) \]/.exec(text)?.[1];
    return `${place === undefined ? '' : `${place}: `}${words.replace(/^\[[\w:-]+\]:? /, '')}`;
  });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
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

/** By the same rule as `Config.console`: an installation that may not be written to has no console. */
const { CONSOLE, NODE_ENV } = process.env;
const isWanted = (CONSOLE || (NODE_ENV === 'production' ? 'off' : 'on')) !== 'off';

if (import.meta.main && isWanted) {
  try {
    const outcome = await buildConsole();
    if (outcome === 'built' && process.stderr.isTTY) process.stderr.write('The console is built.\n');
  } catch (error) {
    const lines = [
      ...buildFaultsOf(error),
      'What is built is made of gateway/console/app by the packages of package-lock.json: "git status" tells what was changed, "npm ci" installs them anew. Without the console: CONSOLE=off npm start.',
    ];
    process.stderr.write(`\nThe console could not be built:\n${lines.map((line) => `  - ${line}\n`).join('')}`);
    process.exitCode = 1;
  }
}
