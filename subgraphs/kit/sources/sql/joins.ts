import { sql } from 'kysely';
import { SystemError } from '../../errors.ts';
import { conditionOn } from './conditions.ts';
import type { EngineTraits } from './engine.ts';
import { and, type Column, type Sql, type Table } from './table.ts';

/** What a statement reads from. */
export interface From {
  /** What stands behind `from`. */
  readonly sql: Sql;
  /** A column as it is called there. */
  of(column: Column): Column;
}

/**
 * The table and those joins that the columns need, with each row once for each value of `by`. `by` are the columns whose values are
 * given, `read` all others. Errors: SystemError when a column of a `many` join is read that isn't given: each of its rows would be
 * a row.
 */
export function fromClause(table: Table, by: readonly Column[], read: readonly Column[], traits: EngineTraits): From {
  const liesInMany = ({ needs }: Column) => needs.some((join) => multiplies(table, join));
  const given = by.filter(liesInMany);
  const multiplied = read.find((column) => liesInMany(column) && !given.some(({ name }) => name === column.name));
  if (multiplied) {
    const detail = `"${multiplied.name}" lies in a join with many rows: rows are found by it, it can't be read`;
    throw new SystemError('SYSTEM_FAILED', detail);
  }
  const links = inOrder(table, given);
  const isPlain = links.every((join) => isOnce(table, join, given));
  const beside = inOrder(table, isPlain ? [...by, ...read] : [...by, ...read].filter((column) => !liesInMany(column)));
  const parts = [sql.id(...table.path), ...beside.map((join) => joined(table, join, traits))];
  if (!isPlain) parts.push(linked(table, links, given, traits));
  return {
    sql: sql.join(parts, sql` `),
    of(column) {
      const place = isPlain ? -1 : given.findIndex(({ name }) => name === column.name);
      return place < 0 ? column : { ...column, sql: linkedBy(place) };
    },
  };
}

/** Whether a row may have several rows in this join, itself or since it hangs on one of which that is true. */
export function multiplies(table: Table, join: string): boolean {
  return chainOf(table, join).some((each) => table.join(each).many);
}

/** Whether rows are found by these columns, and their neighbours by theirs, without a scan. */
export function isIndexed(table: Table, by: readonly Column[], read: readonly Column[]): boolean {
  const leads = (join: string, column: string) => table.neighbour(join, column)?.held.leads;
  const joins = [...by, ...read].flatMap(({ needs }) => chainsOf(table, needs));
  return (
    by.some(({ held }) => held.leads) &&
    joins.every((join) => Object.keys(table.join(join).on).some((column) => leads(join, column)))
  );
}

/** Whether a neighbour has at most one row with certain values in these columns; undefined where nobody knows, as of a view. */
export function isUnique(table: Table, join: string, columns: readonly string[]): boolean | undefined {
  const { unique = [], uniqueOrNull = [] } = table.neighbours.get(join) ?? {};
  const sets = [...unique, ...uniqueOrNull];
  const fixed = Object.keys(table.join(join).where ?? {});
  return sets.length === 0 ? undefined : sets.some((set) => set.every((each) => [...columns, ...fixed].includes(each)));
}

function chainsOf(table: Table, joins: readonly string[]): string[] {
  return joins.flatMap((join) => chainOf(table, join));
}

/** The joins that a statement needs for one: itself and those before it that it hangs on. */
function chainOf(table: Table, join: string): string[] {
  const names = Object.keys(table.mapped.joins);
  const earlier = names.slice(0, names.indexOf(join));
  const ours = Object.values(table.join(join).on).map((column) => table.find(column)?.join);
  return [...earlier.filter((each) => ours.includes(each)).flatMap((each) => chainOf(table, each)), join];
}

/** The joins that a statement needs for these columns, in the mapping's order. */
function inOrder(table: Table, columns: readonly Column[]): string[] {
  const used = new Set(columns.flatMap(({ needs }) => chainsOf(table, needs)));
  return Object.keys(table.mapped.joins).filter((name) => used.has(name));
}

/** Whether a row has at most one row in a join, given the values of these columns. */
function isOnce(table: Table, join: string, given: readonly Column[]): boolean {
  const names = given.filter((column) => column.join === join).map(({ held }) => held.name);
  return isUnique(table, join, [...Object.keys(table.join(join).on), ...names]) === true;
}

function joined(table: Table, name: string, traits: EngineTraits): Sql {
  const { on, many } = table.join(name);
  const conditions = [
    ...Object.entries(on).map(([column, ours]) => sql`${theirs(table, name, column).sql} = ${table.column(ours).sql}`),
    ...conditionsOf(table, name, traits),
  ];
  return sql`${sql.raw(many ? 'inner' : 'left')} join ${neighbour(table, name)} on ${and(conditions)}`;
}

/** Two links that lead a row to the same value are one, or else the row would be there twice in one list. */
function linked(table: Table, links: readonly string[], given: readonly Column[], traits: EngineTraits): Sql {
  const inside: Sql[] = [];
  const outside: Sql[] = [];
  const names = given.map((column, i) => sql`${column.sql} as ${sql.id(`#by${i}`)}`);
  for (const link of links) {
    inside.push(...conditionsOf(table, link, traits));
    for (const [column, name] of Object.entries(table.join(link).on)) {
      const their = theirs(table, link, column).sql;
      const our = table.column(name);
      if (our.join !== undefined) inside.push(sql`${their} = ${our.sql}`);
      else {
        const on = `#on${outside.length}`;
        names.push(sql`${their} as ${sql.id(on)}`);
        outside.push(sql`${sql.id('#links', on)} = ${our.sql}`);
      }
    }
  }
  const tables = sql.join(links.map((link) => neighbour(table, link)));
  const where = inside.length === 0 ? sql`` : sql` where ${and(inside)}`;
  return sql`inner join (select distinct ${sql.join(names)} from ${tables}${where}) as ${sql.id('#links')} on ${and(outside)}`;
}

function linkedBy(place: number): Sql {
  return sql.id('#links', `#by${place}`);
}

/** What holds of every row of a join. */
export function conditionsOf(table: Table, name: string, traits: EngineTraits): Sql[] {
  return Object.entries(table.join(name).where ?? {}).map(([column, value]) =>
    conditionOn(theirs(table, name, column), { op: '=', value }, traits),
  );
}

function theirs(table: Table, join: string, column: string): Column {
  return table.neighbour(join, column) ?? table.column(`${join}.${column}`);
}

function neighbour(table: Table, join: string): Sql {
  return sql`${sql.id(...table.neighbourPath(join))} as ${sql.id(join)}`;
}
