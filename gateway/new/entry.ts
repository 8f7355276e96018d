import { dirname, relative } from 'node:path';
import { isMap, LineCounter, type Pair, parseDocument, type Range, type YAMLMap } from 'yaml';

/** A subgraph to be named in a supergraph file. */
export interface NewEntry {
  readonly name: string;
  readonly port: number;
  /** Its schema file. */
  readonly schema: string;
}

/**
 * The text of a supergraph file with one more subgraph, last and indented as the others are. Everything that stands there stays as
 * it is, comments and layout too. `path`: where the file lies, since the schema is named from there.
 */
export function withEntry(text: string, path: string, { name, port, schema }: NewEntry): string {
  const file = relative(dirname(path), schema);
  const url = urlOf(port);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const subgraphs = document.get('subgraphs');
  const last = isMap(subgraphs) && !subgraphs.flow ? subgraphs.items.at(-1) : undefined;
  if (!last || !isMap(last.value) || last.value.flow) {
    document.setIn(['subgraphs', name], { routing_url: url, schema: { file } });
    return document.toString({ lineWidth: 0 });
  }
  const column = (pair: Pair | undefined) => lines.linePos(startOf(pair)).col - 1;
  const outer = column(last);
  const inner = column((last.value as YAMLMap<unknown, unknown>).items[0]) - outer;
  const indent = (levels: number) => ' '.repeat(outer + levels * inner);
  const entry = [
    `${indent(0)}${name}:`,
    `${indent(1)}routing_url: ${url}`,
    `${indent(1)}schema:`,
    `${indent(2)}file: ${file}`,
  ];
  // Behind the line on which the last one's value ends; comments that follow it stay behind the new one.
  const valueEnd = (last.value.range as Range)[1];
  const newline = text.indexOf('\n', Math.max(valueEnd - 1, 0));
  const end = newline < 0 ? text.length : newline + 1;
  const before = text.slice(0, end);
  return `${before}${before.endsWith('\n') ? '' : '\n'}${entry.join('\n')}\n${text.slice(end)}`;
}

/** Where a subgraph that listens at this port of this machine is reached. */
export function urlOf(port: number): string {
  return `http://127.0.0.1:${port}/graphql`;
}

function startOf(pair: Pair | undefined): number {
  const key = pair?.key;
  const range =
    typeof key === 'object' && key !== null && 'range' in key ? (key.range as Range | undefined) : undefined;
  return range?.[0] ?? 0;
}
