import type { CallObserver, PoolLoad } from './telemetry/observer.ts';
import type { Trace } from './telemetry/trace.ts';

/** A value as the backend holds it; exact numbers that don't fit a JavaScript number are bigint or decimal strings. */
export type Raw = string | number | bigint | boolean | null;

/** One record of a system: flat, keyed by the column names (or dotted paths) that the mapping uses. */
export type Row = Readonly<Record<string, unknown>>;

/** The values of a key's columns, in the order of the key's columns. */
export type Key = readonly Raw[];

/**
 * A condition on one column; `in` takes a list, the others one value. `contains` looks for text, large or small letters alike.
 * Conditions are joined by AND.
 */
export type Condition =
  | { readonly column: string; readonly op: 'contains'; readonly value: string }
  | { readonly column: string; readonly op: 'in'; readonly value: readonly Raw[] }
  | { readonly column: string; readonly op: '=' | '>=' | '<'; readonly value: Raw };

export type Operator = Condition['op'];
export type Direction = 'asc' | 'desc';

/** One step of an order. */
export interface Order {
  readonly column: string;
  readonly direction: Direction;
}

/** Where a row stands in its list, in the source's own terms; it travels inside the client's cursor, so it must be JSON. */
export type Position = readonly (string | number | boolean | null)[];

/** What reaches a source beside the request itself. */
export interface Call {
  /** Aborted when nobody waits for the answer any more: the client went away or the time is up. */
  readonly signal: AbortSignal;
  /** The client's request, for logs. */
  readonly requestId: string;
  /** Who asks, as far as the gateway tells; undefined where it tells nothing. */
  readonly caller?: { readonly claims: Readonly<Record<string, unknown>> } | undefined;
  /** Where the spans of what it calls begin; undefined where nobody traces. */
  readonly trace?: Trace | undefined;
  /** Told of each real call to the system; undefined for what no client asked for, such as pings. */
  readonly observer?: CallObserver | undefined;
}

/** Rows whose key columns equal one of `keys`. Also reads children by a foreign key: a key may match many rows or none. */
export interface KeyRequest {
  readonly collection: string;
  /** The key's columns; every key has as many values. */
  readonly key: readonly string[];
  /** Distinct keys, at most `Source.batchSize` of them. */
  readonly keys: readonly Key[];
  /** The columns to read; the key's columns come along in any case. */
  readonly columns: readonly string[];
}

/** The whole list of each key's rows. */
export interface WholeListRequest extends KeyRequest {
  readonly where: readonly Condition[];
  /** Empty for any order. */
  readonly order: readonly Order[];
}

/** What a page and a top-N per parent have in common. */
export interface ListRequest {
  readonly collection: string;
  readonly columns: readonly string[];
  readonly where: readonly Condition[];
  /** Total: its last steps are the collection's key, so that no two rows are equal. */
  readonly order: readonly Order[];
  /** How many rows; 0 where only the count is asked for. */
  readonly first: number;
  readonly after: Position | undefined;
  /** Whether to count all that match, whatever `first` and `after`. */
  readonly count: boolean;
}

/** The first rows of each of several parents' lists. */
export interface TopRequest extends ListRequest {
  /** The columns that name the parent. */
  readonly parent: readonly string[];
  /** Distinct parents, at most `Source.batchSize` of them. */
  readonly parents: readonly Key[];
}

/** What the rows of several ranges come to. */
export interface TotalsRequest {
  readonly collection: string;
  readonly where: readonly Condition[];
  /** The column that the ranges are of. */
  readonly at: string;
  /** From a value on, up to but without another. Ranges may overlap. */
  readonly ranges: readonly { readonly from: Raw; readonly before: Raw }[];
  /** Only rows that are alike in these columns are added. */
  readonly by: readonly string[];
  /** The columns to add up. */
  readonly sums: readonly string[];
}

/** Rows of one range that are alike. */
export interface Totals {
  /** The place of the range among those of the request. */
  readonly range: number;
  /** How many there are, at least one. */
  readonly count: number;
  /** The columns of `by`, and those of `sums` with their exact sum; rows that hold nothing add nothing. */
  readonly row: Row;
}

/** Rows of a list, each with its position. */
export interface Page {
  readonly rows: readonly { readonly row: Row; readonly position: Position }[];
  readonly hasNext: boolean;
  /** Present when `count` was asked for. */
  readonly total?: number;
}

/** What a column holds, as far as the system says. A `moment` is one in time; a `datetime` is a clock on a wall, without a zone. */
export type ColumnType =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'moment'
  | 'list'
  | 'unknown';

/** What the system really has: columns by name, and faults that the source found in its own settings. */
export interface Description {
  readonly columns: ReadonlyMap<string, ColumnType>;
  /** What lists can be filtered by, whether records hold it or not. */
  readonly parameters?: ReadonlySet<string>;
  readonly faults: readonly string[];
}

/**
 * One system behind a subgraph. A few ways to read, one to check; nothing else is asked of a source, and each passes the
 * contract suite in `test/subgraphs/kit/source-contract.ts`.
 *
 * Errors: a `SystemError` when the system fails; an `InvalidCursorError` for a position it can't use.
 */
export interface Source {
  /** What kind of system, for health and logs: `sqlite`, `rest`, `soap`. */
  readonly kind: string;
  /** The most keys or parents in one call. */
  readonly batchSize: number;
  /** Rows by key, in any order; a key without a row is left out, a row may come twice. */
  byKey(request: KeyRequest, call: Call): Promise<readonly Row[]>;
  /**
   * The rows of each key, in the order of `keys`. Only of a source that knows which rows are a key's by more than the text of their
   * values (1 is 1.00 to a database), and that filters and orders such a list itself.
   */
  lists?(request: WholeListRequest, call: Call): Promise<readonly (readonly Row[])[]>;
  /** One page of a list. */
  page(request: ListRequest, call: Call): Promise<Page>;
  /** The first page of each parent's list, in the order of `parents`, in one call where the system can. */
  top(request: TopRequest, call: Call): Promise<readonly Page[]>;
  /**
   * What the rows of each range come to, in one call, in any order; a range without rows is left out. Only of a source that filters
   * and adds up itself, and exactly.
   */
  totals?(request: TotalsRequest, call: Call): Promise<readonly Totals[]>;
  /** Whether the system can look rows up by these columns. */
  canLookUp(collection: string, key: readonly string[]): boolean;
  /** Whether there are lists, below a parent when `parent` isn't empty; with `count`, whether they can be counted too. */
  canList(collection: string, parent: readonly string[], count: boolean): boolean;
  /** Whether such lists can be filtered so. */
  canFilter(collection: string, parent: readonly string[], column: string, op: Operator): boolean;
  /** Whether such lists can be ordered so. */
  canOrder(collection: string, parent: readonly string[], column: string, direction: Direction): boolean;
  /** What the system has, for the start-up check. `columns` are those the mapping uses. */
  describe(collection: string, columns: readonly string[], call: Call): Promise<Description>;
  /** How full its pool or limit is, for metrics. */
  load?(): PoolLoad | undefined;
  /** Answers when the system does; the cheapest question it has. */
  ping(call: Call): Promise<void>;
  /** Frees sockets, threads and files. */
  close(): Promise<void>;
}
