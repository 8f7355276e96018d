import { sql } from 'kysely';
import type { Condition, Key, Raw } from '../../source.ts';
import type { EngineColumn, EngineTraits } from './engine.ts';
import { and, type Column, type Sql, type Table } from './table.ts';

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
    );
    return isOneOf(
      [column],
      keys.map(({ key }) => key),
      traits,
    );
  }
  if (op === 'contains') return contains(column, value, traits);
  if (value === null) return op === '=' ? sql`${column.sql} is null` : nothing;
  if (op !== '=') return inRange(column, op, value);
  const fits = fitting(column, value);
  return fits === undefined ? nothing : sql`${column.sql} = ${fits}`;
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

/** The rows whose columns equal one of these keys, each of which fits. */
export function isOneOf(columns: readonly Column[], keys: readonly SentKey[], traits: EngineTraits): Sql {
  if (keys.length === 0) return nothing;
  const [only] = columns;
  if (traits.keys === 'any') {
    const arrays = arraysOf(columns, keys);
    if (only && columns.length === 1) return sql`${only.sql} = any(${arrays})`;
    return sql`(${sql.join(columns.map((column) => column.sql))}) in (select * from unnest(${arrays}))`;
  }
  if (only && columns.length === 1) return sql`${only.sql} in (${sql.join(keys.map(([value]) => sql`${value}`))})`;
  return or(keys.map((key) => and(columns.map((column, i) => sql`${column.sql} = ${key[i]}`))));
}

/** The keys as one parameter for each column: a statement's text is then the same for any number of keys. */
export function arraysOf(columns: readonly Column[], keys: readonly SentKey[]): Sql {
  return sql.join(columns.map(({ held }, i) => sql`${keys.map((key) => key[i])}::${sql.raw(held.engineType)}[]`));
}

/** What a pattern would take for more than text is escaped. */
function contains(column: Column, value: string, { lower }: EngineTraits): Sql {
  if (!column.held.fits(value)) return nothing;
  const pattern = `%${value.replace(/[%_!]/g, '!$&')}%`;
  return sql`${lower(column.sql)} like ${lower(sql`${pattern}`)} escape '!'`;
}

/**
 * Numbers are told from texts, since an expression has no type in every engine by which it would take the one for the other, and
 * since MariaDB finds that every text without digits equals 0.
 */
function typed({ type }: EngineColumn, raw: Raw): Raw {
  if (type === 'text' && (typeof raw === 'number' || typeof raw === 'bigint')) return String(raw);
  if (type !== 'integer' || typeof raw !== 'string' || !/^-?\d{1,18}$/.test(raw)) return raw;
  return Number.isSafeInteger(Number(raw)) ? Number(raw) : BigInt(raw);
}

/** A number that an integer column can't hold is still less than or greater than those that it can. */
function inRange(column: Column, op: '>=' | '<', value: NonNullable<Raw>): Sql {
  const compared = (limit: unknown) => sql`${column.sql} ${sql.raw(op)} ${limit}`;
  const fits = fitting(column, value);
  if (fits !== undefined) return compared(fits);
  const number = /^-?\d+(\.\d+)?$/.test(String(value)) ? Number(value) : Number.NaN;
  if (!['integer', 'decimal', 'float'].includes(column.held.type) || Number.isNaN(number)) return nothing;
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
