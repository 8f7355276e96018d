import { Kysely } from 'kysely';
import { SystemError } from '../../errors.ts';
import type {
  Call,
  Description,
  KeyRequest,
  ListRequest,
  Operator,
  Page,
  Row,
  Source,
  TopRequest,
} from '../../source.ts';
import { keysThatFit } from './conditions.ts';
import { columnsOf, faultsOf, trialsOf } from './description.ts';
import type { Engine, EngineTable, Values } from './engine.ts';
import { isIndexed, multiplies } from './joins.ts';
import type { SqlTable } from './options.ts';
import { RowReader } from './row-reader.ts';
import { Statements } from './statements.ts';
import { type Sql, Table } from './table.ts';

/** A SQL database as a source: every read is one statement, with a second one where a count is asked for. */
export class SqlSource implements Source {
  readonly kind: string;
  /** As many terms as every engine's UNION ALL takes, and few enough for a statement that is quickly compiled. */
  readonly batchSize = 250;
  readonly #engine: Engine;
  readonly #compiler: Kysely<unknown>;
  readonly #mapped: ReadonlyMap<string, SqlTable>;
  readonly #statements: Statements;
  readonly #described = new Map<string, EngineTable>();
  readonly #tables = new Map<string, Table>();

  constructor(engine: Engine, tables: ReadonlyMap<string, SqlTable>) {
    this.kind = engine.kind;
    this.#engine = engine;
    this.#compiler = new Kysely({ dialect: engine.dialect });
    this.#mapped = tables;
    this.#statements = new Statements(engine.traits);
  }

  async byKey({ collection, key, keys, columns }: KeyRequest, call: Call): Promise<readonly Row[]> {
    if (keys.length === 0) return [];
    const table = await this.#table(collection, call);
    const by = key.map((name) => table.column(name));
    const reader = new RowReader(table, [...key, ...columns]);
    const fitting = keysThatFit(by, keys);
    if (fitting.length === 0) return [];
    const values = fitting.map((each) => each.key);
    const query = this.#statements.byKey(table, by, values, reader.columns);
    const rows = await this.#run(query, !isIndexed(table, by, reader.columns), call);
    return rows.map((row) => reader.row(row));
  }

  async page(request: ListRequest, call: Call): Promise<Page> {
    const { first, count } = request;
    const table = await this.#table(request.collection, call);
    const reader = readerOf(table, request);
    const [rows, counts] = await Promise.all([
      first > 0 ? this.#run(this.#statements.page(table, request, reader.columns), true, call) : [],
      count ? this.#run(this.#statements.counts(table, request, undefined), true, call) : [],
    ]);
    return reader.page(rows, request, count ? Number(counts[0]?.[1] ?? 0) : undefined);
  }

  async top(request: TopRequest, call: Call): Promise<readonly Page[]> {
    const { first, count } = request;
    const table = await this.#table(request.collection, call);
    const reader = readerOf(table, request);
    const columns = request.parent.map((name) => table.column(name));
    const fitting = keysThatFit(columns, request.parents);
    const parents = { columns, keys: fitting.map(({ key }) => key) };
    const [rows, counts] = await Promise.all([
      first > 0 && fitting.length > 0
        ? this.#run(this.#statements.tops(table, request, parents, reader.columns), true, call)
        : [],
      count && fitting.length > 0 ? this.#run(this.#statements.counts(table, request, parents), true, call) : [],
    ]);
    const found: Values[][] = request.parents.map(() => []);
    const totals = request.parents.map(() => 0);
    for (const [i, ...row] of rows) found[fitting[Number(i)]?.place ?? -1]?.push(row);
    for (const [i, total] of counts) totals[fitting[Number(i)]?.place ?? -1] = Number(total);
    return found.map((list, i) => reader.page(list, request, count ? totals[i] : undefined));
  }

  canLookUp(collection: string, key: readonly string[]): boolean {
    return this.#canFind(collection, key);
  }

  canList(collection: string, parent: readonly string[]): boolean {
    return this.#canFind(collection, parent);
  }

  canFilter(collection: string, parent: readonly string[], column: string, op: Operator): boolean {
    const type = this.#tables.get(collection)?.find(column)?.held.type ?? 'text';
    if (op === 'contains' && type !== 'text' && type !== 'unknown') return false;
    return parent.includes(column) || this.#canCompare(collection, column);
  }

  canOrder(collection: string, _parent: readonly string[], column: string): boolean {
    return this.#canCompare(collection, column);
  }

  async describe(collection: string, columns: readonly string[], call: Call): Promise<Description> {
    const table = await this.#describe(collection, call);
    if (!table) return { columns: new Map(), faults: [missing(this.#mappedTable(collection).table)] };
    const faults = faultsOf(table);
    for (const [what, query] of faults.length === 0 ? trialsOf(table, this.#engine.traits) : []) {
      try {
        await this.#run(query, true, call);
      } catch (error) {
        if (!(error instanceof SystemError) || error.code !== 'SYSTEM_FAILED') throw error;
        const fault = `the database refuses ${what}: ${error.message}`;
        if (!faults.includes(fault)) faults.push(fault);
      }
    }
    return { columns: columnsOf(table, columns), faults };
  }

  async ping(call: Call): Promise<void> {
    await this.#engine.ping(call);
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }

  /** The table of a collection, described by now. Errors: SystemError, also when the database does not have it. */
  async #table(collection: string, call: Call): Promise<Table> {
    const table = this.#tables.get(collection) ?? (await this.#describe(collection, call));
    if (!table) throw new SystemError('SYSTEM_FAILED', missing(this.#mappedTable(collection).table));
    return table;
  }

  /** Asks the database about a table and its neighbours. Kept once all are there: until then each read asks anew. */
  async #describe(collection: string, call: Call): Promise<Table | undefined> {
    const mapped = this.#mappedTable(collection);
    const joins = Object.entries(mapped.joins);
    const [described, ...others] = await Promise.all(
      [mapped, ...joins.map(([, join]) => join)].map(({ table }) => this.#describeTable(table, call)),
    );
    if (!described) return undefined;
    const neighbours = new Map(
      joins.flatMap(([name], i) => {
        const neighbour = others[i];
        return neighbour ? [[name, neighbour] as const] : [];
      }),
    );
    const table = new Table(mapped, described, neighbours);
    if (neighbours.size === joins.length) this.#tables.set(collection, table);
    return table;
  }

  async #describeTable(name: string, call: Call): Promise<EngineTable | undefined> {
    const known = this.#described.get(name) ?? (await this.#engine.describe(name, call));
    if (known) this.#described.set(name, known);
    return known;
  }

  /** Before the database was there to be asked, every name is believed. */
  #canFind(collection: string, columns: readonly string[]): boolean {
    const table = this.#tables.get(collection);
    return columns.every((name) => table?.find(name)?.path === undefined);
  }

  #canCompare(collection: string, name: string): boolean {
    const table = this.#tables.get(collection);
    const column = table?.find(name);
    if (!table || !column) return true;
    return column.path === undefined && (column.join === undefined || !multiplies(table, column.join));
  }

  #mappedTable(collection: string): SqlTable {
    const table = this.#mapped.get(collection);
    if (!table) throw new TypeError(`no table is mapped to ${collection}`);
    return table;
  }

  #run(query: Sql, scan: boolean, call: Call): Promise<readonly Values[]> {
    return this.#engine.run(query.compile(this.#compiler), { scan }, call);
  }
}

/** A position is made of the order's columns, asked for or not. */
function readerOf(table: Table, { columns, order }: ListRequest): RowReader {
  return new RowReader(table, [...columns, ...order.map(({ column }) => column)]);
}

function missing(table: string): string {
  return `the database has no table or view "${table}", or none that we may read`;
}
