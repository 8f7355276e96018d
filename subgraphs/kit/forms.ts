import type { ReadSetting, Setting } from './settings.ts';
import type { ColumnType, Direction, Raw, Row, Source } from './source.ts';

/** Which system a subgraph wraps, and how its names and values become those of the contract. */
export interface Backend {
  /** What the system is called in health and logs: `shop`. */
  readonly system: string;
  /** The environment variables it needs. */
  readonly settings: readonly Setting[];
  /** How each type of the contract stands in the system. */
  readonly types: Readonly<Record<string, TypeMapping>>;
  /** Opens the system. Does not wait for it: a system that is down is found out by `ping` and by the first call. */
  connect(read: ReadSetting): Source | Promise<Source>;
}

/** How one type of the contract stands in the system. */
export interface TypeMapping<Fields = AnyFields> {
  /**
   * How the fields of the type's `@key` are held. In a type without `fields` of its own to read (an entity that another
   * subgraph owns) the columns are those by which this system's records point at it.
   */
  readonly key?: Readonly<Record<string, FieldMapping>>;
  /** How each field is held; a field that is missing here must be resolved in `resolvers.ts`. */
  readonly fields?: Fields;
  /** Filters of lists that aren't named after a field: the filter's name and the column or parameter it compares with. */
  readonly filters?: Readonly<Record<string, string | FilterMapping>>;
  /** Set where the type says what records of another type come to: see `TotalsMapping`. It has no other fields then. */
  readonly totals?: TotalsMapping;
  /** The order of lists that take no `orderBy`; the key follows by itself. */
  readonly order?: Readonly<Record<string, Direction>>;
  /**
   * What the contract offers of lists of this type and the system can't do; a client that asks for it is told so. `totalCount`,
   * `filter.NAME`, `orderBy.VALUE`, `orderBy.VALUE.ASC` or `.DESC`, and the name of a field of Query; of a type
   * of which the system has nothing at all, that is all there is to say.
   */
  readonly lacks?: readonly string[];
  /**
   * Set by the source: whether the system holds records of this type. `owned`: a missing record is a missing entity.
   * `contributed`: another subgraph owns the entity; a missing record only leaves this subgraph's fields null.
   * `none`: there are no records, only references to it.
   */
  readonly records?: 'owned' | 'contributed' | 'none';
  /** Set by the source: whether it hides records that the system has, so that one which another record names may not be there. */
  readonly hides?: boolean;
}

/**
 * What records come to, for each of the periods that a client asks for and each currency. The contract's type has `from`, `before`,
 * `count` and the fields that are added up; a field of Query that gives a list of it takes `periods`, and a `filter` as lists do.
 */
export interface TotalsMapping {
  /** The type whose records are counted. */
  readonly of: string;
  /** Its field that tells which period a record belongs to. */
  readonly at: string;
  /** Its fields that are added up, made by `money()`; called the same in the contract's type. */
  readonly sum: string | readonly string[];
}

/** A filter that doesn't ask for a column's whole value. */
export interface FilterMapping {
  readonly column: string;
  readonly op: 'contains';
}

/** The fields of a type, whatever the contract. */
export type AnyFields = Readonly<Record<string, FieldMapping>>;

/** Any contract. */
export type AnyContract = Readonly<Record<string, AnyFields>>;

/** The fields of a contract's type: each may be mapped to what `contract.ts` says. */
export type FieldsOf<Contract, Type extends keyof Contract> = {
  readonly [Field in keyof Contract[Type]]?: Contract[Type][Field];
};

/** In `contract.ts`: a field that is read from its own record. */
export type Value = string | ValueMapping | ObjectMapping | ListMapping;

/** In `contract.ts`: a field whose type is an enum with these values. */
export type Enum<Values extends string> = ValueMapping<Values>;

/** In `contract.ts`: a field that leads to one record of this type. */
export type One<Type extends string> = RelationMapping<'one', Type> | NothingMapping;

/** In `contract.ts`: a field that leads to records of this type. */
export type Many<Type extends string> = RelationMapping<'many', Type> | NothingMapping;

/** A field: the name of a column (read as the field's scalar demands), or one of the forms below. */
export type FieldMapping = string | ValueMapping | ObjectMapping | ListMapping | RelationMapping | NothingMapping;

/** A value that is made of columns of the same record; `Values` are those of an enum, where it is known to be one of them. */
export interface ValueMapping<Values extends string = string> {
  readonly kind: 'value';
  readonly columns: readonly string[];
  /** The types that a column may have; one that isn't named here may have any. */
  readonly accepts?: Readonly<Record<string, readonly ColumnType[]>>;
  /** All values that can come of it, where those are known: each must be one of the contract's enum. */
  readonly values?: readonly (Values | 'UNKNOWN')[];
  /** The contract's value; `note` is told of values that the mapping doesn't know. */
  read(row: Row, note: Note): unknown;
  /** The values of the single column that stand for a value of the contract: for filters, look-ups and keys. */
  write?(value: unknown): readonly Raw[];
  /** Set where what `write` gives is only where a value begins: then it serves for ranges, not for look-ups, keys or `=`. */
  readonly onlyRanges?: true;
  /** The values of several columns, in their order, that together stand for a value of the contract; undefined for none. */
  split?(value: unknown): readonly Raw[] | undefined;
  /** Present where a sum of the column `of` is read as one value is, in rows that are alike in the columns of `by`. */
  readonly sum?: { readonly of: string; readonly by: readonly string[] };
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
export interface RelationMapping<Kind extends 'one' | 'many' = 'one' | 'many', Type extends string = string> {
  readonly kind: Kind;
  readonly type: Type;
  /** Columns of the other type's records and the columns of this one that they equal. */
  readonly on: Readonly<Record<string, string>>;
  /** Conditions that always hold. */
  readonly where: Readonly<Record<string, Raw>>;
  /** The order where the field takes no `orderBy`. */
  readonly order: Readonly<Record<string, Direction>>;
}

/** Other records, of which the system has none. */
export interface NothingMapping {
  readonly kind: 'nothing';
}

/** Told of a value that the mapping doesn't know. */
export type Note = (message: string) => void;
