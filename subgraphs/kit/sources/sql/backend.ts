import { StartupError } from '../../errors.ts';
import type { Backend, TypeMapping } from '../../mapping.ts';
import type { ReadSetting, Setting } from '../../settings.ts';
import type { ColumnType, Source } from '../../source.ts';
import { SqlSource } from './source.ts';
import { openSqlite } from './sqlite.ts';

/** A SQL database and how it is mapped. */
export interface SqlOptions {
  /** What the system is called in health and logs. */
  readonly system: string;
  /** The database's URL: `sqlite:` and the path of a file. */
  readonly url: Setting;
  readonly types: Readonly<Record<string, SqlTypeMapping>>;
}

/** How a type stands in a database; without a table it is only pointed at. */
export interface SqlTypeMapping extends Omit<TypeMapping, 'records'> {
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

/** A subgraph over a SQL database. */
export function sql({ system, url, types }: SqlOptions): Backend {
  const tables = new Map<string, SqlTable>();
  const mappings: Record<string, TypeMapping> = {};
  for (const [name, { table, computed = {}, contributed, ...mapping }] of Object.entries(types)) {
    if (table !== undefined) tables.set(name, { table, computed });
    mappings[name] = { ...mapping, records: table === undefined ? 'none' : contributed ? 'contributed' : 'owned' };
  }
  return {
    system,
    settings: [url],
    types: mappings,
    connect: (read) => connect(url, read, tables),
  };
}

function connect(url: Setting, read: ReadSetting, tables: ReadonlyMap<string, SqlTable>): Source {
  const value = read(url);
  const path = /^sqlite:(.+)$/.exec(value)?.[1];
  if (path === undefined) {
    // The value may hold a password, so that only its scheme is repeated.
    throw new StartupError([
      `${url.variable}: expected ${url.expected}; got one that begins with "${value.split(':')[0]}:".`,
    ]);
  }
  return new SqlSource(openSqlite(path), tables);
}
