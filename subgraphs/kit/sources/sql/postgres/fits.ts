import { isIP } from 'node:net';
import type { Raw } from '../../../source.ts';

/** Whether a value is one that PostgreSQL takes for a type, so that a statement with it doesn't fail. */
type Fits = (value: NonNullable<Raw>) => boolean;

/**
 * The test for a type: by its oid, or by its labels where it is an enumeration. Nothing fits a document or an array, which no plain
 * value equals; all but U+0000, which no text of PostgreSQL holds, fits a type without a test.
 */
export function fitsType(
  oid: number,
  isArray: boolean,
  labels: readonly string[] | undefined,
): (value: Raw) => boolean {
  const fits: Fits = isArray
    ? () => false
    : labels
      ? (value) => labels.includes(String(value))
      : (tests.get(oid) ?? (() => true));
  return (value) => value === null || (!(typeof value === 'string' && value.includes('\0')) && fits(value));
}

const tests: ReadonlyMap<number, Fits> = new Map<number, Fits>([
  [16, (value) => typeof value === 'boolean' || /^([01tfyn]|true|false|yes|no|on|off)$/i.test(String(value))],
  [21, integer(-(2n ** 15n), 2n ** 15n - 1n)],
  [23, integer(-(2n ** 31n), 2n ** 31n - 1n)],
  [20, integer(-(2n ** 63n), 2n ** 63n - 1n)],
  [26, integer(0n, 2n ** 32n - 1n)],
  [700, float(Math.fround)],
  [701, float((number) => number)],
  [1700, decimal],
  [2950, (value) => uuid.test(String(value).replace(/^\{(.*)\}$/, '$1'))],
  [1082, (value) => isMoment(String(value), 5_874_897)],
  [1114, (value) => isMoment(String(value), 294_275)],
  [1184, (value) => isMoment(String(value), 294_275)],
  [1083, (value) => isTime(String(value), /^$/)],
  [1266, (value) => isTime(String(value), zone)],
  [869, (value) => isAddress(String(value))],
  // json, jsonb, xml.
  ...[114, 3802, 142].map((oid): [number, Fits] => [oid, () => false]),
]);

function integer(least: bigint, most: bigint): Fits {
  return (value) => {
    if (typeof value === 'number' ? !Number.isInteger(value) : typeof value === 'boolean') return false;
    if (typeof value === 'string' && !/^\s*[+-]?\d{1,40}\s*$/.test(value)) return false;
    const number = BigInt(typeof value === 'string' ? value.replace('+', '') : value);
    return number >= least && number <= most;
  };
}

const uuid = /^([\da-f]{4}-?){7}[\da-f]{4}$/i;
const digits = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i;

function decimal(value: NonNullable<Raw>): boolean {
  return typeof value !== 'boolean' && String(value).length <= 1000 && (digits.test(String(value)) || value === 'NaN');
}

/** `round`: to the precision of the type; what overflows or vanishes by it is refused by the server. */
function float(round: (number: number) => number): Fits {
  return (value) => {
    if (/^(NaN|-?Infinity)$/i.test(String(value))) return true;
    if (typeof value === 'boolean' || !digits.test(String(value))) return false;
    const number = round(Number(value));
    return Number.isFinite(number) && (number !== 0 || !/[1-9]/.test(String(value).replace(/e.*/i, '')));
  };
}

const zone = /^(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)?$/i;
const moment = /^(\d{4,7})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d[^Z+-]*?)((?:Z|[+-]).*?)?)?( BC)?$/i;

/** A day or a moment in ISO 8601 as PostgreSQL writes and reads it, up to a year; infinity too. */
function isMoment(value: string, lastYear: number): boolean {
  if (/^-?infinity$/i.test(value)) return true;
  const [, year, month, day, time, offset, bc] = moment.exec(value) ?? [];
  if (year === undefined) return false;
  const isDay =
    Number(year) >= 1 && Number(year) <= (bc ? 4712 : lastYear) && hasDay(Number(year), Number(month), Number(day), bc);
  return isDay && (time === undefined || (isTime(time, /^$/) && zone.test(offset ?? '')));
}

function hasDay(year: number, month: number, day: number, bc: string | undefined): boolean {
  // The calendar repeats after 400 years; the year before 1 is 1 BC.
  const date = new Date(Date.UTC(2000 + ((((bc ? 1 - year : year) % 400) + 400) % 400), month - 1, day));
  return month >= 1 && month <= 12 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && day >= 1;
}

function isTime(value: string, offset: RegExp): boolean {
  const [, hour, minute, second = '0', rest = ''] =
    /^(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?([Z+-].*)?$/i.exec(value) ?? [];
  if (hour === undefined || !offset.test(rest)) return false;
  return /^24:00(:00(\.0+)?)?$/.test(value) || (Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60);
}

function isAddress(value: string): boolean {
  const [, address = '', mask] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(value) ?? [];
  const family = isIP(address);
  return family !== 0 && (mask === undefined || Number(mask) <= (family === 4 ? 32 : 128));
}
