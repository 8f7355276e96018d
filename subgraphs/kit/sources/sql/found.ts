import type { Key, Row } from '../../source.ts';
import type { Values } from './engine.ts';
import { type Column, isNumeric } from './table.ts';

/** A row and the values of its key's columns. */
export interface Found {
  readonly row: Row;
  readonly key: Values;
}

/** The places of keys by the text of their values. */
export type Places = ReadonlyMap<string, readonly number[]>;

/** Undefined where two keys might be one to the database, which then must tell them apart itself. */
export function placesByText(columns: readonly Column[], keys: readonly Key[]): Places | undefined {
  const places = new Map<string, number[]>();
  for (const [place, key] of keys.entries()) {
    const text = textOf(columns, key);
    places.set(text, [...(places.get(text) ?? []), place]);
  }
  if (keys.length === 1 || !columns.some(({ held }) => held.foldsText)) return places;
  const texts = [...places.keys()];
  const folded = new Set(texts.map((text) => text.toLowerCase().replace(/[^a-z\d]/g, '')));
  return folded.size === texts.length && texts.every((text) => /^[ -~]*$/.test(text)) ? places : undefined;
}

/**
 * The rows of each key. Undefined where a row has none of the keys' texts: the database has found it by more than its text, without
 * regard to case or as a day that is written otherwise.
 */
export function groupedByText(
  columns: readonly Column[],
  places: Places,
  found: readonly Found[],
): Row[][] | undefined {
  const all = [...places.values()].flat();
  const groups: Row[][] = all.map(() => []);
  for (const { row, key } of found) {
    const its = places.size === 1 ? all : places.get(textOf(columns, key));
    if (!its) return undefined;
    for (const place of its) groups[place]?.push(row);
  }
  return groups;
}

function textOf(columns: readonly Column[], key: readonly unknown[]): string {
  return JSON.stringify(columns.map(({ held }, i) => (isNumeric(held.type) ? digitsOf(key[i]) : String(key[i]))));
}

/** A number as all of its ways to be written have it: 7, 7n, "007.00". */
function digitsOf(value: unknown): string {
  const text = String(typeof value === 'boolean' ? Number(value) : value);
  const [, sign, whole, fraction = ''] = /^\s*\+?(-?)0*(\d+)(?:\.(\d*?)0*)?\s*$/.exec(text) ?? [];
  if (whole === undefined) return String(Number(text));
  const digits = fraction === '' ? whole : `${whole}.${fraction}`;
  return digits === '0' ? digits : `${sign}${digits}`;
}
