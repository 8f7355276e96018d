import type { Raw } from '../../../source.ts';
import type { EngineColumn } from '../engine.ts';
import { exact, labelsOf } from './types.ts';

/** A column as information_schema has it: `int`, `int(10) unsigned`, `utf8mb4`. */
export interface Declared {
  readonly dataType: string;
  readonly type: string;
  readonly charset: string | undefined;
}

type Fits = (value: NonNullable<Raw>) => boolean;

/**
 * Which values a column could hold, and how they are sent. The server fails on none of the others but on texts in a wrong character
 * set; it finds that `'abc'` is 0 and also the day 0000-00-00, and that 0 is every text without digits.
 */
export function comparison(declared: Declared): Pick<EngineColumn, 'fits' | 'bind'> {
  const fits = testOf(declared);
  const bind = binds[declared.dataType];
  return { fits: (value) => value === null || fits(value), ...(bind && { bind }) };
}

function testOf({ dataType, type, charset }: Declared): Fits {
  const bits = bitsOf(dataType, type);
  if (bits !== undefined) return wholeNumber(bits, /unsigned|^bit/.test(type));
  if (dataType === 'enum') return oneOf(new Set(['', ...(labelsOf(type) ?? [])]));
  if (dataType === 'set') return someOf(new Set(['', ...(labelsOf(type) ?? [])]));
  return tests[dataType] ?? (charset === undefined ? isText : textIn(charset));
}

const day = String.raw`\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])`;
const clock = String.raw`([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?`;
const moment = matching(new RegExp(`^${day}([T ]${clock}(Z|[+-]00:?00)?)?$`));
const bytes: Fits = (value) => typeof value === 'string' && /^([\da-f]{2})*$/i.test(value);
const byteNames = ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'];

const tests: Readonly<Record<string, Fits>> = {
  decimal: isNumber,
  float: isNumber,
  double: isNumber,
  date: moment,
  datetime: moment,
  timestamp: moment,
  year: (value) => wholeNumber(16, true)(value) && Number(value) <= 2155,
  time: matching(/^-?\d{1,3}:[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$/),
  ...Object.fromEntries(byteNames.map((name) => [name, bytes])),
};

type Bind = NonNullable<EngineColumn['bind']>;

/** The zone of a moment is always UTC, and is known to the server as the session's. */
const bindMoment: Bind = (value) =>
  String(value)
    .replace('T', ' ')
    .replace(/(Z|[+-]00:?00)$/, '');
/** A year is 0 or lies in 1901 to 2155; what lies between is none, but 24 would be taken for 2024. */
const bindYear: Bind = (value) => (Number(value) > 0 && Number(value) < 1901 ? 1900 : Number(value));
const bindBytes: Bind = (value) => Buffer.from(String(value), 'hex');

const binds: Readonly<Record<string, Bind>> = {
  decimal: (value) => exact(value as string | number | bigint),
  float: (value) => Math.fround(Number(value)),
  double: Number,
  date: bindMoment,
  datetime: bindMoment,
  timestamp: bindMoment,
  year: bindYear,
  ...Object.fromEntries(byteNames.map((name) => [name, bindBytes])),
};

const widths: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  bigint: 64,
};

function bitsOf(dataType: string, type: string): number | undefined {
  return dataType === 'bit' ? Number(/\d+/.exec(type)?.[0] ?? 1) : widths[dataType];
}

function wholeNumber(bits: number, unsigned: boolean): Fits {
  const cut = unsigned ? BigInt.asUintN : BigInt.asIntN;
  return (value) => {
    if (typeof value === 'boolean') return true;
    if (typeof value === 'number' ? !Number.isSafeInteger(value) : !/^-?\d{1,20}$/.test(String(value))) return false;
    return cut(bits, BigInt(value)) === BigInt(value);
  };
}

function isNumber(value: NonNullable<Raw>): boolean {
  return typeof value !== 'boolean' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(String(value));
}

function isText(value: NonNullable<Raw>): boolean {
  return typeof value !== 'boolean';
}

function matching(form: RegExp): Fits {
  return (value) => typeof value === 'string' && form.test(value);
}

function oneOf(labels: ReadonlySet<string>): Fits {
  return (value) => labels.has(String(value));
}

function someOf(labels: ReadonlySet<string>): Fits {
  return (value) =>
    String(value)
      .split(',')
      .every((label) => labels.has(label));
}

/** What WHATWG's decoders call those of the server's character sets that have one byte for each character. */
const oneByte: Readonly<Record<string, string>> = {
  latin1: 'windows-1252',
  latin2: 'iso-8859-2',
  latin5: 'windows-1254',
  latin7: 'iso-8859-13',
  greek: 'iso-8859-7',
  hebrew: 'iso-8859-8',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1256: 'windows-1256',
  cp1257: 'windows-1257',
  cp866: 'ibm866',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  tis620: 'windows-874',
};

/** Whether a text can be written in a character set; of those with several bytes that aren't Unicode's, nothing is said. */
function textIn(charset: string): Fits {
  if (charset === 'ascii') return (value) => isText(value) && /^[\0-\x7f]*$/.test(String(value));
  if (charset === 'utf8mb3' || charset === 'utf8' || charset === 'ucs2')
    return (value) => isText(value) && !/\p{Surrogate}|[\u{10000}-\u{10ffff}]/u.test(String(value));
  const label = oneByte[charset];
  if (label === undefined) return isText;
  const characters = new Set(new TextDecoder(label).decode(Uint8Array.from({ length: 256 }, (_, i) => i)));
  characters.delete('\ufffd');
  return (value) => isText(value) && [...String(value)].every((character) => characters.has(character));
}
