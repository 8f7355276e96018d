import type { KeyPart, RecordType } from './model.ts';
import type { Raw, Row } from './source.ts';

/** The text by which a row is found again under the key that was asked for. */
export type KeyText = (row: Row) => string;

const kept = new WeakMap<RecordType, Map<string, KeyText>>();

/**
 * How the key `columns` of a type are compared: by the text of their values, since systems differ in how they type a number
 * (7, 7n, "7"); and where a column holds a field of the contract, by its value read and written again, so that a telephone
 * number that the system holds as `0049 30 901820` is found under `004930901820`.
 */
export function keyTextOf(type: RecordType, columns: readonly string[]): KeyText {
  const name = columns.join();
  const byColumns = kept.get(type) ?? new Map<string, KeyText>();
  const text = byColumns.get(name) ?? makeKeyText(type, columns);
  kept.set(type, byColumns.set(name, text));
  return text;
}

/** The columns, in the system's own form, of the first `@key` that a reference has whole; undefined when it has none. */
export function keyOfReference(type: RecordType, reference: Readonly<Record<string, unknown>>): Row | undefined {
  for (const key of type.references) {
    const row = rowOfKey(key, reference);
    if (row) return row;
  }
  return undefined;
}

/** The columns of these fields; undefined when a value is missing, is no scalar, or is one that no code stands for. */
export function rowOfKey(key: readonly KeyPart[], values: Readonly<Record<string, unknown>>): Row | undefined {
  const row: Record<string, Raw> = {};
  for (const { field, columns, write } of key) {
    const value = values[field];
    const raws = ['string', 'number', 'boolean'].includes(typeof value) ? write(value) : undefined;
    if (!raws) return undefined;
    for (const [i, column] of columns.entries()) row[column] = raws[i] as Raw;
  }
  return row;
}

/** An object can be no key; its own `toString` is not asked. */
function plainText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function makeKeyText(type: RecordType, columns: readonly string[]): KeyText {
  const parts = columns.map((column) => {
    for (const field of type.fields.values()) {
      if (field.kind !== 'value' || field.comparable?.columns[0] !== column) continue;
      if (!field.comparable.onlyRanges) return canonical(column, field.comparable);
    }
    return (row: Row) => plainText(row[column]);
  });
  const [only] = parts;
  return only && parts.length === 1 ? only : (row) => JSON.stringify(parts.map((part) => part(row)));
}

function canonical(
  column: string,
  mapping: { read(row: Row, note: () => void): unknown; write?(value: unknown): readonly Raw[] },
): KeyText {
  return (row) => {
    const raws = typeof row[column] === 'object' ? undefined : rewritten(row);
    // Several codes may stand for one value of the contract: then only the code itself tells keys apart.
    return plainText(raws?.length === 1 ? raws[0] : row[column]);
  };

  /** One row's key that the field can't be must not fail the other rows of its batch: it is found by its text, or not. */
  function rewritten(row: Row): readonly Raw[] | undefined {
    try {
      const value = mapping.read(row, () => {});
      return value === null || value === undefined ? undefined : mapping.write?.(value);
    } catch {
      return undefined;
    }
  }
}
