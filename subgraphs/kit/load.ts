import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StartupError } from './errors.ts';

/** A module of a subgraph's folder that doesn't load. Its `faults` have the words of what it threw, which may hold a secret. */
export class LoadError extends StartupError {
  /** The same fault without those words, for places that more people see. */
  readonly wordless: string;

  constructor(folder: string, file: string, cause: unknown) {
    const place = placeOf(folder, cause) ?? file;
    super([`${place}: ${wordsOf(folder, cause)}`], { cause });
    this.wordless = `${place}: does not load (${kindOf(cause)}); the log has its words.`;
  }
}

/** Imports a module of a subgraph's folder; another `version` imports it anew. Errors: LoadError. */
export async function loadModule<T>(folder: string, file: string, version?: string): Promise<T> {
  try {
    return await import(pathToFileURL(join(folder, file)).href + (version === undefined ? '' : `?v=${version}`));
  } catch (cause) {
    throw new LoadError(folder, file, cause);
  }
}

/** Whether this is a file: to read a pipe would block this thread for as long as nobody writes. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The text of a file of the folder. Errors: StartupError when there is none. */
export function readText(folder: string, file: string): string {
  if (!isFile(join(folder, file))) throw new StartupError([`there is no ${file}.`]);
  return readFileSync(join(folder, file), 'utf8');
}

/** What sort of thing was thrown, in one word: an error's code or class. */
export function kindOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no Error was thrown';
  const code = 'code' in cause ? String(cause.code) : cause.name;
  return /^\w{1,50}$/.test(code) ? code : 'Error';
}

/**
 * The file of the folder and the line where an error arose, `backend.ts:9`: from its stack's frames, or from the line that Node
 * puts above a syntax error. Not from its message, which may name any file.
 */
function placeOf(folder: string, cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { message, stack = '' } = cause;
  const [first = ''] = stack.split('\n', 1);
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  for (const line of [first, ...frames.filter((frame) => /^\s+at /.test(frame))]) {
    const [, file, at] = /(?:^|[ (])((?:file:\/\/)?\/[^()]*?)(?:\?v=\w+)?:(\d+)(?::\d+)?\)?$/.exec(line) ?? [];
    const path = file?.startsWith('file:') ? URL.parse(file)?.pathname : file;
    if (path?.startsWith(`${folder}/`)) return `${path.slice(folder.length + 1)}:${at}`;
  }
  return undefined;
}

/** What was thrown says, with paths as seen from the folder. */
function wordsOf(folder: string, cause: unknown): string {
  const words =
    cause instanceof Error ? cause.message : `threw ${JSON.stringify(cause) ?? String(cause)}, which is no Error.`;
  const parent = dirname(folder);
  return words
    .replaceAll('file:///', '/')
    .replaceAll(`${folder}/`, '')
    .replaceAll(`${parent}/`, '../')
    .replaceAll(`${dirname(parent)}/`, '../../');
}
