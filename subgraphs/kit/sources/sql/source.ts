import { SystemError } from '../../errors.ts';
import type {
  Call,
  Description,
  Key,
  KeyRequest,
  ListRequest,
  Operator,
  Page,
  Row,
  Source,
  TopRequest,
  Totals,
  TotalsRequest,
  WholeListRequest,
} from '../../source.ts';
import type { PoolLoad } from '../../telemetry/observer.ts';
import { Compiler } from './compiler.ts';
import { keysThatFit } from './conditions.ts';
import { columnsOf, doublesOf, faultsOf, trialsOf } from './description.ts';
import type { Engine, EngineTable, Statement, Values } from './engine.ts';
import { groupedByText, placesByText } from './found.ts';
import { isIndexed, multiplies } from './joins.ts';
import type { SqlTable } from './options.ts';
import { RowReader } from './row-reader.ts';
import { type Parents, Statements } from './statements.ts';
import { type Column, type Sql, Table } from './table.ts';
import { readTotals, totalsStatement } from './totals.ts';

/** A SQL database as a source: every read is one statement, with a second one where a count is asked for. */
export class SqlSource implements Source {
  readonly kind: string;
  /** As many terms as every engine's UNION ALL takes, and few enough for a statement that is quickly compiled. */
  readonly batchSize = 250;
  readonly #engine: Engine;
  readonly #compiler: Compiler;
  readonly #mapped: ReadonlyMap<string, SqlTable>;
  readonly #statements: Statements;
  readonly #described = new Map<string, EngineTable>();
  readonly #tables = new Map<string, Table>();

  constructor(engine: Engine, tables: ReadonlyMap<string, SqlTable>) {
    this.kind = engine.kind;
    this.#engine = engine;
    this.#compiler = new Compiler(engine);
    this.#mapped = tables;
    this.#statements = new Statements(engine.traits);
  }

  async byKey(request: KeyRequest, call: Call): Promise<readonly Row[]> {
    return (await this.lists({ ...request, where: [], order: [] }, call)).flat();
  }

  async lists(request: WholeListRequest, call: Call): Promise<readonly (readonly Row[])[]> {
    return this.#reading(request.collection, call, async (table) => {
      const { key, keys, columns, order } = request;
      const reader = readerOf(table, { columns: [...key, ...columns], order });
      const by = key.map((name) => table.column(name));
      const fitting = keysThatFit(by, keys);
      const groups: (readonly Row[])[] = keys.map(() => []);
      if (fitting.length === 0) return groups;
      const parents = { columns: by, keys: fitting.map((each) => each.key) };
      const asked = fitting.map(({ place }) => keys[place] ?? []);
      const found = await this.#lists({ table, list: request, parents, asked, reader }, call);
      for (const [i, { place }] of fitting.entries()) groups[place] = found[i] ?? [];
      return groups;
    });
  }

  async page(request: ListRequest, call: Call): Promise<Page> {
    const { first, count } = request;
    return this.#reading(request.collection, call, async (table) => {
      const reader = readerOf(table, request);
      const statements = this.#statements;
      const of = (kind: 'page' | 'counts', make: () => Sql) =>
        this.#run(this.#compiler.compileFor(table, { ...request, kind }, undefined, make), true, call);
      const [rows, counts] = await Promise.all([
        first > 0 ? of('page', () => statements.page(table, request, reader.columns)) : [],
        count ? of('counts', () => statements.counts(table, request, undefined)) : [],
      ]);
      return reader.page(rows, request, count ? Number(counts[0]?.[1] ?? 0) : undefined);
    });
  }

  async top(request: TopRequest, call: Call): Promise<readonly Page[]> {
    const { first, count } = request;
    return this.#reading(request.collection, call, async (table) => {
      const reader = readerOf(table, request);
      const columns = request.parent.map((name) => table.column(name));
      const fitting = keysThatFit(columns, request.parents);
      const parents = { columns, keys: fitting.map(({ key }) => key) };
      const statements = this.#statements;
      const of = (kind: 'tops' | 'counts', make: (parents: Parents) => Sql) =>
        this.#run(this.#compiler.compileFor(table, { ...request, kind }, parents, make), true, call);
      const [rows, counts] = await Promise.all([
        first > 0 && fitting.length > 0
          ? of('tops', (each) => statements.tops(table, request, each, reader.columns))
          : [],
        count && fitting.length > 0 ? of('counts', (each) => statements.counts(table, request, each)) : [],
      ]);
      const found: Values[][] = request.parents.map(() => []);
      const totals = request.parents.map(() => 0);
      for (const [i, ...row] of rows) found[fitting[Number(i)]?.place ?? -1]?.push(row);
      for (const [i, total] of counts) totals[fitting[Number(i)]?.place ?? -1] = Number(total);
      return found.map((list, i) => reader.page(list, request, count ? totals[i] : undefined));
    });
  }

  async totals(request: TotalsRequest, call: Call): Promise<readonly Totals[]> {
    return this.#reading(request.collection, call, async (table) => {
      const statement = this.#compiler.compile(totalsStatement(table, request, this.#engine.traits), table);
      return readTotals(request, await this.#run(statement, true, call));
    });
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
    return (parent.includes(column) && this.#canFind(collection, parent)) || this.#canCompare(collection, column);
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
        await this.#run(this.#compiler.compile(query), true, call);
      } catch (error) {
        if (!isFailed(error)) throw error;
        const fault = `the database refuses ${what}: ${error.message}`;
        if (!faults.includes(fault)) faults.push(fault);
      }
    }
    for (const [fault, query] of faults.length === 0 ? doublesOf(table, this.#engine.traits) : []) {
      if ((await this.#run(this.#compiler.compile(query), true, call)).length > 0) faults.push(fault);
    }
    return { columns: columnsOf(table, columns), faults };
  }

  load(): PoolLoad | undefined {
    return this.#engine.load?.();
  }

  async ping(call: Call): Promise<void> {
    await this.#engine.ping(call);
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }

  /**
   * Rows of the parents' lists. An engine that doesn't tell whose each row is has them grouped by the text of their keys, as they
   * were asked for, and is asked for each parent's where that isn't enough.
   */
  async #lists({ table, list, parents, asked, reader }: Lists, call: Call): Promise<Row[][]> {
    const { columns } = parents;
    const scan = !isIndexed(table, columns, reader.columns);
    const statements = this.#statements;
    const of = (kind: 'any' | 'each', make: (parents: Parents) => Sql) =>
      this.#run(this.#compiler.compileFor(table, { ...list, kind }, parents, make), scan, call);
    const texts = this.#engine.traits.perParent === 'union all' && placesByText(columns, asked);
    if (texts) {
      const rows = await of('any', (each) => statements.any(table, list, each, reader.columns));
      const places = columns.map((column) => reader.columns.indexOf(column));
      const found = rows.map((values) => ({ row: reader.row(values), key: places.map((place) => values[place]) }));
      const groups = groupedByText(columns, texts, found);
      if (groups) return groups;
    }
    const groups: Row[][] = asked.map(() => []);
    const rows = await of('each', (each) => statements.each(table, list, each, reader.columns));
    for (const [i, ...values] of rows) groups[Number(i)]?.push(reader.row(values));
    return groups;
  }

  /**
   * Reads of the table of a collection, described by now. What fails because the table was altered meanwhile is read once more as it
   * is now. Errors: SystemError, also when the database does not have it.
   */
  async #reading<T>(collection: string, call: Call, read: (table: Table) => Promise<T>): Promise<T> {
    const table = this.#tables.get(collection) ?? (await this.#describe(collection, call));
    if (!table) throw new SystemError('SYSTEM_FAILED', missing(this.#mappedTable(collection).table));
    try {
      return await read(table);
    } catch (error) {
      if (!isFailed(error)) throw error;
      for (const name of namesOf(table.mapped)) this.#described.delete(name);
      const now = await this.#describe(collection, call);
      if (!now || now.isSame(table)) throw error;
      return read(now);
    }
  }

  /** Asks the database about a table and its neighbours. Kept once all are there: until then each read asks anew. */
  async #describe(collection: string, call: Call): Promise<Table | undefined> {
    const mapped = this.#mappedTable(collection);
    const joins = Object.entries(mapped.joins);
    const [described, ...others] = await Promise.all(namesOf(mapped).map((name) => this.#describeTable(name, call)));
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
    return !table || columns.every((name) => canEqual(table.find(name)));
  }

  #canCompare(collection: string, name: string): boolean {
    const table = this.#tables.get(collection);
    const column = table?.find(name);
    return !table || (canEqual(column) && !column?.needs.some((join) => multiplies(table, join)));
  }

  #mappedTable(collection: string): SqlTable {
    const table = this.#mapped.get(collection);
    if (!table) throw new TypeError(`no table is mapped to ${collection}`);
    return table;
  }

  #run(statement: Statement, scan: boolean, call: Call): Promise<readonly Values[]> {
    return this.#engine.run(statement, { scan }, call);
  }
}

/** Whole lists that are read: whose, by keys that all fit, and as they were asked for. */
interface Lists {
  readonly table: Table;
  readonly list: WholeListRequest;
  readonly parents: Parents;
  readonly asked: readonly Key[];
  readonly reader: RowReader;
}

/** Whether values can be sent that a column may equal. */
function canEqual(column: Column | undefined): boolean {
  if (!column) return false;
  const { held, path } = column;
  return path === undefined && held.type !== 'list' && (held.comparable !== false || held.comparedAsText === true);
}

function isFailed(error: unknown): error is SystemError {
  return error instanceof SystemError && error.code === 'SYSTEM_FAILED';
}

/** The names of a table and its neighbours. */
function namesOf({ table, joins }: SqlTable): string[] {
  return [table, ...Object.values(joins).map((join) => join.table)];
}

/** A position is made of the order's columns, asked for or not. */
function readerOf(table: Table, { columns, order }: Pick<ListRequest, 'columns' | 'order'>): RowReader {
  return new RowReader(table, [...columns, ...order.map(({ column }) => column)]);
}

function missing(table: string): string {
  return `the database has no table or view "${table}", or none that we may read`;
}
