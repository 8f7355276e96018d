import type { ColumnType, Raw } from '../../../source.ts';
import type { CatalogForeignKey, CatalogTable, EngineColumn, EngineTable, Values } from '../engine.ts';

/** Runs a statement on the database. */
type Run = (sql: string, parameters: readonly Raw[]) => Promise<readonly Values[]>;

interface Column {
  readonly name: string;
  readonly declared: string;
  readonly notNull: boolean;
  /** Its place in the primary key, from 1. */
  readonly inKey: number;
}

/** An index that has all rows: the names of its columns, of expressions undefined. */
interface Index {
  readonly unique: boolean;
  /** Whether it was made for the primary key. */
  readonly ofKey: boolean;
  readonly columns: (string | undefined)[];
}

/** What a table or view of a SQLite file holds; undefined when there is none. A name with a dot may be `schema.table`. */
export async function readSqliteTable(table: string, run: Run): Promise<EngineTable | undefined> {
  const exact = await readTable(undefined, table, run);
  const dot = table.indexOf('.');
  if (exact || dot < 0) return exact && { ...exact, path: [table] };
  return readTable(table.slice(0, dot), table.slice(dot + 1), run);
}

/** The file's tables and views, but SQLite's own. */
export async function readSqliteCatalog(run: Run): Promise<CatalogTable[]> {
  const tables = await run(
    `select name, type from pragma_table_list
    where schema = 'main' and type in ('table', 'view', 'virtual') and name not like 'sqlite\\_%' escape '\\' order by name`,
    [],
  );
  return Promise.all(
    tables.map(async ([name, type]): Promise<CatalogTable> => {
      const table = String(name);
      const columns = await readColumns(undefined, table, run);
      const described = await readTable(undefined, table, run);
      return {
        schema: undefined,
        name: table,
        kind: type === 'view' ? 'view' : 'table',
        columns: (described?.columns ?? []).map(({ name: column, type: holds, engineType, nullable }) => {
          return { name: column, type: holds, engineType, nullable, values: undefined, comment: undefined };
        }),
        primaryKey: primaryKeyOf(columns),
        foreignKeys: await readForeignKeys(table, run),
        rows: undefined,
        comment: undefined,
      };
    }),
  );
}

async function readTable(schema: string | undefined, table: string, run: Run): Promise<EngineTable | undefined> {
  const columns = await readColumns(schema, table, run);
  if (columns.length === 0) return undefined;
  const indexes = await readIndexes(schema, table, run);
  const [kind] = await run('select type from pragma_table_list where name = ? and schema = ?', [
    table,
    schema ?? 'main',
  ]);
  const key = primaryKeyOf(columns);
  // A primary key without an index of its own is the row's number, which is never NULL; others may be NULL in SQLite.
  const isRowid = key.length === 1 && !indexes.some(({ ofKey }) => ofKey);
  if (isRowid) indexes.push({ unique: true, ofKey: true, columns: key });
  const neverNull = new Set(columns.filter(({ notNull }) => notNull).map(({ name }) => name));
  if (isRowid) neverNull.add(key[0] as string);
  const unique = indexes
    .filter((index) => index.unique && index.columns.every((name) => name !== undefined))
    .sort((a, b) => Number(b.ofKey) - Number(a.ofKey))
    .map((index) => index.columns as string[]);
  const isNeverNull = (set: readonly string[]) => set.every((name) => neverNull.has(name));
  return {
    columns: columns.map(({ name, declared }): EngineColumn => {
      return {
        name,
        type: columnType(declared),
        engineType: declared,
        nullable: !neverNull.has(name),
        leads: indexes.some((index) => index.columns[0] === name),
        fits,
      };
    }),
    unique: unique.filter(isNeverNull),
    uniqueOrNull: unique.filter((set) => !isNeverNull(set)),
    isView: kind?.[0] === 'view' || kind?.[0] === 'virtual',
  };
}

async function readColumns(schema: string | undefined, table: string, run: Run): Promise<Column[]> {
  const rows = await run('select name, type, "notnull", pk from pragma_table_xinfo(?, ?) where hidden <> 1', [
    table,
    schema ?? null,
  ]);
  return rows.map(([name, declared, notNull, inKey]) => {
    return { name: String(name), declared: String(declared), notNull: Boolean(notNull), inKey: Number(inKey) };
  });
}

async function readIndexes(schema: string | undefined, table: string, run: Run): Promise<Index[]> {
  const rows = await run(
    `select list.name, list."unique", list.origin, info.name from pragma_index_list(?1, ?2) as list, pragma_index_info(list.name, ?2) as info
    where list.partial = 0 order by list.seq, info.seqno`,
    [table, schema ?? null],
  );
  const indexes = new Map<unknown, Index>();
  for (const [index, unique, origin, column] of rows) {
    const known = indexes.get(index) ?? { unique: Boolean(unique), ofKey: origin === 'pk', columns: [] };
    known.columns.push(column === null ? undefined : String(column));
    indexes.set(index, known);
  }
  return [...indexes.values()];
}

async function readForeignKeys(table: string, run: Run): Promise<CatalogForeignKey[]> {
  const rows = await run('select id, "table", "from", "to" from pragma_foreign_key_list(?) order by id, seq', [table]);
  const keys = new Map<unknown, { columns: string[]; schema: undefined; table: string; theirs: string[] }>();
  for (const [id, other, ours, theirs] of rows) {
    const key = keys.get(id) ?? { columns: [], schema: undefined, table: String(other), theirs: [] };
    key.columns.push(String(ours));
    if (theirs !== null) key.theirs.push(String(theirs));
    keys.set(id, key);
  }
  // One that names no columns means the other table's primary key.
  const whole = [...keys.values()].map(async (key) => {
    return key.theirs.length > 0 ? key : { ...key, theirs: primaryKeyOf(await readColumns(undefined, key.table, run)) };
  });
  return Promise.all(whole);
}

function primaryKeyOf(columns: readonly Column[]): string[] {
  const key = columns.filter(({ inKey }) => inKey > 0);
  return key.sort((a, b) => a.inKey - b.inKey).map(({ name }) => name);
}

/** SQLite compares values of any type with any column, but has no whole numbers of more than 64 bits. */
function fits(value: Raw): boolean {
  return typeof value !== 'bigint' || BigInt.asIntN(64, value) === value;
}

/** The type in a column's declaration (SQLite, "Datatypes In SQLite", 3.1). SQLite holds decimals as floats, so it has none. */
function columnType(declared: string): ColumnType {
  const type = declared.toUpperCase();
  // The reader parses what is declared as JSON, which SQLite itself keeps as text.
  if (type === '' || type === 'JSON') return 'unknown';
  if (type.includes('INT')) return 'integer';
  if (type.includes('CHAR') || type.includes('TEXT') || type.includes('CLOB')) return 'text';
  if (type.includes('BOOL')) return 'boolean';
  if (type.includes('DATETIME') || type.includes('TIMESTAMP')) return 'datetime';
  if (type.includes('DATE')) return 'date';
  return 'float';
}
