import type { AnyContract, AnyFields, FieldsOf, TypeMapping } from '../../forms.ts';
import type { Setting } from '../../settings.ts';
import type { ColumnType, Raw } from '../../source.ts';

/** A SQL database and how it is mapped. */
export interface SqlOptions<Contract = AnyContract> {
  /** What the system is called in health and logs. */
  readonly system: string;
  /** The database's URL: `postgres://…`, `mariadb://…`, `mysql://…`, or `sqlite:` and the path of a file. */
  readonly url: Setting;
  /** The user, where it doesn't stand in the URL. */
  readonly user?: Setting;
  /** The password, where it doesn't stand in the URL. */
  readonly password?: Setting;
  /** The most connections to a database server. @default 10 */
  readonly poolSize?: number;
  readonly types: string extends keyof Contract
    ? Readonly<Record<string, SqlTypeMapping>>
    : { readonly [Type in keyof Contract]?: SqlTypeMapping<FieldsOf<Contract, Type>> };
}

/** How a type stands in a database; without a table it is only pointed at. */
export interface SqlTypeMapping<Fields = AnyFields> extends Omit<TypeMapping<Fields>, 'records'> {
  /** The table or view that holds its records; `schema.table` where it is not on the search path. */
  readonly table?: string;
  /** Another subgraph owns the entity: a missing row is not a missing entity. */
  readonly contributed?: boolean;
  /**
   * Neighbouring tables, by the names that the mapping gives them; their columns are then called `name.column`. Each row has at
   * most one row there, unless `many` says otherwise.
   */
  readonly joins?: Readonly<Record<string, Join>>;
  /** Columns that the database computes, by the names that the mapping gives them. */
  readonly computed?: Readonly<Record<string, ComputedColumn>>;
  /** What holds of every row that there is for clients: a tenant, no mark of deletion. A list is one of several values. */
  readonly where?: Readonly<Record<string, Raw | readonly Raw[] | Setting>>;
}

/** A neighbouring table (a lookup table of codes, the other half of a record, a table of links). */
export interface Join {
  readonly table: string;
  /** The neighbour's columns and those of this table, or of a join named before (`name.column`), that they equal. */
  readonly on: Readonly<Record<string, string>>;
  /** A row may have several rows there: a table of links, whose columns only serve to be pointed at by `many()`. */
  readonly many?: true;
  /** What holds of every row there. */
  readonly where?: Readonly<Record<string, Raw>>;
}

/**
 * An SQL expression over a row of the table; it names the table's columns as `table.column` where that is needed. One of type
 * `list` gives JSON.
 */
export interface ComputedColumn {
  readonly sql: string;
  /** The joins that the expression names. */
  readonly joins?: readonly string[];
  readonly type: ColumnType;
}

/** A table as the source sees it. */
export interface SqlTable {
  readonly table: string;
  readonly joins: Readonly<Record<string, Join>>;
  readonly computed: Readonly<Record<string, ComputedColumn>>;
  /** With the settings read. */
  readonly where: Readonly<Record<string, Raw | readonly Raw[]>>;
}
