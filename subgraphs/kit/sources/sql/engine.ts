import type { CompiledQuery, Dialect, RawBuilder } from 'kysely';
import type { Call, ColumnType, Raw } from '../../source.ts';
import type { PoolLoad } from '../../telemetry/observer.ts';

/** A row as the engine returns it: the values in the order of the selected columns. */
export type Values = readonly unknown[];

/** A statement as it is sent. */
export interface Statement extends Pick<CompiledQuery, 'sql' | 'parameters'> {
  /** What it reads, for whoever watches: the mapping's name of the table. */
  readonly table?: string;
  /** How many keys or parents it reads the rows of. */
  readonly keys?: number;
}

/** What differs between databases. Errors of every call: SystemError, or the signal's reason when it aborts. */
export interface Engine {
  readonly kind: 'sqlite' | 'postgres' | 'mariadb';
  /** How statements are spelled. */
  readonly dialect: Dialect;
  /** What the engine's statements can be made of, and how it is read fastest. */
  readonly traits: EngineTraits;
  /**
   * Runs a reading statement. `scan`: it may read many rows, so it must not hold up the event loop. Exact numbers that don't fit
   * a JavaScript number come as bigint or decimal text; days and moments as text, moments in UTC; JSON and arrays parsed.
   */
  run(query: Statement, options: { readonly scan: boolean }, call: Call): Promise<readonly Values[]>;
  /** What a table or view holds; undefined when there is none of this name that we may read. */
  describe(table: string, call: Call): Promise<EngineTable | undefined>;
  /** Every table and view that we may read, but the engine's own: to write a first mapping from. */
  catalog(call: Call): Promise<readonly CatalogTable[]>;
  /** How full its pool of connections is, where it has one. */
  load?(): PoolLoad;
  /** The cheapest question that shows that the database is there. */
  ping(call: Call): Promise<void>;
  close(): Promise<void>;
}

/** How an engine's statements differ; what is measured stands in `statements.ts`. */
export interface EngineTraits {
  /** Whether the engine orders NULL before or after every value when it orders upwards. */
  readonly nulls: 'smallest' | 'largest';
  /** Whether `(a, b) > (x, y)` starts in the middle of an index. */
  readonly rowValues: boolean;
  /** False where the planner doesn't know that a column which IS NULL is the same in all rows, and goes by no index without it. */
  readonly nullIsConstant?: false;
  /** Text with all letters small, of every language. */
  lower(text: RawBuilder<unknown>): RawBuilder<unknown>;
  /** How the first rows of each of several parents are read. */
  readonly perParent: 'union all' | 'lateral';
  /** How one of several keys is found: a parameter each, or one array. */
  readonly keys: 'in' | 'any';
}

/** A table or view. */
export interface EngineTable {
  readonly columns: readonly EngineColumn[];
  /** How statements spell its name, part by part; absent where that is the mapping's name, cut at its first dot. */
  readonly path?: readonly string[];
  /** The column sets that no two rows share and that are never NULL, the primary key first; views have none. */
  readonly unique: readonly (readonly string[])[];
  /** Further sets that no two rows share, but that may be NULL: no reason to call a row by them, enough to join it. */
  readonly uniqueOrNull?: readonly (readonly string[])[];
  /** Whether its rows may be unique by what no index says: those of a view, or of a table that stands elsewhere. */
  readonly isView?: boolean;
}

/** A column of a table. */
export interface EngineColumn {
  readonly name: string;
  readonly type: ColumnType;
  /**
   * The engine's own name of the type, by which a parameter is cast: `integer`, `uuid`, `sales.state`. Without a length or a
   * precision, since a cast to those cuts and rounds: `numeric`, `bpchar`, not `character(10)`, nor `character`, which is one of 1.
   */
  readonly engineType: string;
  readonly nullable: boolean;
  /** Whether it is the first column of the primary key or of an index, so that rows are found by it without a scan. */
  readonly leads: boolean;
  /** Whether the column could hold this value: one that can't is never sent, since engines fail on it (`'abc'` as an integer). */
  fits(value: Raw): boolean;
  /** What is sent for a value that fits, where that isn't the value itself: the engine's driver knows types that JavaScript doesn't. */
  readonly bind?: (value: NonNullable<Raw>) => unknown;
  /** Whether it orders by something else than what it compares by (an enumeration, by its labels' places), but not once made text. */
  readonly ordersAsText?: true;
  /**
   * Whether `=` takes different texts for equal (without case, accents, or blanks at the end). What finds exactly this text beside it,
   * by the bytes: `cast(convert(col using utf8mb4) as binary) = cast(? as binary)`; without the former no index is used.
   */
  readonly foldsText?: true;
  /** Whether it is compared by the text that its values come out as, `cast(col as text)`, since we can't tell which texts its type takes. */
  readonly comparedAsText?: true;
  /** False where its values have no order, or nothing that can be sent equals them: no filter, no order and no key goes by it. */
  readonly comparable?: false;
}

/** A table or view as the catalogue has it. */
export interface CatalogTable {
  readonly schema: string | undefined;
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly columns: readonly CatalogColumn[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly CatalogForeignKey[];
  /** Roughly how many rows it has, where the engine keeps such an estimate. */
  readonly rows: number | undefined;
  readonly comment: string | undefined;
}

export interface CatalogColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly engineType: string;
  readonly nullable: boolean;
  /** The values of an enumerated type, in its order. */
  readonly values: readonly string[] | undefined;
  readonly comment: string | undefined;
}

/** Columns that name a row of another table by its `theirs`. */
export interface CatalogForeignKey {
  readonly columns: readonly string[];
  readonly schema: string | undefined;
  readonly table: string;
  readonly theirs: readonly string[];
}
