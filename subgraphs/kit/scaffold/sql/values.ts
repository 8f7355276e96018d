import type { CatalogColumn } from '../../sources/sql/engine.ts';
import { fromTimestamp, type TimestampForm } from '../../time.ts';
import { type Code, quoted } from '../code.ts';
import { wordsOf } from '../names.ts';
import type { Look } from './look.ts';

/** How a column is read: the contract's scalar, and the mapping. */
export interface Reading {
  readonly scalar: string;
  readonly code: Code;
  /** Whether lists can be filtered by it. */
  readonly comparable: boolean;
  /** Whether it is null for some of what the column holds, such as 0000-00-00. */
  readonly mayBeNull?: boolean;
}

/**
 * The reading of a column by what it is declared as and, where it holds anything, by what it holds. Undefined for what no scalar of
 * the kit can be.
 */
export function readingOf(column: CatalogColumn, samples: readonly unknown[], kind: Look['kind']): Reading | undefined {
  switch (column.type) {
    case 'text':
      return samples.some((value) => typeof value === 'object')
        ? undefined
        : (momentInText(column, samples) ?? plain('String', column));
    case 'integer':
      if (/^(tinyint|bool)/i.test(column.engineType) && samples.length > 0 && samples.every(isTruth))
        return plain('Boolean', column);
      return momentInNumber(column, samples) ?? plain(fitsInt(column, samples) ? 'Int' : 'Decimal', column);
    case 'decimal':
      return plain('Decimal', column);
    case 'float':
      return samples.every((value) => typeof value !== 'string') ? plain('Float', column) : undefined;
    case 'boolean':
      return plain(samples.every(isTruth) ? 'Boolean' : 'Int', column);
    case 'date':
      return date(column, samples);
    case 'datetime':
    case 'moment':
      return moment(column, column.type, samples, kind);
    case 'unknown':
      return samples.length > 0 && samples.every((value) => typeof value === 'string')
        ? plain('String', column)
        : undefined;
    default:
      return undefined;
  }
}

/** Beside days there may be `infinity`, and in MariaDB days that there are not, such as 0000-00-00: both are null. */
function date(column: CatalogColumn, samples: readonly unknown[]): Reading {
  if (samples.every((value) => fromTimestamp(value, 'date') !== null)) return plain('LocalDate', column);
  const code: Code = { call: 'day', of: [quoted(column.name), quoted('date')] };
  return { scalar: 'LocalDate', code, comparable: true, mayBeNull: true };
}

const largestInt = 2 ** 31 - 1;

function plain(scalar: string, { name }: CatalogColumn): Reading {
  return { scalar, code: quoted(name), comparable: scalar !== 'DateTime' && scalar !== 'Float' };
}

/** A 64-bit number is a Decimal: GraphQL's Int has 32 bits, and a Float would lose digits. */
function fitsInt({ engineType }: CatalogColumn, samples: readonly unknown[]): boolean {
  if (/bigint|int8|bigserial/i.test(engineType)) return false;
  return samples.every((value) => Math.abs(Number(value)) <= largestInt);
}

function isTruth(value: unknown): boolean {
  return typeof value === 'boolean' || Number(value) === 0 || Number(value) === 1;
}

/** SQLite has no type for moments: they are compared as the text that stands there. */
function moment(
  column: CatalogColumn,
  form: 'datetime' | 'moment',
  samples: readonly unknown[],
  kind: Look['kind'],
): Reading | undefined {
  if (kind === 'sqlite' && samples.every((value) => spaced.test(String(value)))) {
    return timestamp(column, 'yyyy-MM-dd HH:mm:ss');
  }
  const unreadable = samples.filter((value) => typeof value !== 'string' || fromTimestamp(value, form) === null);
  if (unreadable.length > 0 && unreadable.length === samples.length) return undefined;
  return { ...timestamp(column, form), mayBeNull: unreadable.length > 0 };
}

const spaced = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** Text is taken for moments only where all of it is. */
function momentInText(column: CatalogColumn, samples: readonly unknown[]): Reading | undefined {
  if (samples.length === 0) return undefined;
  const all = (pattern: RegExp) => samples.every((value) => pattern.test(String(value)));
  if (all(spaced)) return timestamp(column, 'yyyy-MM-dd HH:mm:ss');
  if (all(/^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)$/)) return plain('DateTime', column);
  if (all(/^\d{4}-\d\d-\d\d$/)) return plain('LocalDate', column);
  return isCalledTime(column) && all(digits) ? timestamp(column, 'yyyyMMddHHmmss') : undefined;
}

/** Numbers are taken for moments only where their name says so too. */
function momentInNumber(column: CatalogColumn, samples: readonly unknown[]): Reading | undefined {
  if (samples.length === 0 || !isCalledTime(column)) return undefined;
  const within = (from: number, to: number) => samples.every((value) => Number(value) >= from && Number(value) < to);
  if (within(3e8, 4.2e9)) return timestamp(column, 'seconds');
  if (within(3e11, 4.2e12)) return timestamp(column, 'milliseconds');
  return samples.every((value) => digits.test(String(value))) ? timestamp(column, 'yyyyMMddHHmmss') : undefined;
}

const digits = /^(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])([01]\d|2[0-3])[0-5]\d[0-5]\d$/;

function isCalledTime({ name }: CatalogColumn): boolean {
  const words = wordsOf(name);
  return words.some((word) => /^(at|on|date|time|timestamp|created|updated|modified|changed|since|until)$/.test(word));
}

function timestamp({ name }: CatalogColumn, form: TimestampForm): Reading {
  return { scalar: 'DateTime', code: { call: 'timestamp', of: [quoted(name), quoted(form)] }, comparable: true };
}
