import { product } from './decimal.ts';
import type {
  FieldMapping,
  FilterMapping,
  ListMapping,
  NothingMapping,
  ObjectMapping,
  RelationMapping,
  ValueMapping,
} from './forms.ts';
import { fromMinor, rescale } from './money.ts';
import type { ColumnType, Direction, Raw } from './source.ts';
import { dayIn, fromTimestamp, isTimeZone, type TimestampForm, toTimestamp } from './time.ts';

/** An enum: the system's codes and the contract's values. A code that isn't listed becomes UNKNOWN and a line in the log. */
export function oneOf<const Value extends string>(
  column: string,
  values: Readonly<Record<string, Value>>,
): ValueMapping<Value> {
  return {
    kind: 'value',
    columns: [column],
    values: [...Object.values(values), 'UNKNOWN'],
    read(row, note) {
      const raw = row[column];
      if (raw === null || raw === undefined) return null;
      const value = Object.hasOwn(values, String(raw)) ? values[String(raw)] : undefined;
      if (value === undefined)
        note(`${column} holds ${JSON.stringify(String(raw).slice(0, 60))}, which the mapping does not know`);
      return value ?? 'UNKNOWN';
    },
    write: (value) => Object.keys(values).filter((code) => values[code] === value),
  };
}

/** Text that stands for other text, such as codes for words. Text that isn't listed stays as it is, unless `otherwise` is null. */
export function valueMap(
  column: string,
  values: Readonly<Record<string, string>>,
  { otherwise = 'same' }: { readonly otherwise?: 'same' | null } = {},
): ValueMapping<never> {
  return {
    kind: 'value',
    columns: [column],
    read(row) {
      const raw = row[column];
      if (raw === null || raw === undefined) return null;
      if (Object.hasOwn(values, String(raw))) return values[String(raw)];
      return otherwise === 'same' ? String(raw) : null;
    },
    write(value) {
      const codes = Object.keys(values).filter((code) => values[code] === value);
      // What isn't listed stands for itself, also where there are codes for it.
      const isItself = otherwise === 'same' && !Object.hasOwn(values, String(value));
      return isItself ? [...codes, String(value)] : codes;
    },
  };
}

/** A truth value that is held as codes, such as Y and N. Anything else is null. */
export function flag(
  column: string,
  { yes, no }: { readonly yes: Raw | readonly Raw[]; readonly no: Raw | readonly Raw[] },
): ValueMapping<never> {
  const codes = { yes: [yes].flat(), no: [no].flat() };
  // Systems differ in how they type a code: 1, 1n, "1".
  const isOneOf = (raw: unknown, values: readonly Raw[]) => values.some((each) => String(each) === String(raw));
  return {
    kind: 'value',
    columns: [column],
    read(row) {
      const raw = row[column];
      return isOneOf(raw, codes.yes) ? true : isOneOf(raw, codes.no) ? false : null;
    },
    write: (value) => (value ? codes.yes : codes.no),
  };
}

/**
 * A moment in one fixed form, by ranges of which it can also be filtered. Forms without a zone are UTC, or a clock on a wall in
 * `zone`, such as Europe/Berlin.
 */
export function timestamp(
  column: string,
  form: TimestampForm,
  { zone }: { readonly zone?: string } = {},
): ValueMapping<never> {
  if (form === 'moment' && zone !== undefined)
    throw new TypeError(`timestamp('${column}', 'moment'): the column holds moments; leave zone out`);
  return momentIn(`timestamp('${column}')`, column, form, zone ?? 'UTC');
}

const typesOfForm: Readonly<Record<TimestampForm, readonly ColumnType[]>> = {
  seconds: ['integer'],
  milliseconds: ['integer'],
  yyyyMMddHHmmss: ['text', 'integer'],
  'yyyy-MM-dd HH:mm:ss': ['text', 'datetime'],
  moment: ['moment'],
  datetime: ['datetime'],
  date: ['date'],
};

/** The day, in `zone`, of a moment in one fixed form: for a LocalDate where the system holds moments. */
export function day(
  column: string,
  form: TimestampForm,
  { zone = 'UTC' }: { readonly zone?: string } = {},
): ValueMapping<never> {
  return {
    ...momentIn(`day('${column}')`, column, form, zone),
    onlyRanges: true,
    read: (row) => dayIn(fromTimestamp(row[column], form, zone), zone),
    write: (value) => [toTimestamp(fromTimestamp(value, 'date', zone), form, zone)],
  };
}

/**
 * An amount and its currency: a column, or another form such as `constant('EUR')`. `minor` amounts are whole numbers of the
 * currency's smallest unit, `major` ones decimals.
 */
export function money(amount: string, currency: string | ValueMapping, unit: 'minor' | 'major'): ValueMapping<never> {
  const currencyOf = typeof currency === 'string' ? textColumn(currency) : currency;
  return {
    kind: 'value',
    columns: [amount, ...currencyOf.columns],
    accepts: {
      ...currencyOf.accepts,
      [amount]: unit === 'minor' ? ['integer', 'text'] : ['integer', 'decimal', 'text'],
    },
    sum: { of: amount, by: currencyOf.columns },
    read(row, note) {
      const value = row[amount];
      const currencyCode = currencyOf.read(row, note);
      if (value === null || value === undefined || typeof currencyCode !== 'string') return null;
      return { amount: unit === 'minor' ? fromMinor(value, currencyCode) : rescale(value, currencyCode), currencyCode };
    },
  };
}

/** A value that the system doesn't hold, since it is the same for all of its records. */
export function constant<const Constant extends string | number | boolean | null>(
  value: Constant,
): ValueMapping<Constant extends string ? Constant : never> {
  const values = typeof value === 'string' ? { values: [value as Constant extends string ? Constant : never] } : {};
  return { kind: 'value', columns: [], ...values, read: () => value };
}

/**
 * A number in another unit: exactly `factor` times what the system holds, such as '1000' for grams out of kilograms; with
 * `places`, rounded to so many places. It can be ordered, but not filtered by, so the column is a number and `factor` above 0.
 */
export function scaled(
  column: string,
  factor: string,
  { places }: { readonly places?: number } = {},
): ValueMapping<never> {
  if (!/[1-9]/.test(product(factor, '1')) || factor.startsWith('-'))
    throw new TypeError(`scaled('${column}'): expected a factor above 0, got ${factor}`);
  return {
    kind: 'value',
    columns: [column],
    accepts: { [column]: ['integer', 'decimal'] },
    read(row) {
      const raw = row[column];
      return raw === null || raw === undefined ? null : product(String(raw), factor, places);
    },
  };
}

/** Text put together from several columns, without those that hold none; null when none does. It can't be filtered by. */
export function concat(columns: readonly string[], separator = ' '): ValueMapping<never> {
  return {
    kind: 'value',
    columns,
    read(row) {
      const parts = columns.map((column) => String(row[column] ?? '').trim()).filter((part) => part !== '');
      return parts.length > 0 ? parts.join(separator) : null;
    },
  };
}

/**
 * One ID for a key of several columns, such as 10248-11. What could be taken for the separator in a column's own text is written
 * as in a URL, so that the ID can be taken apart again.
 */
export function composed(columns: readonly string[], separator = '-'): ValueMapping<never> {
  if (separator.length !== 1 || /[%\dA-F]/i.test(separator))
    throw new TypeError(`composed(): expected a separator of one character, no digit, A to F or %, got "${separator}"`);
  const toPart = (part: string) => part.replaceAll('%', '%25').replaceAll(separator, encoded(separator));
  const fromPart = (part: string) => part.replaceAll(encoded(separator), separator).replaceAll('%25', '%');
  return {
    kind: 'value',
    columns,
    read(row) {
      const parts = columns.map((column) => row[column]);
      return parts.some((part) => part === null || part === undefined)
        ? null
        : parts.map((part) => toPart(String(part))).join(separator);
    },
    split(value) {
      const parts = String(value).split(separator);
      return parts.length === columns.length ? parts.map(fromPart) : undefined;
    },
  };
}

/** A number that the system pads with zeros on the left to a fixed length, such as 0000004711. */
export function padded(column: string, length: number): ValueMapping<never> {
  return convert(column, {
    read: (raw) => String(raw).replace(/^0+(?=.)/, ''),
    write: (value) => String(value).padStart(length, '0'),
  });
}

/** A value that two plain functions turn into the contract's and back; both see values that aren't null. */
export function convert(
  column: string,
  { read, write }: { read(raw: unknown): unknown; write(value: unknown): Raw },
): ValueMapping<never> {
  return {
    kind: 'value',
    columns: [column],
    read(row) {
      const raw = row[column];
      return raw === null || raw === undefined ? null : read(raw);
    },
    write: (value) => [write(value)],
  };
}

/** A value that a plain function makes of several columns. It can be read, but not filtered by. */
export function derived(columns: readonly string[], read: (...values: unknown[]) => unknown): ValueMapping<never> {
  return { kind: 'value', columns, read: (row) => read(...columns.map((column) => row[column])) };
}

/** A value object whose fields are held in the same record. */
export function object(fields: Readonly<Record<string, FieldMapping>>): ObjectMapping {
  return { kind: 'object', fields };
}

/** Objects that lie inside the record; their fields' columns are paths inside each. */
export function list(column: string, fields: Readonly<Record<string, FieldMapping>>): ListMapping {
  return { kind: 'list', column, fields };
}

/** The record that this one points at. `on`: the other's column and this one's; one name where both are called the same. */
export function one<const Type extends string>(
  type: Type,
  on: Readonly<Record<string, string>> | string,
): RelationMapping<'one', Type> {
  return relation('one', type, on, {});
}

/** The records that point at this one: a list where the contract has a list, pages where it has a connection. */
export function many<const Type extends string>(
  type: Type,
  on: Readonly<Record<string, string>> | string,
  options: {
    readonly where?: Readonly<Record<string, Raw>>;
    readonly order?: Readonly<Record<string, Direction>>;
  } = {},
): RelationMapping<'many', Type> {
  return relation('many', type, on, options);
}

/** No record, an empty list or connection: what this system has none of, such as support cases in a shop. */
export function nothing(): NothingMapping {
  return { kind: 'nothing' };
}

/** A filter that finds text anywhere in a column, large or small letters alike. */
export function contains(column: string): FilterMapping {
  return { column, op: 'contains' };
}

function momentIn(place: string, column: string, form: TimestampForm, zone: string): ValueMapping<never> {
  if (!isTimeZone(zone)) throw new TypeError(`${place}: there is no time zone "${zone}"`);
  return {
    kind: 'value',
    columns: [column],
    accepts: { [column]: typesOfForm[form] },
    // What the system holds may be finer than what is shown, and what is asked for finer than what the system holds.
    ...(form === 'milliseconds' ? {} : { onlyRanges: true as const }),
    read: (row) => fromTimestamp(row[column], form, zone),
    write: (value) => [toTimestamp(value, form, zone)],
  };
}

function textColumn(column: string): ValueMapping {
  return { kind: 'value', columns: [column], accepts: { [column]: ['text'] }, read: (row) => row[column] };
}

/** Every character as in a URL, also those that URLs take as they are. */
function encoded(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function relation<Kind extends 'one' | 'many', Type extends string>(
  kind: Kind,
  type: Type,
  on: Readonly<Record<string, string>> | string,
  { where = {}, order = {} }: Partial<Pick<RelationMapping, 'where' | 'order'>>,
): RelationMapping<Kind, Type> {
  return { kind, type, on: typeof on === 'string' ? { [on]: on } : on, where, order };
}
