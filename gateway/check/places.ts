import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A fault of a subgraph with the file as it lies in the checkout, and with the line of a mapped field where it is found:
 * `orders: backend.ts: Order.status: …` → `subgraphs/orders/backend.ts:32: Order.status: …`.
 */
export function placed(fault: string, name: string, folder: string): string {
  const own = fault.startsWith(`${name}: `) ? fault.slice(name.length + 2) : fault;
  const [, file, line, rest = ''] = /^(backend\.ts|schema\.graphql|resolvers\.ts)(:\d+)?(.*)$/s.exec(own) ?? [];
  if (file === undefined) return own;
  return `subgraphs/${name}/${file}${line ?? lineOf(rest, join(folder, file))}${rest}`;
}

/** `:32` for a fault of `: Order.status: …`, by the way in which mappings are written; nothing where it is not found. */
function lineOf(rest: string, path: string): string {
  const [, type, field] = /^: (\w+)(?:\.(?:key\.)?(\w+))?/.exec(rest) ?? [];
  if (type === undefined) return '';
  const lines = readFileSync(path, 'utf8').split('\n');
  const begin = lines.findIndex((line) => new RegExp(`^\\s+${type}: \\{`).test(line));
  if (begin < 0) return '';
  const indent = /^\s*/.exec(lines[begin] as string)?.[0] ?? '';
  const length = lines.slice(begin + 1).findIndex((line) => line.startsWith(`${indent}}`));
  const found =
    field === undefined ? -1 : lines.slice(begin, begin + 1 + length).findIndex((line) => mentions(line, field));
  return `:${begin + 1 + Math.max(found, 0)}`;
}

/** Whether a line begins to say what a field is: `status: …`, or `status,` where the mapping is a constant of that name. */
function mentions(line: string, field: string): boolean {
  return new RegExp(`(^\\s*|[{,] )${field}(:|,?\\s*$)`).test(line);
}
