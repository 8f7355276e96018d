import { sql } from 'kysely';
import { SystemError } from '../../errors.ts';
import { conditionOn } from './conditions.ts';
import type { EngineTraits } from './engine.ts';
import type { Join } from './options.ts';
import { and, type Column, type Sql, type Table } from './table.ts';

/**
 * What stands behind `from`: the table and those joins that the columns need. `by` are the columns whose values are given, `read`
 * all others. Errors: SystemError when a column of a `many` join is read of which none is given: each of its rows would be a row.
 */
export function fromClause(table: Table, by: readonly Column[], read: readonly Column[], traits: EngineTraits): Sql {
  const given = new Set(by.flatMap(({ needs }) => chainsOf(table, needs)));
  const multiplied = read.find(({ needs }) => needs.some((join) => !given.has(join) && multiplies(table, join)));
  if (multiplied) {
    const detail = `"${multiplied.name}" lies in a join with many rows: rows are found by it, it can't be read`;
    throw new SystemError('SYSTEM_FAILED', detail);
  }
  const used = new Set([...given, ...read.flatMap(({ needs }) => chainsOf(table, needs))]);
  const joins = Object.entries(table.mapped.joins).filter(([name]) => used.has(name));
  const columns = [...by, ...read];
  return sql.join(
    [sql.id(...table.path), ...joins.map(([name, join]) => joined(table, name, join, columns, traits))],
    sql` `,
  );
}

/** Whether a row may have several rows in this join, itself or since it hangs on one of which that is true. */
export function multiplies(table: Table, join: string): boolean {
  return chainOf(table, join).some((each) => table.mapped.joins[each]?.many);
}

/** Whether rows are found by these columns, and their neighbours by theirs, without a scan. */
export function isIndexed(table: Table, by: readonly Column[], read: readonly Column[]): boolean {
  const leads = (join: string, column: string) => table.neighbour(join, column)?.held.leads;
  const joins = [...by, ...read].flatMap(({ needs }) => chainsOf(table, needs));
  return (
    by.some(({ held }) => held.leads) &&
    joins.every((join) => Object.keys(table.mapped.joins[join]?.on ?? {}).some((column) => leads(join, column)))
  );
}

/** Whether a neighbour has at most one row with certain values in these columns; undefined where nobody knows, as of a view. */
export function isUnique(table: Table, join: string, columns: readonly string[]): boolean | undefined {
  const sets = table.neighbours.get(join)?.unique ?? [];
  const fixed = Object.entries(table.mapped.joins[join]?.where ?? {}).map(([column]) => column);
  return sets.length === 0 ? undefined : sets.some((set) => set.every((each) => [...columns, ...fixed].includes(each)));
}

function chainsOf(table: Table, joins: readonly string[]): string[] {
  return joins.flatMap((join) => chainOf(table, join));
}

/** The joins that a statement needs for one: itself and those before it that it hangs on. */
function chainOf(table: Table, join: string): string[] {
  const names = Object.keys(table.mapped.joins);
  const earlier = names.slice(0, names.indexOf(join));
  const ours = Object.values(table.mapped.joins[join]?.on ?? {}).map((column) => table.find(column)?.join);
  return [...earlier.filter((each) => ours.includes(each)).flatMap((each) => chainOf(table, each)), join];
}

function joined(table: Table, name: string, join: Join, columns: readonly Column[], traits: EngineTraits): Sql {
  const { on, where = {}, many } = join;
  const theirs = (column: string) => table.neighbour(name, column) ?? table.column(`${name}.${column}`);
  const conditions = [
    ...Object.entries(on).map(([column, ours]) => sql`${theirs(column).sql} = ${table.column(ours).sql}`),
    ...Object.entries(where).map(([column, value]) => conditionOn(theirs(column), { op: '=', value }, traits)),
  ];
  const path = sql.id(...table.neighbourPath(name));
  if (!many) return sql`left join ${path} as ${sql.id(name)} on ${and(conditions)}`;
  const used = columns.filter((column) => column.join === name).map(({ held }) => held.name);
  const all = [...new Set([...Object.keys(on), ...used, ...Object.keys(where), ...neededOf(table, name)])];
  // Two equal links are one, or else a row would be there twice in one list.
  const once = sql`(select distinct ${sql.join(all.map((column) => sql.id(column)))} from ${path})`;
  const links = isUnique(table, name, all) ? path : once;
  return sql`inner join ${links} as ${sql.id(name)} on ${and(conditions)}`;
}

/** The columns of a join by which others hang on it. */
function neededOf(table: Table, join: string): string[] {
  const ours = Object.values(table.mapped.joins).flatMap(({ on }) => Object.values(on));
  return ours.flatMap((name) => {
    const column = table.find(name);
    return column?.join === join ? [column.held.name] : [];
  });
}
