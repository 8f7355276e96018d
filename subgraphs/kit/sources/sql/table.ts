import { type RawBuilder, sql } from 'kysely';
import { SystemError } from '../../errors.ts';
import type { ColumnType, Raw } from '../../source.ts';
import type { EngineColumn, EngineTable } from './engine.ts';
import type { Join, SqlTable } from './options.ts';

/** A piece of SQL with its parameters. */
export type Sql = RawBuilder<unknown>;

/** A column by the name that the mapping gives it. */
export interface Column {
  readonly name: string;
  /** What stands for it in a statement. */
  readonly sql: Sql;
  /** What the database says of it; of a computed column, what the mapping says. */
  readonly held: EngineColumn;
  /** The join that it comes from. */
  readonly join: string | undefined;
  /** The joins that a statement needs for it: that one, or those that a computed column's expression names. */
  readonly needs: readonly string[];
  /** Where its value lies in the JSON that the column holds, as a dotted path; such a column can only be read. */
  readonly path: string | undefined;
}

/** A mapped table together with what the database says of it and of its neighbours: what each name of the mapping means. */
export class Table {
  readonly mapped: SqlTable;
  readonly described: EngineTable;
  readonly neighbours: ReadonlyMap<string, EngineTable>;
  /** How statements spell the table's name. */
  readonly path: readonly string[];
  readonly #columns = new Map<string, Column | undefined>();
  readonly #qualified: boolean;

  /** `neighbours`: by the names of the joins; one that is not there has no columns. */
  constructor(mapped: SqlTable, described: EngineTable, neighbours: ReadonlyMap<string, EngineTable>) {
    this.mapped = mapped;
    this.described = described;
    this.neighbours = neighbours;
    this.path = pathOf(mapped.table, described);
    this.#qualified = Object.keys(mapped.joins).length > 0;
  }

  /** What other parts of a statement call it: a computed column's expression does. */
  get alias(): string {
    return this.path.at(-1) as string;
  }

  /**
   * The column that the mapping calls so; undefined when there is none. A column that is really called so comes before a
   * joined one, and that before a path into JSON.
   */
  find(name: string): Column | undefined {
    if (!this.#columns.has(name)) this.#columns.set(name, this.#resolve(name));
    return this.#columns.get(name);
  }

  /** The column that the mapping calls so. Errors: SystemError when there is none. */
  column(name: string): Column {
    const column = this.find(name);
    if (!column) throw new SystemError('SYSTEM_FAILED', `"${this.mapped.table}" has no column "${name}"`);
    return column;
  }

  /** How a join that the mapping names is made. */
  join(name: string): Join {
    const join = Object.hasOwn(this.mapped.joins, name) ? this.mapped.joins[name] : undefined;
    if (!join) throw new TypeError(`"${this.mapped.table}" has no join "${name}"`);
    return join;
  }

  /** A neighbour's column, which is NULL where there is no neighbour; undefined when it has none of this name. */
  neighbour(join: string, name: string): Column | undefined {
    const held = this.neighbours.get(join)?.columns.find((each) => each.name === name);
    return (
      held && {
        name: `${join}.${name}`,
        sql: sql.id(join, name),
        held: absent(held),
        join,
        needs: [join],
        path: undefined,
      }
    );
  }

  /** How statements spell a neighbour's name. */
  neighbourPath(join: string): readonly string[] {
    return pathOf(this.join(join).table, this.neighbours.get(join));
  }

  /** Whether the database said the same of it and its neighbours then. */
  isSame(then: Table): boolean {
    const said = ({ described, neighbours }: Table) => JSON.stringify([described, ...neighbours]);
    return said(this) === said(then);
  }

  #resolve(name: string): Column | undefined {
    const computed = this.#computed(name, name);
    if (computed) return computed;
    const own = this.described.columns.find((each) => each.name === name);
    if (own) return { name, sql: this.#own(name), held: own, join: undefined, needs: [], path: undefined };
    for (const [join, neighbour] of this.neighbours) {
      if (!name.startsWith(`${join}.`)) continue;
      const inside = within(neighbour, name.slice(join.length + 1));
      if (!inside) continue;
      return { name, sql: sql.id(join, inside.held.name), join, needs: [join], ...inside, held: absent(inside.held) };
    }
    const inside = within(this.described, name);
    if (inside) return { name, sql: this.#own(inside.held.name), join: undefined, needs: [], ...inside };
    const list = Object.keys(this.mapped.computed).find((each) => name.startsWith(`${each}.`));
    return list !== undefined && this.mapped.computed[list]?.type === 'list' ? this.#computed(list, name) : undefined;
  }

  /** A computed column, or what lies at a path in the JSON that it gives. */
  #computed(column: string, name: string): Column | undefined {
    const computed = Object.hasOwn(this.mapped.computed, column) ? this.mapped.computed[column] : undefined;
    if (!computed) return undefined;
    const path = name === column ? undefined : name.slice(column.length + 1);
    const held = computedColumn(column, computed.type);
    return { name, sql: sql`(${sql.raw(computed.sql)})`, held, join: undefined, needs: computed.joins ?? [], path };
  }

  #own(column: string): Sql {
    return this.#qualified ? sql.id(this.alias, column) : sql.id(column);
  }
}

/** Conditions joined by AND. */
export function and(conditions: readonly Sql[]): Sql {
  return sql.join(conditions, sql` and `);
}

/** The column of this name, or the one that holds JSON in which this path leads somewhere. */
function within({ columns }: EngineTable, name: string): Pick<Column, 'held' | 'path'> | undefined {
  const exact = columns.find((each) => each.name === name);
  if (exact) return { held: exact, path: undefined };
  const held = columns
    .filter((each) => name.startsWith(`${each.name}.`) && mayHoldJson.test(each.engineType))
    .reduce<EngineColumn | undefined>(
      (best, each) => (best && best.name.length > each.name.length ? best : each),
      undefined,
    );
  return held && { held, path: name.slice(held.name.length + 1) };
}

/** The engines' types of text, JSON and arrays, and SQLite's column without a type. */
const mayHoldJson =
  /^$|\[\]$|^((ci|tiny|medium|long)?text|jsonb?|clob|(n|nvar|var|bp|native |varying |national )?char(acter)?)\b/i;

/** Whether a column holds numbers. */
export function isNumeric(type: ColumnType): boolean {
  return type === 'integer' || type === 'decimal' || type === 'float';
}

/** A neighbour's column, which is NULL where there is no neighbour. */
function absent(column: EngineColumn): EngineColumn {
  return { ...column, nullable: true, fits: (value) => column.fits(value) };
}

function pathOf(table: string, described: EngineTable | undefined): readonly string[] {
  const dot = table.indexOf('.');
  return described?.path ?? (dot < 0 ? [table] : [table.slice(0, dot), table.slice(dot + 1)]);
}

/** How PostgreSQL, which alone casts parameters, calls what an expression gives. */
const engineTypes: Readonly<Partial<Record<ColumnType, string>>> = {
  integer: 'bigint',
  decimal: 'numeric',
  float: 'double precision',
  boolean: 'boolean',
  date: 'date',
  datetime: 'timestamp',
  moment: 'timestamptz',
};

function computedColumn(name: string, type: ColumnType): EngineColumn {
  return {
    name,
    type,
    engineType: engineTypes[type] ?? 'text',
    nullable: true,
    leads: false,
    fits: (value) => value === null || fitsComputed(type, value),
  };
}

function fitsComputed(type: ColumnType, value: NonNullable<Raw>): boolean {
  if (type === 'integer') return isWhole(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value);
  if (type === 'decimal' || type === 'float') return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(String(value));
  if (type === 'boolean') return typeof value === 'boolean' || value === 0 || value === 1;
  return true;
}

function isWhole(value: NonNullable<Raw>): value is string | number | bigint {
  return /^-?\d+$/.test(String(value)) && (typeof value !== 'number' || Number.isSafeInteger(value));
}
