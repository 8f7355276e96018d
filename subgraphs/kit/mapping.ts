import { fromMinor, rescale } from './money.ts';
import type { ReadSetting, Setting } from './settings.ts';
import type { ColumnType, Direction, Raw, Row, Source } from './source.ts';
import { fromTimestamp, type TimestampForm, toTimestamp } from './time.ts';

/** Which system a subgraph wraps, and how its names and values become those of the contract. */
export interface Backend {
  /** What the system is called in health and logs: `shop`. */
  readonly system: string;
  /** The environment variables it needs. */
  readonly settings: readonly Setting[];
  /** How each type of the contract stands in the system. */
  readonly types: Readonly<Record<string, TypeMapping>>;
  /** Opens the system. Doesn't wait for it: a system that is down is found out by `ping` and by the first call. */
  connect(read: ReadSetting): Source;
}

/** How one type of the contract stands in the system. */
export interface TypeMapping {
  /**
   * How the fields of the type's `@key` are held. In a type without `fields` of its own to read (an entity that another
   * subgraph owns) the columns are those by which this system's records point at it.
   */
  readonly key?: Readonly<Record<string, FieldMapping>>;
  /** How each field is held; a field that is missing here must be resolved in `resolvers.ts`. */
  readonly fields?: Readonly<Record<string, FieldMapping>>;
  /** Filters of lists that aren't named after a field: the filter's name and the column or parameter it compares with. */
  readonly filters?: Readonly<Record<string, string>>;
  /** The order of lists that take no `orderBy`; the key follows by itself. */
  readonly order?: Readonly<Record<string, Direction>>;
  /**
   * Set by the source: whether the system holds records of this type. `owned`: a missing record is a missing entity.
   * `contributed`: another subgraph owns the entity; a missing record only leaves this subgraph's fields null.
   * `none`: there are no records, only references to it.
   */
  readonly records?: 'owned' | 'contributed' | 'none';
}

/** A field: the name of a column (read as the field's scalar demands), or one of the forms below. */
export type FieldMapping = string | ValueMapping | ObjectMapping | ListMapping | RelationMapping;

/** A value that is made of columns of the same record. */
export interface ValueMapping {
  readonly kind: 'value';
  readonly columns: readonly string[];
  /** The types that a column may have; one that isn't named here may have any. */
  readonly accepts?: Readonly<Record<string, readonly ColumnType[]>>;
  /** All values that can come of it, where those are known: each must be one of the contract's enum. */
  readonly values?: readonly string[];
  /** The contract's value; `note` is told of values that the mapping doesn't know. */
  read(row: Row, note: Note): unknown;
  /** The values of the single column that stand for a value of the contract: for filters, look-ups and keys. */
  write?(value: unknown): readonly Raw[];
}

/** A value object whose fields are held in the same record, such as preferences. */
export interface ObjectMapping {
  readonly kind: 'object';
  readonly fields: Readonly<Record<string, FieldMapping>>;
}

/** Objects that lie inside the record, such as the addresses of a contact. */
export interface ListMapping {
  readonly kind: 'list';
  readonly column: string;
  readonly fields: Readonly<Record<string, FieldMapping>>;
}

/** Records of the same system that this one points at, or that point at it. */
export interface RelationMapping {
  readonly kind: 'one' | 'many';
  readonly type: string;
  /** Columns of the other type's records and the columns of this one that they equal. */
  readonly on: Readonly<Record<string, string>>;
  /** Conditions that always hold. */
  readonly where: Readonly<Record<string, Raw>>;
  /** The order where the field takes no `orderBy`. */
  readonly order: Readonly<Record<string, Direction>>;
}

/** Told of a value that the mapping doesn't know. */
export type Note = (message: string) => void;

/** An enum: the system's codes and the contract's values. A code that isn't listed becomes UNKNOWN and a line in the log. */
export function oneOf(column: string, values: Readonly<Record<string, string>>): ValueMapping {
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

/** A truth value that is held as two codes, such as Y and N. Anything else is null. */
export function flag(column: string, codes: { readonly yes: Raw; readonly no: Raw }): ValueMapping {
  return {
    kind: 'value',
    columns: [column],
    read(row) {
      const raw = row[column];
      return raw === codes.yes ? true : raw === codes.no ? false : null;
    },
    write: (value) => [value ? codes.yes : codes.no],
  };
}

/** A moment in one fixed form, by which it can also be filtered. Forms without a zone are UTC. */
export function timestamp(column: string, form: TimestampForm): ValueMapping {
  return {
    kind: 'value',
    columns: [column],
    accepts: { [column]: form.startsWith('yyyy') ? ['text', 'integer', 'datetime'] : ['integer'] },
    read: (row) => fromTimestamp(row[column], form),
    write: (value) => [toTimestamp(value, form)],
  };
}

/** An amount and its currency. `minor` amounts are whole numbers of the currency's smallest unit, `major` ones decimals. */
export function money(amount: string, currency: string, unit: 'minor' | 'major'): ValueMapping {
  return {
    kind: 'value',
    columns: [amount, currency],
    accepts: {
      [amount]: unit === 'minor' ? ['integer', 'text'] : ['integer', 'decimal', 'text'],
      [currency]: ['text'],
    },
    read(row) {
      const value = row[amount];
      const currencyCode = row[currency];
      if (value === null || value === undefined || typeof currencyCode !== 'string') return null;
      return { amount: unit === 'minor' ? fromMinor(value, currencyCode) : rescale(value, currencyCode), currencyCode };
    },
  };
}

/** A number that the system pads with zeros on the left to a fixed length, such as 0000004711. */
export function padded(column: string, length: number): ValueMapping {
  return convert(column, {
    read: (raw) => String(raw).replace(/^0+(?=.)/, ''),
    write: (value) => String(value).padStart(length, '0'),
  });
}

/** A value that two plain functions turn into the contract's and back; both see values that aren't null. */
export function convert(
  column: string,
  { read, write }: { read(raw: unknown): unknown; write(value: unknown): Raw },
): ValueMapping {
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
export function derived(columns: readonly string[], read: (...values: unknown[]) => unknown): ValueMapping {
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
export function one(type: string, on: Readonly<Record<string, string>> | string): RelationMapping {
  return relation('one', type, on, {});
}

/** The records that point at this one: a list where the contract has a list, pages where it has a connection. */
export function many(
  type: string,
  on: Readonly<Record<string, string>> | string,
  options: {
    readonly where?: Readonly<Record<string, Raw>>;
    readonly order?: Readonly<Record<string, Direction>>;
  } = {},
): RelationMapping {
  return relation('many', type, on, options);
}

function relation(
  kind: RelationMapping['kind'],
  type: string,
  on: Readonly<Record<string, string>> | string,
  { where = {}, order = {} }: Partial<Pick<RelationMapping, 'where' | 'order'>>,
): RelationMapping {
  return { kind, type, on: typeof on === 'string' ? { [on]: on } : on, where, order };
}
