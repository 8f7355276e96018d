import type { CatalogTable, EngineTable, Values } from '../engine.ts';
import { comparison } from './fits.ts';
import { columnType } from './types.ts';

/**
 * The columns that we may read: table, number, name, whether it may be NULL, and of its type, which for a domain is the type that
 * it is made of: oid, whether it is an array, its labels, its name to cast to (without a length: a cast to `varchar(3)` cuts) and in full,
 * whether it takes every text as it is (`name` and "char" cut), and whether its values have an order.
 */
const columns = `
  select a.attrelid, a.attnum, a.attname, not (a.attnotnull or type.is_not_null) as nullable, type.oid, type.is_array,
    (select json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = type.oid) as labels,
    pg_catalog.format_type(type.oid, -1) as cast_type,
    pg_catalog.format_type(type.oid, coalesce(type.modifier, a.atttypmod)) as full_type, type.typcategory = 'S' and type.oid not in (18, 19) as is_text,
    type.typtype in ('e', 'r', 'm') or type.is_array or exists (select from pg_catalog.pg_opclass o join pg_catalog.pg_am m on m.oid = o.opcmethod
      where m.amname = 'btree' and o.opcdefault and (o.opcintype = type.oid or exists (select from pg_catalog.pg_cast c
        where c.castsource = type.oid and c.casttarget = o.opcintype and c.castmethod = 'b' and c.castcontext = 'i'))) as is_ordered
  from pg_catalog.pg_attribute a
  cross join lateral (
    with recursive made_of as (
      select t.*, null::int as modifier, t.typnotnull as is_not_null from pg_catalog.pg_type t where t.oid = a.atttypid
      union all
      select t.*, m.typtypmod, t.typnotnull or m.is_not_null from pg_catalog.pg_type t join made_of m on t.oid = m.typbasetype)
    select oid, typtype, typcategory, typcategory = 'A' as is_array, modifier, is_not_null from made_of where typtype <> 'd') type
  where a.attnum > 0 and not a.attisdropped and pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'select')`;

/** What can be read like a table: also partitioned and foreign ones, views, materialized ones. */
const readable = `c.relkind in ('r', 'p', 'f', 'v', 'm')
  and pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_any_column_privilege(c.oid, 'select')`;

/** The names of numbered columns, as a list in JSON. */
const named = (table: string, numbers: string) => `(select json_agg(a.attname order by k.place)
  from unnest(${numbers}) with ordinality as k (number, place)
  join pg_catalog.pg_attribute a on a.attrelid = ${table} and a.attnum = k.number)`;

/** The column sets of unique indexes: those without a column that may be NULL, or those with one. */
const uniqueSets = (
  nullable: 'exists' | 'not exists',
) => `(select json_agg(${named('i.indrelid', 'i.key')} order by i.indisprimary desc, i.indnkeyatts, i.indexrelid) from indexes i
      where i.indisunique and 0 <> all (i.key)
        and (found.relkind = 'p' or not exists (select from pg_catalog.pg_inherits where inhparent = found.oid))
        and ${nullable} (select from pg_catalog.pg_attribute a
          where a.attrelid = i.indrelid and a.attnum = any (i.key) and not a.attnotnull))`;

/**
 * A table by its name, `$1`: on the search path, or with its schema before it. The first columns of indexes: those that find a row
 * by a value. Unique: no expression, no condition, no column that may be NULL; a table that others inherit from has none, since its
 * indexes don't cover their rows.
 */
export const describeTable = `
  with found as (
    select c.oid, c.relkind, n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where ((c.relname = $1::text and pg_catalog.pg_table_is_visible(c.oid)) or n.nspname || '.' || c.relname = $1::text) and ${readable}
    order by c.relname = $1::text desc limit 1),
  indexes as (
    select i.*, (i.indkey::int2[])[0:i.indnkeyatts - 1] as key, m.amname from found
    join pg_catalog.pg_index i on i.indrelid = found.oid join pg_catalog.pg_class c on c.oid = i.indexrelid
    join pg_catalog.pg_am m on m.oid = c.relam where i.indisvalid and i.indpred is null)
  select col.attname, col.oid, col.is_array, col.labels, col.cast_type, col.nullable,
    exists (select from indexes i where i.key[1] = col.attnum and i.amname in ('btree', 'hash')) as leads,
    ${uniqueSets('not exists')} as unique_sets,
    found.nspname, found.relname, col.is_text, col.is_ordered,
    found.relkind in ('v', 'm', 'f') or exists (select from pg_catalog.pg_inherits where inhparent = found.oid) as is_view,
    ${uniqueSets('exists')} as unique_or_null
  from found join (${columns}) col on col.attrelid = found.oid order by col.attnum`;

/** Every table that we may read, but the server's own and the parts of partitioned ones; its columns and foreign keys in JSON. */
export const listTables = `
  select n.nspname, c.relname, c.relkind in ('v', 'm') as is_view,
    (select json_agg(json_build_array(col.attname, col.oid::bigint, col.is_array, col.labels, col.full_type, col.nullable,
      pg_catalog.col_description(c.oid, col.attnum)) order by col.attnum) from (${columns}) col where col.attrelid = c.oid),
    (select ${named('c.oid', 'k.conkey')} from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype = 'p'),
    (select json_agg(json_build_array(${named('c.oid', 'k.conkey')}, tn.nspname, t.relname, ${named('t.oid', 'k.confkey')}) order by k.conname)
      from pg_catalog.pg_constraint k join pg_catalog.pg_class t on t.oid = k.confrelid
      join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0),
    case when c.relkind <> 'v' and c.reltuples >= 0 then c.reltuples::bigint end,
    pg_catalog.obj_description(c.oid, 'pg_class')
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where ${readable} and not c.relispartition and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  order by n.nspname, c.relname`;

/** What `describeTable` answers; undefined where it has found nothing. */
export function toTable(rows: readonly Values[]): EngineTable | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const [unique, schema, name, , , isView, uniqueOrNull] = first.slice(7);
  return {
    path: [String(schema), String(name)],
    columns: rows.map(([name, oid, array, labels, castType, nullable, leads, , , , isText, isOrdered]) => {
      const [isArray, among] = [Boolean(array), (labels as string[] | null) ?? undefined];
      const flags = { isText: Boolean(isText), isOrdered: Boolean(isOrdered) };
      const compared = comparison({ oid: Number(oid), isArray, labels: among, ...flags });
      return {
        name: String(name),
        type: columnType(Number(oid), isArray),
        engineType: String(castType),
        nullable: Boolean(nullable),
        // An index on a column finds nothing by the column's text.
        leads: Boolean(leads) && !compared.comparedAsText,
        ...compared,
      };
    }),
    unique: (unique as string[][] | null) ?? [],
    uniqueOrNull: (uniqueOrNull as string[][] | null) ?? [],
    isView: Boolean(isView),
  };
}

/** What a row of `listTables` tells. */
export function toCatalogTable(row: Values): CatalogTable {
  const [schema, name, isView, columnRows, primaryKey, foreignKeys, rows, comment] = row;
  return {
    schema: String(schema),
    name: String(name),
    kind: isView ? 'view' : 'table',
    columns: (columnRows as Values[]).map(([column, oid, isArray, labels, fullType, nullable, words]) => ({
      name: String(column),
      type: columnType(Number(oid), Boolean(isArray)),
      engineType: String(fullType),
      nullable: Boolean(nullable),
      values: (labels as string[] | null) ?? undefined,
      comment: (words as string | null) ?? undefined,
    })),
    primaryKey: (primaryKey as string[] | null) ?? [],
    foreignKeys: ((foreignKeys as [string[], string, string, string[]][] | null) ?? []).map(
      ([ours, theirSchema, table, theirs]) => ({ columns: ours, schema: theirSchema, table, theirs }),
    ),
    rows: (rows as number | null) ?? undefined,
    comment: (comment as string | null) ?? undefined,
  };
}
