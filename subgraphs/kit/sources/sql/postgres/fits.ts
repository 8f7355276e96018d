import { isIP } from 'node:net';
import type { Raw } from '../../../source.ts';
import type { EngineColumn } from '../engine.ts';

/** Whether a value is one that PostgreSQL takes for a type, so that a statement with it doesn't fail. */
type Fits = (value: NonNullable<Raw>) => boolean;

/** A type of PostgreSQL: `isText` where every text is a value of it as it stands, `isOrdered` where its values have an order. */
export interface PostgresType {
  readonly oid: number;
  readonly isArray: boolean;
  /** Of an enumeration. */
  readonly labels: readonly string[] | undefined;
  readonly isText: boolean;
  readonly isOrdered: boolean;
}

/**
 * What can be compared with a column of a type. Nothing equals a document or an array; a type without a test is compared as the text
 * that it comes out as, so that the server never has to read a value which it may refuse. No text of PostgreSQL holds U+0000.
 */
export function comparison(type: PostgresType): Pick<EngineColumn, 'fits' | 'comparedAsText' | 'comparable'> {
  const test = type.isArray ? never : type.labels ? isOneOf(type.labels) : type.isText ? always : tests.get(type.oid);
  const fits = test ?? always;
  return {
    fits: (value) => value === null || (!(typeof value === 'string' && value.includes('\0')) && fits(value)),
    ...(!test && { comparedAsText: true }),
    ...((test === never || !type.isOrdered) && { comparable: false }),
  };
}

const always: Fits = () => true;
const never: Fits = () => false;

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
  [17, (value) => /^\\x([\da-f]{2})*$/i.test(String(value))],
  [829, (value) => /^([\da-f]{2}:){5}[\da-f]{2}$/i.test(String(value))],
  // json, jsonb, xml.
  ...[114, 3802, 142].map((oid): [number, Fits] => [oid, never]),
]);

function isOneOf(labels: readonly string[]): Fits {
  return (value) => labels.includes(String(value));
}

function integer(least: bigint, most: bigint): Fits {
  return (value) => {
    if (typeof value === 'number' ? !Number.isInteger(value) : typeof value === 'boolean') return false;
    if (typeof value === 'string' && !/^[ \t-\r]*[+-]?\d{1,40}[ \t-\r]*$/.test(value)) return false;
    const number = BigInt(typeof value === 'string' ? value.replace('+', '') : value);
    return number >= least && number <= most;
  };
}

const uuid = /^([\da-f]{4}-?){7}[\da-f]{4}$/i;
/** The server takes no other blanks around a number than those of ASCII. */
const digits = /^[ \t-\r]*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?[ \t-\r]*$/i;

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
  return family !== 0 && !address.includes('%') && (mask === undefined || Number(mask) <= (family === 4 ? 32 : 128));
}
