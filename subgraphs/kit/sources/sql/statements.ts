import { sql } from 'kysely';
import type { ListRequest, Position } from '../../source.ts';
import { alwaysOf, arraysOf, comparedAs, conditionOn, equals, isOneOf, nothing, type SentKey } from './conditions.ts';
import type { EngineTraits } from './engine.ts';
import { fromClause } from './joins.ts';
import { type Part, partsBehind, Step } from './keyset.ts';
import { and, type Column, type Sql, type Table } from './table.ts';

/** Whose lists are read: the columns that name a parent and the parents, all of which fit. */
export interface Parents {
  readonly columns: readonly Column[];
  readonly keys: readonly SentKey[];
}

/** What is read of a list. */
export interface List extends WholeList {
  /** How many rows; undefined for all of them. */
  readonly first: number | undefined;
  readonly after: Position | undefined;
}

/** What is read of a list that has no pages. */
export type WholeList = Pick<ListRequest, 'where' | 'order'>;

/** What holds of the rows below a parent, by the columns that name it. */
type IsBelow = (by: readonly Column[]) => readonly Sql[];

/** Names that begin with # are made here: no mapping gives a table or a column such a one. */
const place = sql.id('#place');
const listedPlace = sql`${sql.id('#parents', '#place')} - 1`;

/** The statements of the `sql` source. */
export class Statements {
  readonly #traits: EngineTraits;

  constructor(traits: EngineTraits) {
    this.#traits = traits;
  }

  /** The rows of the parents' lists, whole, whosever they are. */
  any(table: Table, list: WholeList, { columns: by, keys }: Parents, columns: readonly Column[]): Sql {
    const { from, of, conditions } = this.#matching(table, list, by, columns);
    const all = [...conditions, isOneOf(by.map(of), keys, this.#traits)];
    const names = sql.join(columns.map((column) => of(column).sql));
    const order = stepsOf(table, list).map((step) => step.inOrder());
    return sql`select ${names} from ${from}${where(all)}${order.length === 0 ? sql`` : sql` order by ${sql.join(order)}`}`;
  }

  /** The rows of each parent's list, whole, in order; the first value of a row is its parent's place. */
  each(table: Table, list: WholeList, parents: Parents, columns: readonly Column[]): Sql {
    return this.tops(table, { ...list, first: undefined, after: undefined }, parents, columns);
  }

  /** One row more than a page. `columns` have those of the order among them. */
  page(table: Table, list: List, columns: readonly Column[]): Sql {
    return this.#rows(table, list, [], columns, () => []);
  }

  /**
   * One row more than a page of each parent's list, in order; the first value of a row is its parent's place. Each parent has a
   * SELECT with a LIMIT of its own, so that no more than its page is read, whatever it has (a window function reads all of it).
   * `columns` have those of the order among them.
   */
  tops(table: Table, list: List, parents: Parents, columns: readonly Column[]): Sql {
    const rows = (isBelow: IsBelow) => this.#rows(table, list, parents.columns, columns, isBelow);
    const steps = stepsOf(table, list);
    const order = sql`order by ${sql.join([place, ...outerOrder(steps, columns)])}`;
    if (this.#traits.perParent === 'lateral') {
      const each = rows(isListed);
      return sql`select ${listedPlace} as ${place}, ${sql.id('#rows')}.* from ${listed(parents)} cross join lateral (${each}) as ${sql.id('#rows')} ${order}`;
    }
    const selects = parents.keys.map((key, i) => {
      const alias = sql.id(`#${i}`);
      return sql`select ${sql.lit(i)} as ${place}, ${alias}.* from (${rows((by) => equals(by, key))}) as ${alias}`;
    });
    return sql`select * from (${union(selects)}) as ${sql.id('#rows')} ${order}`;
  }

  /** How many rows match, of the whole list or of each parent's: its place and the count; a parent without any may be left out. */
  counts(table: Table, list: List, parents: Parents | undefined): Sql {
    const { from, of, conditions } = this.#matching(table, list, parents?.columns ?? [], []);
    const one = (place: number, parent: readonly Sql[]) =>
      sql`select ${sql.lit(place)}, count(*) from ${from}${where([...parent, ...conditions])}`;
    if (!parents) return one(0, []);
    const by = parents.columns.map(of);
    if (this.#traits.perParent === 'lateral') {
      const all = [...isListed(by), ...conditions];
      return sql`select ${listedPlace}, count(*) from ${listed(parents)} cross join ${from}${where(all)} group by ${listedPlace}`;
    }
    return union(parents.keys.map((key, i) => one(i, equals(by, key))));
  }

  /** One row more than a page; `isBelow`: what holds of the rows below a parent. */
  #rows(table: Table, list: List, by: readonly Column[], columns: readonly Column[], isBelow: IsBelow): Sql {
    const steps = stepsOf(table, list);
    const { from, of, conditions } = this.#matching(table, list, by, columns);
    const names = columns.map((column, i) => sql`${of(column).sql} as ${sql.id(`#c${i}`)}`);
    const below = [...isBelow(by.map(of)), ...conditions];
    // All of them stand in order only outside.
    if (list.first === undefined) return sql`select ${sql.join(names)} from ${from}${where(below)}`;
    // A literal, since planners weigh it.
    const limit = sql.lit(list.first + 1);
    const select = ({ conditions: behind, order }: Part) =>
      sql`select ${sql.join(names)} from ${from}${where([...below, ...behind])} order by ${sql.join(order.map((step) => step.inOrder()))} limit ${limit}`;
    const parts = list.after ? partsBehind(steps, list.after, this.#traits) : [{ conditions: [], order: steps }];
    const [only = { conditions: [nothing], order: steps }] = parts;
    if (parts.length <= 1) return select(only);
    const selects = parts.map((part, i) => sql`select * from (${select(part)}) as ${sql.id(`#part${i}`)}`);
    return sql`select * from (${union(selects)}) as ${sql.id('#parts')} order by ${sql.join(outerOrder(steps, columns))} limit ${limit}`;
  }

  #matching(table: Table, { where: filter, order }: WholeList, by: readonly Column[], read: readonly Column[]) {
    const always = alwaysOf(table, this.#traits);
    const filters = filter.map(({ column: name, ...condition }) => {
      const column = table.column(name);
      return { column, sql: conditionOn(column, condition, this.#traits) };
    });
    const all = [...always, ...filters];
    const ordering = read.length === 0 ? [] : order.map(({ column }) => table.column(column));
    const used = [...read, ...ordering, ...all.map(({ column }) => column)];
    const { sql: from, of } = fromClause(table, by, used, this.#traits);
    return { from, of, conditions: all.map((each) => each.sql) };
  }
}

function stepsOf(table: Table, { order }: WholeList): Step[] {
  return order.map(({ column, direction }) => new Step(table.column(column), direction));
}

/** The order of a list, of the columns that a SELECT inside gives: what stands together from several comes in order by it alone. */
function outerOrder(steps: readonly Step[], columns: readonly Column[]): Sql[] {
  return steps.map((step) => step.inOrder(sql.id(`#c${columns.indexOf(step.column)}`)));
}

/** The parents as rows: their keys, and their places, which begin with 1. */
function listed({ columns, keys }: Parents): Sql {
  const names = sql.join([...columns.map((_column, i) => sql.id(`#key${i}`)), sql.id('#place')]);
  return sql`unnest(${arraysOf(columns, keys)}) with ordinality as ${sql.id('#parents')}(${names})`;
}

function isListed(by: readonly Column[]): Sql[] {
  return by.map((column, i) => sql`${comparedAs(column)} = ${sql.id('#parents', `#key${i}`)}`);
}

function union(selects: readonly Sql[]): Sql {
  return sql.join(selects, sql` union all `);
}

function where(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`` : sql` where ${and(conditions)}`;
}
