import mysql, { type FieldPacket } from 'mysql2';
import type { ColumnType } from '../../../source.ts';
import { parseJson } from '../../rest/json.ts';
import type { Values } from '../engine.ts';

const types: Readonly<Record<string, ColumnType>> = {
  ...Object.fromEntries(
    ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year', 'bit'].map((name) => [name, 'integer']),
  ),
  decimal: 'decimal',
  float: 'float',
  double: 'float',
  date: 'date',
  datetime: 'datetime',
  timestamp: 'moment',
  ...Object.fromEntries(
    ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'].map((name) => [name, 'text']),
  ),
  ...Object.fromEntries(
    ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'].map((name) => [name, 'text']),
  ),
  ...Object.fromEntries(['enum', 'set', 'time', 'uuid', 'inet4', 'inet6'].map((name) => [name, 'text'])),
};

/**
 * What a column holds, by its `data_type` and collation in information_schema. A boolean is a `tinyint(1)`, which may hold more than
 * 0 and 1. MariaDB's JSON is a `longtext` of this collation, so that such a column may hold either.
 */
export function columnType(dataType: string, collation: string | undefined): ColumnType {
  if (dataType === 'longtext' && collation === 'utf8mb4_bin') return 'unknown';
  return types[dataType] ?? 'unknown';
}

/**
 * Whether a collation takes different texts for equal: without case or accents, or blanks at the end, as most collations by the code
 * point do too. Of enumerations only whole labels are compared, no two of which are equal.
 */
export function foldsText(dataType: string, collation: string | undefined): boolean {
  return types[dataType] === 'text' && !/^(enum|set)$/.test(dataType) && !/^$|_(nopad|0900)_bin$/.test(collation ?? '');
}

/** The labels of an `enum` or `set`, by its `column_type`: `enum('a','it''s')`. */
export function labelsOf(type: string): readonly string[] | undefined {
  if (!/^(enum|set)\(/i.test(type)) return undefined;
  return [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, label = '']) => label.replaceAll("''", "'"));
}

/**
 * A parameter as the driver sends it. Whole numbers are sent as such: as floats they lose digits beyond 2^53, and MySQL refuses a
 * float where it expects a whole number.
 */
export function bindable(value: unknown): mysql.ExecuteValues {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return mysql.TypedParameter.LONGLONG(value);
  if (typeof value !== 'bigint') return value as mysql.ExecuteValues;
  if (BigInt.asIntN(64, value) === value) return mysql.TypedParameter.LONGLONG(value);
  if (BigInt.asUintN(64, value) === value) return mysql.TypedParameter.LONGLONG.unsigned(value);
  return exact(value);
}

/** A number with all of its digits: as text it would be compared as a float. */
export function exact(value: string | number | bigint): mysql.TypedParameterValue {
  return mysql.TypedParameter.NEWDECIMAL(String(value));
}

/**
 * Rows as the engine returns them: bits as a whole number, bytes as hexadecimal text, JSON parsed, a `datetime` and a `timestamp` in
 * ISO 8601, the latter as the moment that it is. The driver has done the rest: decimals, days and times are text.
 */
export function readValues(rows: readonly unknown[][], fields: readonly FieldPacket[]): readonly Values[] {
  for (const [i, field] of fields.entries()) {
    const read = reader(field);
    if (!read) continue;
    for (const row of rows) if (row[i] !== null) row[i] = read(row[i]);
  }
  return rows;
}

function reader({ columnType: type, extendedFormat }: FieldPacket): ((value: unknown) => unknown) | undefined {
  if (extendedFormat === 'json') return readJson;
  return type === undefined ? undefined : readers.get(type);
}

function readBytes(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.toString('hex') : value;
}

function readBits(value: unknown): unknown {
  if (!Buffer.isBuffer(value)) return value;
  const bits = BigInt(`0x${value.toString('hex') || '0'}`);
  return bits <= Number.MAX_SAFE_INTEGER ? Number(bits) : bits;
}

/** What is no date at all stays as it is. */
function readClock(value: unknown): string {
  return String(value).replace(/^(?!0000)(.*) /, '$1T');
}

function readMoment(value: unknown): string {
  const text = readClock(value);
  return text.includes('T') ? `${text}Z` : text;
}

/** The shortest number that is this one for a column of four bytes: 0.1, where the driver has 0.10000000149011612. */
function readFloat(value: unknown): unknown {
  if (typeof value !== 'number') return value;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** The driver has numbers within 2^53 as such, others as text. */
function readLong(value: unknown): unknown {
  return typeof value === 'string' ? BigInt(value) : value;
}

/** A column that is declared as JSON may still hold what isn't: its check can be switched off. */
function readJson(value: unknown): unknown {
  try {
    return parseJson(String(value));
  } catch {
    return value;
  }
}

const { Types } = mysql;

/** What is done with values of the wire's types. Bytes come as a Buffer; texts have the same types. */
const readers: ReadonlyMap<number, (value: unknown) => unknown> = new Map<number, (value: unknown) => unknown>([
  [Types.JSON, readJson],
  [Types.BIT, readBits],
  [Types.LONGLONG, readLong],
  [Types.FLOAT, readFloat],
  [Types.DATETIME, readClock],
  [Types.TIMESTAMP, readMoment],
  ...[Types.VARCHAR, Types.VAR_STRING, Types.STRING].map((type) => [type, readBytes] as const),
  ...[Types.TINY_BLOB, Types.BLOB, Types.MEDIUM_BLOB, Types.LONG_BLOB].map((type) => [type, readBytes] as const),
]);
