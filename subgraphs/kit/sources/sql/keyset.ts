import { sql } from 'kysely';
import { InvalidCursorError } from '../../errors.ts';
import type { Direction, Position } from '../../source.ts';
import { comparedAs, fitting } from './conditions.ts';
import type { EngineTraits } from './engine.ts';
import type { Column, Sql } from './table.ts';

/** One step of an order. */
export class Step {
  readonly column: Column;
  readonly direction: Direction;

  constructor(column: Column, direction: Direction) {
    this.column = column;
    this.direction = direction;
  }

  /** What is ordered by and compared with a position. */
  get sql(): Sql {
    return this.of(this.column.sql);
  }

  /** The same of what a SELECT inside calls the column. */
  of(name: Sql): Sql {
    return this.column.held.ordersAsText ? sql`concat(${name})` : comparedAs(this.column, name);
  }

  /** The step as it stands in ORDER BY. */
  inOrder(name: Sql = this.column.sql): Sql {
    return sql`${this.of(name)} ${sql.raw(this.direction)}`;
  }
}

/** Rows of a list that stand together: what is true of them, and what they are ordered by. */
export interface Part {
  readonly conditions: readonly Sql[];
  readonly order: readonly Step[];
}

/**
 * The rows behind a position, in parts that follow one another in the list: those equal in the first step and behind in the
 * rest, then those behind in the first step, then, where NULL comes last, those without a value. Each part is some columns that
 * equal something and at most one range, so that an index on the order's columns is entered where the part begins, NULL or not,
 * and a page costs the same at any depth (one condition with OR would read all rows from the first step's ties on). What is
 * equal in all rows of a part is not ordered by, since MariaDB would sort them all.
 *
 * Errors: InvalidCursorError when the position can't be one of this order.
 */
export function partsBehind(steps: readonly Step[], after: Position, traits: EngineTraits): readonly Part[] {
  if (after.length !== steps.length) throw new InvalidCursorError();
  const values = steps.map(({ column }, i) => {
    const value = fitting(column, after[i] ?? null);
    if (value === undefined) throw new InvalidCursorError();
    return value;
  });
  return parts(steps, values, traits);
}

function parts(steps: readonly Step[], values: readonly unknown[], traits: EngineTraits): readonly Part[] {
  const [first, ...rest] = steps;
  const [value, ...others] = values;
  if (!first) return [];
  const { direction, sql: name } = first;
  const orderInNulls = traits.nullIsConstant === false || rest.length === 0 ? steps : rest;
  const isNull = sql`${name} is null`;
  const nullsFirst = (traits.nulls === 'smallest') === (direction === 'asc');
  if (value === null) {
    const ties = parts(rest, others, traits).map(({ conditions, order }) => {
      return {
        conditions: [isNull, ...conditions],
        order: traits.nullIsConstant === false ? [first, ...order] : order,
      };
    });
    return nullsFirst ? [...ties, { conditions: [sql`${name} is not null`], order: steps }] : ties;
  }
  const nulls = first.column.held.nullable && !nullsFirst ? [{ conditions: [isNull], order: orderInNulls }] : [];
  const sign = sql.raw(direction === 'asc' ? '>' : '<');
  const alike = rest.every(
    (step, i) => step.direction === direction && !step.column.held.nullable && others[i] !== null,
  );
  if (traits.rowValues && alike && rest.length > 0) {
    const columns = sql.join(steps.map((step) => step.sql));
    const behind = sql`(${columns}) ${sign} (${sql.join(values.map((each) => sql`${each}`))})`;
    return [{ conditions: [behind], order: steps }, ...nulls];
  }
  const ties = parts(rest, others, traits).map(({ conditions, order }) => {
    return { conditions: [sql`${name} = ${value}`, ...conditions], order };
  });
  return [...ties, { conditions: [sql`${name} ${sign} ${value}`], order: steps }, ...nulls];
}
