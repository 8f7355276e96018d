import type { TypeMapping } from '../../mapping.ts';
import type { Setting } from '../../settings.ts';
import type { ColumnType } from '../../source.ts';

/** A SQL database and how it is mapped. */
export interface SqlOptions {
  /** What the system is called in health and logs. */
  readonly system: string;
  /** The database's URL: `sqlite:` and the path of a file. */
  readonly url: Setting;
  readonly types: Readonly<Record<string, SqlTypeMapping>>;
}

/** How a type stands in a database; without a table it is only pointed at. */
export interface SqlTypeMapping extends Omit<TypeMapping, 'records' | 'filters'> {
  /** The table or view that holds its records. */
  readonly table?: string;
  /** Another subgraph owns the entity: a missing row is not a missing entity. */
  readonly contributed?: boolean;
  /** Columns that the database computes, by the names that the mapping gives them. */
  readonly computed?: Readonly<Record<string, ComputedColumn>>;
}

/** An SQL expression over a row of the table; it names the table's columns as `table.column` where that is needed. */
export interface ComputedColumn {
  readonly sql: string;
  readonly type: ColumnType;
}

/** A table as the source sees it. */
export interface SqlTable {
  readonly table: string;
  readonly computed: Readonly<Record<string, ComputedColumn>>;
}
