import { dirname, resolve } from 'node:path';
import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { SupergraphFileError } from './errors.ts';
import { readRegular } from './regular.ts';

/** Which subgraphs make up the supergraph, and where each one's schema comes from. */
export interface SupergraphFile {
  /** The path that it was read from, as it was given. */
  readonly path: string;
  readonly subgraphs: readonly SubgraphEntry[];
}

/** One subgraph of the file. */
export interface SubgraphEntry {
  readonly name: string;
  /** Where requests go: an absolute http or https URL. */
  readonly routingUrl: string;
  readonly schema: SchemaLocation;
}

/** Where a subgraph's schema comes from. */
export type SchemaLocation =
  /** `path` as it is written, for messages; `resolved` from the supergraph file's folder. */
  | { readonly kind: 'file'; readonly path: string; readonly resolved: string }
  /** The subgraph is asked for `{ _service { sdl } }` there. */
  | { readonly kind: 'url'; readonly url: string };

/** Reads a supergraph file in Rover's format. Throws a `SupergraphFileError` with all its faults. */
export async function readSupergraphFile(path: string): Promise<SupergraphFile> {
  const text = await readRegular(path).catch((cause: NodeJS.ErrnoException) => {
    throw new SupergraphFileError([
      `${path}: can't be read (${cause.code}). Expected a file in Rover's YAML format; SUPERGRAPH_CONFIG says which.`,
    ]);
  });
  return new Reader(path, text).read();
}

class Reader {
  readonly #path: string;
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #faults: string[] = [];

  constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  read(): SupergraphFile {
    const document = parseDocument(this.#text, { lineCounter: this.#lines, prettyErrors: false });
    for (const { pos, message } of document.errors) this.#fault(pos[0], `${message}. Expected valid YAML.`);
    // What follows from broken YAML would only bury its cause.
    const subgraphs = document.errors.length > 0 ? [] : this.#root(document.contents);
    if (this.#faults.length > 0) throw new SupergraphFileError(this.#faults);
    return { path: this.#path, subgraphs };
  }

  #root(contents: Node | null): SubgraphEntry[] {
    const root = this.#map(contents, 'the file', ['federation_version', 'subgraphs']);
    if (!root) return [];
    const version = root.get('federation_version', true);
    if (version !== undefined && !/^=?2(\.\d+){0,2}$/.test(source(version))) {
      this.#fault(start(version), `federation_version is ${quote(version)}. Expected 2 or =2.x.y, such as =2.14.4.`);
    }
    const subgraphs = root.get('subgraphs', true);
    if (subgraphs === undefined) this.#fault(start(root), 'subgraphs is missing. Expected subgraphs by name.');
    if (!isMap(subgraphs) || subgraphs.items.length === 0) {
      if (subgraphs !== undefined) this.#fault(start(subgraphs), 'subgraphs is empty. Expected subgraphs by name.');
      return [];
    }
    return subgraphs.items.map((pair) => this.#subgraph(pair)).filter((entry) => entry !== undefined);
  }

  #subgraph({ key, value }: Pair): SubgraphEntry | undefined {
    const name = source(key);
    if (!/^[A-Za-z][\w-]{0,63}$/.test(name)) {
      this.#fault(start(key), `subgraph ${quote(key)}. Expected a name of letters, digits, _ and -, a letter first.`);
    }
    const entry = this.#map(value, `subgraphs.${name}`, ['routing_url', 'schema'], key);
    if (!entry) return undefined;
    const schema = this.#schema(name, entry);
    const fallback = schema?.kind === 'url' ? schema.url : undefined;
    const routingUrl = this.#url(entry, `subgraphs.${name}`, 'routing_url', fallback, key);
    return schema && routingUrl ? { name, routingUrl, schema } : undefined;
  }

  #schema(name: string, entry: YAMLMap): SchemaLocation | undefined {
    const where = `subgraphs.${name}.schema`;
    const schema = this.#map(entry.get('schema', true), where, ['file', 'subgraph_url'], entry);
    if (!schema) return undefined;
    if (schema.has('file') === schema.has('subgraph_url')) {
      this.#fault(
        start(schema),
        `${where} has ${schema.has('file') ? 'both' : 'neither'}. Expected file or subgraph_url.`,
      );
      return undefined;
    }
    if (schema.has('subgraph_url')) {
      const url = this.#url(schema, where, 'subgraph_url');
      return url === undefined ? undefined : { kind: 'url', url };
    }
    const file = schema.get('file', true);
    const path = source(file);
    if (path) return { kind: 'file', path, resolved: resolve(dirname(this.#path), path) };
    this.#fault(start(file ?? schema), `${where}.file is empty. Expected a path relative to this file's folder.`);
    return undefined;
  }

  /** A map with known keys only; a missing one is reported at `parent`. */
  #map(node: unknown, where: string, known: readonly string[], parent?: unknown): YAMLMap | undefined {
    if (!isMap(node)) {
      this.#fault(start(node ?? parent), `${where} is not a map. Expected ${known.join(' and ')}.`);
      return undefined;
    }
    for (const { key } of node.items) {
      if (known.includes(source(key))) continue;
      this.#fault(start(key), `${where} has the key ${quote(key)}. Expected only ${known.join(' and ')}.`);
    }
    return node;
  }

  #url(map: YAMLMap, where: string, key: string, fallback?: string, parent?: unknown): string | undefined {
    const node = map.get(key, true);
    if (node === undefined && fallback !== undefined) return fallback;
    const text = source(node);
    if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
    // It may hold a password or a token, so that no more than its scheme is repeated.
    const scheme = /^[a-z][a-z\d+.-]*:(?=\/\/)/i.exec(text)?.[0];
    const got = node === undefined ? 'is missing' : scheme ? `begins with "${scheme}"` : 'is no URL';
    this.#fault(start(node ?? parent), `${where}.${key} ${got}. Expected an http or https URL.`);
    return undefined;
  }

  #fault(offset: number, message: string): void {
    const { line } = this.#lines.linePos(offset);
    this.#faults.push(`${this.#path}:${Math.max(line, 1)}: ${message}`);
  }
}

/** A scalar as it is written, since YAML would read the version 2.10 as the number 2.1. */
function source(node: unknown): string {
  if (!isScalar(node)) return '';
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}

function quote(node: unknown): string {
  return isScalar(node) ? JSON.stringify(source(node)) : 'not a plain value';
}

function start(node: unknown): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range : undefined;
  return range?.[0] ?? 0;
}
