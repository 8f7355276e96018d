import type { Row } from '../source.ts';

/** What lies at a dotted path, such as `paging.next_cursor`; undefined where there is nothing. */
export function at(record: unknown, path: string): unknown {
  let value = record;
  for (const step of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** The row of a record: its columns by their names in the mapping, null where the record has none. */
export function rowOf(record: unknown, columns: readonly string[], value: (raw: unknown) => unknown = same): Row {
  const row: Record<string, unknown> = {};
  for (const column of columns) row[column] = value(at(record, column)) ?? null;
  return row;
}

function same(raw: unknown): unknown {
  return raw;
}
