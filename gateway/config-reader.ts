import { existsSync, readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { nearest } from '../subgraphs/kit/nearest.ts';
import { type ConfigFile, configFile, defaultConfigFile } from './config-file.ts';
import { expectation, sentence } from './config-words.ts';

/**
 * Reads the file; one that isn't there says nothing, unless it `mustExist`. All faults at once, each with the file, the line, where
 * in the file, what was expected and what came.
 */
export function readConfigFile(
  path: string,
  mustExist: boolean,
): { readonly settings: ConfigFile; readonly faults: readonly string[] } {
  if (!existsSync(path)) {
    return { settings: defaultConfigFile, faults: mustExist ? [`${path}: there is no such file.`] : [] };
  }
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    return { settings: defaultConfigFile, faults: [`${path}: it can't be read: ${(error as Error).message}`] };
  }
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ pos, message }) => `${path}:${lines.linePos(pos[0]).line}: ${message}`);
    return { settings: defaultConfigFile, faults };
  }
  const result = configFile.safeParse(document.toJS() ?? {}, { error: expectation, reportInput: true });
  if (result.success) return { settings: result.data, faults: [] };
  const faults = result.error.issues.flatMap((issue) => {
    const where = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [told(where, sentence(where, issue))];
    const known = knownAt(where);
    return issue.keys.map((key) => told([...where, key], `there is no such setting${nearest(key, known)}.`));
  });
  function told(where: readonly string[], what: string): string {
    return `${path}${placeOf(document, where, lines)}: ${where.length > 0 ? `${where.join('.')}: ` : ''}${what}`;
  }
  // What a number may be is said by each of its checks.
  return { settings: defaultConfigFile, faults: [...new Set(faults)] };
}

/** The names of settings that have a value by default, there. */
function knownAt(path: readonly string[]): string[] {
  let at: unknown = defaultConfigFile;
  for (const name of path) at = (at as Readonly<Record<string, unknown>> | undefined)?.[name];
  return Object.keys(at ?? {});
}

/** `:12`, the line of a setting or of what it should stand in. */
function placeOf(document: ReturnType<typeof parseDocument>, path: readonly string[], lines: LineCounter): string {
  for (let length = path.length; length > 0; length--) {
    const node = keyOf(document, path.slice(0, length)) ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return `:${lines.linePos(node.range[0]).line}`;
  }
  return '';
}

/** Where the name of a setting stands: what it is set to may begin a line below. */
function keyOf(document: ReturnType<typeof parseDocument>, path: readonly string[]): unknown {
  const parent = document.getIn(path.slice(0, -1), true);
  return isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))?.key : undefined;
}
