import { sql } from 'kysely';
import type { ColumnType } from '../../source.ts';
import { fitting, nothing } from './conditions.ts';
import type { EngineTraits } from './engine.ts';
import { conditionsOf, fromClause, isUnique, multiplies } from './joins.ts';
import { and, type Column, isNumeric, type Sql, type Table } from './table.ts';

/** Everything that a mapping may name, with what it holds; of the paths into JSON those that are `used`. */
export function columnsOf(table: Table, used: readonly string[]): ReadonlyMap<string, ColumnType> {
  const { described, neighbours, mapped } = table;
  const joined = [...neighbours].flatMap(([join, { columns }]) => columns.map(({ name }) => `${join}.${name}`));
  const names = [...joined, ...described.columns.map(({ name }) => name), ...Object.keys(mapped.computed), ...used];
  const columns = new Map<string, ColumnType>();
  for (const name of names) {
    const column = table.find(name);
    if (column) columns.set(name, column.path === undefined ? column.held.type : 'unknown');
  }
  return columns;
}

/** What the mapping says of the table and its neighbours that isn't so, each with its remedy. */
export function faultsOf(table: Table): string[] {
  const faults: string[] = [];
  for (const [name, value] of Object.entries(table.mapped.where)) {
    const column = table.find(name);
    if (!column) faults.push(`where: "${table.mapped.table}" has no column "${name}"`);
    else if (column.path !== undefined) faults.push(`where: "${name}" lies inside JSON, by which rows can't be found`);
    else if (column.join !== undefined && multiplies(table, column.join)) {
      faults.push(`where: "${name}" lies in a join with many rows; put the condition into that join's "where"`);
    } else if ([value].flat().some((each) => fitting(column, each) === undefined)) {
      faults.push(misfit('where', column));
    }
  }
  for (const [name, { joins = [] }] of Object.entries(table.mapped.computed)) {
    for (const join of joins) {
      if (!Object.hasOwn(table.mapped.joins, join))
        faults.push(`the computed column "${name}" names a join "${join}" that there is not`);
      else if (multiplies(table, join))
        faults.push(`the computed column "${name}" can't read "${join}", a join with many rows`);
    }
  }
  const names = [table.alias, ...Object.keys(table.mapped.joins)].map((name) => name.toLowerCase());
  for (const [i, join] of Object.keys(table.mapped.joins).entries()) {
    const same = names.indexOf(join.toLowerCase()) <= i;
    faults.push(...(same ? [`the name of the join "${join}" is taken; give it another`] : joinFaults(table, join)));
  }
  return faults;
}

/** Statements that show whether the database takes the joins and expressions of the mapping, without reading a row. */
export function trialsOf(table: Table, traits: EngineTraits): [what: string, query: Sql][] {
  const { joins, computed } = table.mapped;
  const joined = Object.entries(joins).flatMap(
    ([name, { on }]) => table.neighbour(name, Object.keys(on)[0] ?? '') ?? [],
  );
  const beside = joined.filter(({ join }) => join !== undefined && !multiplies(table, join));
  const trial = (column: Column, others: readonly Column[]) => {
    const { sql: from, of } = fromClause(table, [column], others, traits);
    return sql`select ${of(column).sql} from ${from} where ${nothing}`;
  };
  return [
    ...joined.map((column): [string, Sql] => [`the join "${column.join}"`, trial(column, [])]),
    // With the joins that it names, and with all: a name that a neighbour has too must be qualified.
    ...Object.keys(computed).flatMap((name) =>
      [[], beside].map((others): [string, Sql] => [`the computed column "${name}"`, trial(table.column(name), others)]),
    ),
  ];
}

/** Statements that find a row where a join multiplies rows: of views, of which no index says what they are unique by. */
export function doublesOf(table: Table, traits: EngineTraits): [fault: string, query: Sql][] {
  return Object.entries(table.mapped.joins).flatMap(([name, { on, many }]): [string, Sql][] => {
    const columns = Object.keys(on).flatMap((column) => table.neighbour(name, column) ?? []);
    if (many || isUnique(table, name, Object.keys(on)) !== undefined) return [];
    const names = sql.join(columns.map((column) => column.sql));
    const conditions = and([
      ...columns.map((column) => sql`${column.sql} is not null`),
      ...conditionsOf(table, name, traits),
    ]);
    const from = sql`${sql.id(...table.neighbourPath(name))} as ${sql.id(name)}`;
    const query = sql`select 1 from ${from} where ${conditions} group by ${names} having count(*) > 1 limit 1`;
    return [[severalRows(table, name), query]];
  });
}

function joinFaults(table: Table, name: string): string[] {
  const join = table.join(name);
  const neighbour = table.neighbours.get(name);
  if (!neighbour)
    return [
      `the join "${name}" leads to "${join.table}", a table or view that the database does not have, or that we may not read`,
    ];
  const on = Object.keys(join.on);
  if (on.length === 0)
    return [`the join "${name}" has no "on"; name a column of "${join.table}" and the one that it equals`];
  const fixed = Object.entries(join.where ?? {});
  const has = (column: string) => neighbour.columns.some((each) => each.name === column);
  const faults = [...on, ...fixed.map(([column]) => column)]
    .filter((column) => !has(column))
    .map((column) => `the join "${name}": "${join.table}" has no column "${column}"`);
  for (const [theirs, value] of fixed) {
    const column = table.neighbour(name, theirs);
    if (column && fitting(column, value) === undefined) faults.push(misfit(`the join "${name}"`, column));
  }
  const earlier = Object.keys(table.mapped.joins);
  earlier.splice(earlier.indexOf(name));
  for (const [theirs, ours] of Object.entries(join.on)) {
    const column = table.find(ours);
    const their = table.neighbour(name, theirs);
    if (!column || column.path !== undefined) {
      faults.push(`the join "${name}": "${table.mapped.table}" has no column "${ours}"`);
    } else if (column.join !== undefined && !earlier.includes(column.join)) {
      faults.push(`the join "${name}" needs "${ours}"; put the join "${column.join}" before it`);
    } else if (their && isOdd(their.held.type, column.held.type)) {
      const types = `${their.held.engineType}, "${ours}" ${column.held.engineType}`;
      faults.push(
        `the join "${name}": "${theirs}" is of type ${types}; a number equals many texts: compare a computed column that casts the one`,
      );
    }
  }
  if (faults.length > 0 || join.many) return faults;
  const isOnce = isUnique(table, name, on) ?? neighbour.isView;
  return isOnce ? [] : [severalRows(table, name)];
}

function severalRows(table: Table, name: string): string {
  const other = table.join(name).table;
  const { unique = [], uniqueOrNull = [] } = table.neighbours.get(name) ?? {};
  const [smallest] = [...unique, ...uniqueOrNull];
  const remedy = smallest
    ? `name all of ${smallest.map((column) => `"${column}"`).join(', ')} in its "on" or "where"`
    : `name what "${other}" is unique by in its "on" or "where", with a unique index where it is a table`;
  return `the join "${name}" may find several rows of "${other}" for one of "${table.mapped.table}", each of which would come once for each of them: ${remedy}, or say "many: true" if it is a table of links`;
}

/** Whether one side of a comparison is text and the other a number. */
function isOdd(a: ColumnType, b: ColumnType): boolean {
  return (a === 'text' && isNumeric(b)) || (b === 'text' && isNumeric(a));
}

function misfit(place: string, { name, held }: Column): string {
  return `${place}: "${name}" is of type ${held.engineType}, which can't hold the value that it should equal`;
}
