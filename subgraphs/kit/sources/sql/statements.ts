import { type RawBuilder, sql } from 'kysely';
import type { Condition, Key, ListRequest, Order, Raw, TopRequest } from '../../source.ts';
import type { Engine } from './engine.ts';
import type { SqlTable } from './options.ts';

type Sql = RawBuilder<unknown>;

/** The statements of the `sql` source, in SQL that SQLite, PostgreSQL and MariaDB understand alike. */
export class Statements {
  readonly #nulls: Engine['nulls'];
  readonly #neverNull = new Map<string, ReadonlySet<string>>();

  constructor(nulls: Engine['nulls']) {
    this.#nulls = nulls;
  }

  /** Remembers which columns of a table are never NULL: keyset conditions on those are shorter, and an index serves them. */
  learn(table: string, neverNull: readonly string[]): void {
    this.#neverNull.set(table, new Set(neverNull));
  }

  /** The rows with one of these keys. */
  byKey(table: SqlTable, key: readonly string[], keys: readonly Key[], columns: readonly string[]): Sql {
    return sql`select ${this.#columns(table, columns)} from ${sql.table(table.table)} where ${this.#isOneOf(table, key, keys)}`;
  }

  /**
   * One row more than a page, of the whole list or of each parent's. The first value of a row is its parent's place. A
   * parent has a SELECT with a LIMIT of its own, so that no more than its page is read, whatever it has (a window function
   * reads all of it).
   */
  lists(table: SqlTable, request: ListRequest, top: TopRequest | undefined, columns: readonly string[]): Sql {
    const { where, order, first, after } = request;
    const one = (place: number, parent: readonly Sql[]) => {
      const conditions = [...parent, ...where.map((each) => this.#condition(table, each))];
      if (after) conditions.push(this.#isAfter(table, order, after));
      return sql`select ${sql.lit(place)}, ${this.#columns(table, columns)} from ${sql.table(table.table)}${this.#where(conditions)} order by ${this.#order(table, order)} limit ${first + 1}`;
    };
    if (!top) return one(0, []);
    const each = top.parents.map((parent, place) => {
      return sql`select * from (${one(place, this.#isBelow(table, top.parent, parent))}) as ${sql.id(`p${place}`)}`;
    });
    return sql.join(each, sql` union all `);
  }

  /** How many rows match, of the whole list or of each parent's: its place and the count. */
  counts(table: SqlTable, { where }: ListRequest, top: TopRequest | undefined): Sql {
    const conditions = where.map((each) => this.#condition(table, each));
    const one = (place: number, parent: readonly Sql[]) =>
      sql`select ${sql.lit(place)}, count(*) from ${sql.table(table.table)}${this.#where([...parent, ...conditions])}`;
    if (!top) return one(0, []);
    return sql.join(
      top.parents.map((parent, place) => one(place, this.#isBelow(table, top.parent, parent))),
      sql` union all `,
    );
  }

  #isOneOf(table: SqlTable, key: readonly string[], keys: readonly Key[]): Sql {
    const [only] = key;
    if (only !== undefined && key.length === 1) {
      return sql`${this.#column(table, only)} in (${sql.join(keys.map(([value]) => sql`${value}`))})`;
    }
    const each = keys.map((values) => and(key.map((column, i) => sql`${this.#column(table, column)} = ${values[i]}`)));
    return or(each);
  }

  #isBelow(table: SqlTable, columns: readonly string[], parent: Key): Sql[] {
    return columns.map((column, i) => sql`${this.#column(table, column)} = ${parent[i]}`);
  }

  #condition(table: SqlTable, { column, op, value }: Condition): Sql {
    const name = this.#column(table, column);
    const bound = (raw: Raw) => sql`${comparable(table, column, raw)}`;
    if (op === 'in') return value.length === 0 ? sql`1 = 0` : sql`${name} in (${sql.join(value.map(bound))})`;
    if (value === null) return op === '=' ? sql`${name} is null` : sql`1 = 0`;
    return sql`${name} ${sql.raw(op)} ${bound(value)}`;
  }

  /**
   * The rows behind a position: behind it in the first step, or equal there and behind it in the next, and so on. The range
   * of the first step stands before the whole once more, since that is what makes an engine start in the middle of an index.
   */
  #isAfter(table: SqlTable, order: readonly Order[], after: NonNullable<ListRequest['after']>): Sql {
    const alternatives = order.map((step, i) =>
      and([
        ...order.slice(0, i).map((before, j) => this.#equals(table, before.column, after[j])),
        this.#isBehind(table, step, after[i]),
      ]),
    );
    const [first] = order;
    const mayBeNull = !first || after[0] === null || !this.#neverNull.get(table.table)?.has(first.column);
    if (mayBeNull) return or(alternatives);
    const range = sql`${this.#column(table, first.column)} ${sql.raw(first.direction === 'asc' ? '>=' : '<=')} ${after[0]}`;
    return and([range, or(alternatives)]);
  }

  #isBehind(table: SqlTable, { column, direction }: Order, value: unknown): Sql {
    const name = this.#column(table, column);
    const nullsFirst = (this.#nulls === 'smallest') === (direction === 'asc');
    if (value === null) return nullsFirst ? sql`${name} is not null` : sql`1 = 0`;
    const behind = sql`${name} ${sql.raw(direction === 'asc' ? '>' : '<')} ${value}`;
    return nullsFirst || this.#neverNull.get(table.table)?.has(column) ? behind : sql`(${behind} or ${name} is null)`;
  }

  #equals(table: SqlTable, column: string, value: unknown): Sql {
    const name = this.#column(table, column);
    return value === null ? sql`${name} is null` : sql`${name} = ${value}`;
  }

  #order(table: SqlTable, order: readonly Order[]): Sql {
    return sql.join(order.map(({ column, direction }) => sql`${this.#column(table, column)} ${sql.raw(direction)}`));
  }

  #where(conditions: readonly Sql[]): Sql {
    return conditions.length === 0 ? sql`` : sql` where ${and(conditions)}`;
  }

  #columns(table: SqlTable, columns: readonly string[]): Sql {
    return sql.join(columns.map((column) => this.#column(table, column)));
  }

  #column(table: SqlTable, column: string): Sql {
    const computed = table.computed[column];
    return computed ? sql`(${sql.raw(computed.sql)})` : sql.id(column);
  }
}

/** A column takes a value of another type for one of its own; an expression has no type of its own in every engine. */
function comparable({ computed }: SqlTable, column: string, value: Raw): Raw {
  const type = computed[column]?.type;
  if (type === 'integer' && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
  return type === 'text' && value !== null ? String(value) : value;
}

function and(conditions: readonly Sql[]): Sql {
  return sql.join(conditions, sql` and `);
}

function or(alternatives: readonly Sql[]): Sql {
  return sql`(${sql.join(
    alternatives.map((each) => sql`(${each})`),
    sql` or `,
  )})`;
}
