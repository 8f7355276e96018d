import { Kysely, type RawBuilder, sql } from 'kysely';
import { InvalidCursorError } from '../../errors.ts';
import type {
  Call,
  Description,
  Key,
  KeyRequest,
  ListRequest,
  Page,
  Position,
  Row,
  Source,
  TopRequest,
} from '../../source.ts';
import type { Engine, EngineColumn, Values } from './engine.ts';
import type { SqlTable } from './options.ts';
import { Statements } from './statements.ts';

/** A SQL database as a source: every read is one statement, with a second one where a count is asked for. */
export class SqlSource implements Source {
  readonly kind: string;
  /** As many terms as every engine's UNION ALL takes, and few enough for a statement that is quickly compiled. */
  readonly batchSize = 250;
  readonly #engine: Engine;
  readonly #compiler: Kysely<unknown>;
  readonly #tables: ReadonlyMap<string, SqlTable>;
  readonly #statements: Statements;
  readonly #columns = new Map<string, readonly EngineColumn[]>();

  constructor(engine: Engine, tables: ReadonlyMap<string, SqlTable>) {
    this.kind = engine.kind;
    this.#engine = engine;
    this.#compiler = new Kysely({ dialect: engine.dialect });
    this.#tables = tables;
    this.#statements = new Statements(engine.nulls);
  }

  async byKey({ collection, key, keys, columns }: KeyRequest, call: Call): Promise<readonly Row[]> {
    if (keys.length === 0) return [];
    const names = [...new Set([...key, ...columns])];
    const table = this.#table(collection);
    const indexed = this.#columns.get(table.table)?.some(({ name, leads }) => leads && key.includes(name)) ?? false;
    const rows = await this.#run(this.#statements.byKey(table, key, keys, names), !indexed, call);
    return rows.map((values) => toRow(names, values));
  }

  async page(request: ListRequest, call: Call): Promise<Page> {
    const [page] = await this.#lists(request, undefined, call);
    return page as Page;
  }

  top(request: TopRequest, call: Call): Promise<readonly Page[]> {
    return this.#lists(request, request, call);
  }

  canLookUp(): boolean {
    return true;
  }

  canList(): boolean {
    return true;
  }

  canFilter(): boolean {
    return true;
  }

  canOrder(): boolean {
    return true;
  }

  async describe(collection: string, _columns: readonly string[], call: Call): Promise<Description> {
    const { table, computed } = this.#table(collection);
    const { query, read } = this.#engine.columns(table);
    // In the thread, which is thereby started before the first client waits for it.
    const columns = read(await this.#run(query, true, call));
    if (columns.length === 0) return { columns: new Map(), faults: [`the database has no table or view "${table}"`] };
    this.#columns.set(table, columns);
    this.#statements.learn(
      table,
      columns.filter(({ nullable }) => !nullable).map(({ name }) => name),
    );
    const faults: string[] = [];
    for (const [name, { sql: expression }] of Object.entries(computed)) {
      const fault = await this.#tryExpression(table, expression, call);
      if (fault !== undefined) faults.push(`the database refuses the computed column ${name}: ${fault}`);
    }
    const types = [
      ...columns.map(({ name, type }) => [name, type] as const),
      ...Object.entries(computed).map(([name, { type }]) => [name, type] as const),
    ];
    return { columns: new Map(types), faults };
  }

  async ping(call: Call): Promise<void> {
    // Reads the schema, so that a file which is gone or is no database is found out; `select 1` would not touch it.
    const [table] = this.#tables.values();
    await this.#run(table ? this.#engine.columns(table.table).query : sql`select 1`, false, call);
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }

  /** One page of the whole list, or of each parent's. */
  async #lists(request: ListRequest, top: TopRequest | undefined, call: Call): Promise<readonly Page[]> {
    const { first, count, order } = request;
    const table = this.#table(request.collection);
    checkPosition(request);
    const orderColumns = order.map(({ column }) => column);
    const names = [...new Set([...request.columns, ...orderColumns])];
    const parents: readonly Key[] = top ? top.parents : [[]];
    if (parents.length === 0) return [];
    const [rows, counts] = await Promise.all([
      first > 0 ? this.#run(this.#statements.lists(table, request, top, names), true, call) : [],
      count ? this.#run(this.#statements.counts(table, request, top), true, call) : [],
    ]);
    const found: Values[][] = parents.map(() => []);
    for (const values of rows) found[Number(values[0])]?.push(values);
    const totals = new Map(counts.map(([place, total]) => [Number(place), Number(total)]));
    return parents.map((_parent, i) => {
      const list = found[i] ?? [];
      const page = list.slice(0, first).map((values) => {
        const row = toRow(names, values.slice(1));
        return { row, position: orderColumns.map((column) => positionValue(row[column])) };
      });
      const total = count ? { total: totals.get(i) ?? 0 } : {};
      return { rows: page, hasNext: list.length > first, ...total };
    });
  }

  /** Why the database refuses an expression; undefined when it doesn't. */
  async #tryExpression(table: string, expression: string, call: Call): Promise<string | undefined> {
    try {
      await this.#run(sql`select ${sql.raw(expression)} from ${sql.table(table)} limit 1`, true, call);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #table(collection: string): SqlTable {
    const table = this.#tables.get(collection);
    if (!table) throw new TypeError(`no table is mapped to ${collection}`);
    return table;
  }

  #run(query: RawBuilder<unknown>, scan: boolean, call: Call): Promise<readonly Values[]> {
    return this.#engine.run(query.compile(this.#compiler), { scan }, call);
  }
}

function toRow(names: readonly string[], values: Values): Row {
  const row: Record<string, unknown> = {};
  for (let i = 0; i < names.length; i++) row[names[i] as string] = values[i];
  return row;
}

/** A position has one value for each step of the order; more can't be told, since any value may stand between two rows. */
function checkPosition({ after, order }: ListRequest): void {
  if (after && after.length !== order.length) throw new InvalidCursorError();
}

function positionValue(value: unknown): Position[number] {
  return typeof value === 'bigint' ? String(value) : ((value ?? null) as Position[number]);
}
