import { sql } from 'kysely';
import type { Condition, Key, Raw } from '../../source.ts';
import type { EngineColumn, EngineTraits } from './engine.ts';
import { and, type Column, isNumeric, type Sql, type Table } from './table.ts';

/** The condition that no row meets. */
export const nothing: Sql = sql`1 = 0`;

/** The value as it is sent to be compared with a column; undefined for one that the column can't hold: engines fail on such a one. */
export function fitting({ held }: Column, raw: Raw): unknown {
  const value = typed(held, raw);
  if (!held.fits(value)) return undefined;
  return held.bind && value !== null ? held.bind(value) : value;
}

/** A condition of a list. */
export function conditionOn(column: Column, condition: Omit<Condition, 'column'>, traits: EngineTraits): Sql {
  const { op, value } = condition as Condition;
  if (op === 'in') {
    const keys = keysThatFit(
      [column],
      value.map((each) => [each]),
    ).map(({ key }) => key);
    return exactly(column, keys.flat(), isOneOf([column], keys, traits));
  }
  if (op === 'contains') return contains(column, value, traits);
  if (value === null) return op === '=' ? sql`${column.sql} is null` : nothing;
  if (op !== '=') return inRange(column, op, value);
  const fits = fitting(column, value);
  return fits === undefined ? nothing : exactly(column, [fits], sql`${comparedAs(column)} = ${fits}`);
}

/** What stands for a column, or for what a SELECT inside calls it, where it is compared or ordered by. */
export function comparedAs({ held, sql: own }: Column, name: Sql = own): Sql {
  return held.comparedAsText ? sql`cast(${name} as text)` : name;
}

/** What holds of every row of a table that there is for clients. */
export function alwaysOf(
  table: Table,
  traits: EngineTraits,
): readonly { readonly column: Column; readonly sql: Sql }[] {
  return Object.entries(table.mapped.where).map(([name, value]) => {
    const column = table.column(name);
    if (!isList(value)) return { column, sql: conditionOn(column, { op: '=', value }, traits) };
    const among = conditionOn(column, { op: 'in', value }, traits);
    return { column, sql: value.includes(null) ? sql`(${among} or ${column.sql} is null)` : among };
  });
}

/** A key's values as they are sent. */
export type SentKey = readonly unknown[];

/** Those keys that a row could have, as they are sent, with their places among all: NULL equals nothing. */
export function keysThatFit(columns: readonly Column[], keys: readonly Key[]): { key: SentKey; place: number }[] {
  return keys.flatMap((values, place) => {
    const key = columns.map((column, i) => fitting(column, values[i] ?? null));
    return key.every((value) => value !== undefined && value !== null) ? [{ key, place }] : [];
  });
}

/** The rows whose columns equal one of these keys, each of which fits, as the database compares: as a foreign key does. */
export function isOneOf(columns: readonly Column[], keys: readonly SentKey[], traits: EngineTraits): Sql {
  if (keys.length === 0) return nothing;
  const [only] = columns;
  if (traits.keys === 'any') {
    const arrays = arraysOf(columns, keys);
    if (only && columns.length === 1) return sql`${comparedAs(only)} = any(${arrays})`;
    return sql`(${sql.join(columns.map((column) => comparedAs(column)))}) in (select * from unnest(${arrays}))`;
  }
  if (only && columns.length === 1) return sql`${comparedAs(only)} in (${sql.join(keys.flat())})`;
  return or(keys.map((key) => and(equals(columns, key))));
}

/** What holds of the rows with this key. */
export function equals(columns: readonly Column[], key: readonly unknown[]): Sql[] {
  return columns.map((column, i) => sql`${comparedAs(column)} = ${key[i]}`);
}

/** The keys as one parameter for each column: a statement's text is then the same for any number of keys. */
export function arraysOf(columns: readonly Column[], keys: readonly SentKey[]): Sql {
  const typeOf = ({ engineType, comparedAsText }: EngineColumn) => sql.raw(comparedAsText ? 'text' : engineType);
  return sql.join(columns.map(({ held }, i) => sql`${keys.map((key) => key[i])}::${typeOf(held)}[]`));
}

/** The condition that a column equals one of these texts, and by its bytes too: nobody else's rows come for "ACME" to "acme". */
function exactly({ held, sql: name }: Column, values: readonly unknown[], isEqual: Sql): Sql {
  if (!held.foldsText || values.length === 0) return isEqual;
  const bytes = sql.join(values.map((value) => sql`cast(${value} as binary)`));
  return sql`(${isEqual} and cast(convert(${name} using utf8mb4) as binary) in (${bytes}))`;
}

/** What a pattern would take for more than text is escaped. No text of a database holds U+0000. */
function contains(column: Column, value: string, { lower }: EngineTraits): Sql {
  if (value.includes('\0')) return nothing;
  const pattern = `%${value.replace(/[%_!]/g, '!$&')}%`;
  return sql`${lower(column.sql)} like ${lower(sql`${pattern}`)} escape '!'`;
}

/**
 * Numbers are told from texts, since an expression has no type in every engine by which it would take the one for the other, and
 * since MariaDB finds that every text without digits equals 0.
 */
function typed({ type }: EngineColumn, raw: Raw): Raw {
  if (type === 'text' && (typeof raw === 'number' || typeof raw === 'bigint')) return String(raw);
  // Flags are numbers in many a table.
  if (typeof raw === 'boolean' && isNumeric(type)) return Number(raw);
  // A whole number that comes from a column of decimals is one.
  const [, digits] = (type === 'integer' && typeof raw === 'string' && /^(-?\d{1,18})(?:\.0+)?$/.exec(raw)) || [];
  if (digits === undefined) return raw;
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits);
}

/** A number that an integer column can't hold is still less than or greater than those that it can. */
function inRange(column: Column, op: '>=' | '<', value: NonNullable<Raw>): Sql {
  const compared = (limit: unknown) => sql`${comparedAs(column)} ${sql.raw(op)} ${limit}`;
  const fits = fitting(column, value);
  if (fits !== undefined) return compared(fits);
  const number = /^-?\d+(\.\d+)?$/.test(String(value)) ? Number(value) : Number.NaN;
  if (!isNumeric(column.held.type) || Number.isNaN(number)) return nothing;
  const next = fitting(column, Math.ceil(number));
  if (!Number.isInteger(number) && next !== undefined) return compared(next);
  return (op === '<') === number > 0 ? sql`${column.sql} is not null` : nothing;
}

function or(alternatives: readonly Sql[]): Sql {
  return sql`(${sql.join(
    alternatives.map((each) => sql`(${each})`),
    sql` or `,
  )})`;
}

function isList(value: Raw | readonly Raw[]): value is readonly Raw[] {
  return Array.isArray(value);
}
