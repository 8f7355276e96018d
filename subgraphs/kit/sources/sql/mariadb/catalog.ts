import type { CatalogColumn, CatalogForeignKey, CatalogTable, EngineTable, Values } from '../engine.ts';
import { comparison } from './fits.ts';
import { columnType, foldsText, labelsOf } from './types.ts';

/** Asks the server. */
export type Read = (sql: string, parameters: readonly unknown[]) => Promise<readonly Values[]>;

const mayRead = `find_in_set('select', c.privileges) > 0`;

/** The columns of a table, by its schema and name, that we may read. */
const columnsOf = `
  select c.column_name, c.data_type, c.column_type, c.character_set_name, c.collation_name, c.is_nullable = 'YES',
    (select t.table_type = 'VIEW' from information_schema.tables t where t.table_schema = c.table_schema and t.table_name = c.table_name)
  from information_schema.columns c
  where c.table_schema = ? and c.table_name = ? and ${mayRead} order by c.ordinal_position`;

/** The columns of a table's indexes that find rows by a value, in their order; `sub_part`: only the beginning is in the index. */
const indexesOf = `
  select s.index_name, s.non_unique = 0, s.column_name, s.sub_part is null from information_schema.statistics s
  where s.table_schema = ? and s.table_name = ? and s.index_type in ('BTREE', 'HASH')
  order by s.index_name <> 'PRIMARY', s.index_name, s.seq_in_index`;

/** A table of the database or, with its schema before it, of another; undefined when there is none that we may read. */
export async function describeTable(name: string, database: string, read: Read): Promise<EngineTable | undefined> {
  for (const path of pathsOf(name)) {
    const place = [path.length > 1 ? path[0] : database, path.at(-1)];
    const [columns, indexes] = await Promise.all([read(columnsOf, place), read(indexesOf, place)]);
    if (columns.length > 0) return { path, ...toTable(columns, indexes) };
  }
  return undefined;
}

/** Every table and view that we may read, outside the server's own schemas. */
export async function listTables(database: string, read: Read): Promise<readonly CatalogTable[]> {
  const [columns, keys] = await Promise.all([read(allColumns, [database]), read(allKeys, [database, database])]);
  const tables = Map.groupBy(columns, ([schema, table]) => JSON.stringify([schema, table]));
  const keysOf = Map.groupBy(keys, ([schema, table]) => JSON.stringify([schema, table]));
  return [...tables].map(([place, rows]) => toCatalogTable(rows, keysOf.get(place) ?? []));
}

const own = `('mysql', 'information_schema', 'performance_schema', 'sys')`;

const allColumns = `
  select nullif(t.table_schema, ?), t.table_name, t.table_type = 'VIEW', t.table_rows, t.table_comment,
    c.column_name, c.data_type, c.column_type, c.collation_name, c.is_nullable = 'YES', c.column_comment
  from information_schema.tables t
  join information_schema.columns c on c.table_schema = t.table_schema and c.table_name = t.table_name
  where t.table_schema not in ${own} and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW') and ${mayRead}
  order by t.table_schema, t.table_name, c.ordinal_position`;

/** Of the primary key and of foreign keys, their columns and those that they name. */
const allKeys = `
  select nullif(k.table_schema, ?), k.table_name, k.constraint_name, k.column_name,
    nullif(k.referenced_table_schema, ?), k.referenced_table_name, k.referenced_column_name
  from information_schema.key_column_usage k
  where k.table_schema not in ${own} and (k.constraint_name = 'PRIMARY' or k.referenced_table_name is not null)
  order by k.table_schema, k.table_name, k.constraint_name, k.ordinal_position`;

/** What a name may mean: a table of the database, which may have dots in its name, or one of another schema. */
function pathsOf(name: string): string[][] {
  const dots = [...name.matchAll(/\./g)].map(({ index }) => index);
  return [[name], ...dots.map((dot) => [name.slice(0, dot), name.slice(dot + 1)])];
}

function toTable(columns: readonly Values[], indexes: readonly Values[]): EngineTable {
  const found = columns.map(([name, dataType, type, charset, collation, nullable]) => ({
    name: String(name),
    type: columnType(String(dataType), text(collation)),
    engineType: String(dataType),
    nullable: Boolean(nullable),
    leads: false,
    // Enumerations stand in the order of their labels' places, but are compared as texts.
    ...(labelsOf(String(type)) && { ordersAsText: true as const }),
    // Shapes on a map, and whatever the server has that we don't know.
    ...(columnType(String(dataType), undefined) === 'unknown' && { comparable: false as const }),
    ...(foldsText(String(dataType), text(collation)) && { foldsText: true as const }),
    ...comparison({ dataType: String(dataType), type: String(type), charset: text(charset) }),
  }));
  const sets = [...Map.groupBy(indexes, ([index]) => index).values()];
  const leading = new Set(sets.map(([first]) => first?.[2]));
  const required = new Set(found.filter(({ nullable }) => !nullable).map(({ name }) => name));
  const unique = sets
    .filter((set) => set.every(([, isUnique, , whole]) => isUnique && whole))
    .map((set) => set.map(([, , name]) => String(name)));
  const neverNull = (set: readonly string[]) => set.every((name) => required.has(name));
  return {
    columns: found.map((column) => ({ ...column, leads: leading.has(column.name) })),
    unique: unique.filter(neverNull),
    uniqueOrNull: unique.filter((set) => !neverNull(set)),
    isView: Boolean(columns[0]?.[6]),
  };
}

function toCatalogTable(rows: readonly Values[], keys: readonly Values[]): CatalogTable {
  const [schema, name, isView, estimate, comment] = rows[0] ?? [];
  const named = Map.groupBy(keys, ([, , key]) => String(key));
  const primary = named.get('PRIMARY') ?? [];
  named.delete('PRIMARY');
  return {
    schema: text(schema),
    name: String(name),
    kind: isView ? 'view' : 'table',
    columns: rows.map(toCatalogColumn),
    primaryKey: primary.map(([, , , column]) => String(column)),
    foreignKeys: [...named.values()].map(toForeignKey),
    rows: isView || estimate === null ? undefined : Number(estimate),
    // Of a view it is the word VIEW.
    comment: isView ? undefined : text(comment),
  };
}

function toCatalogColumn(row: Values): CatalogColumn {
  const [name, dataType, type, collation, nullable, comment] = row.slice(5);
  return {
    name: String(name),
    type: columnType(String(dataType), text(collation)),
    engineType: String(type),
    nullable: Boolean(nullable),
    values: dataType === 'enum' ? labelsOf(String(type)) : undefined,
    comment: text(comment),
  };
}

function toForeignKey(columns: readonly Values[]): CatalogForeignKey {
  return {
    columns: columns.map(([, , , column]) => String(column)),
    schema: text(columns[0]?.[4]),
    table: String(columns[0]?.[5]),
    theirs: columns.map((column) => String(column[6])),
  };
}

function text(value: unknown): string | undefined {
  return value === null || value === undefined || value === '' ? undefined : String(value);
}
