import { after, before, describe } from 'node:test';
import type { Key, ListRequest, Order, Row, Source } from '../../../../subgraphs/kit/source.ts';
import type { SqlTable } from '../../../../subgraphs/kit/sources/sql/options.ts';
import { call } from '../source-harness.ts';
import { checkContract } from './sql-check-contract.ts';
import { depthContract } from './sql-depth-contract.ts';
import { joinContract, whereContract } from './sql-join-contract.ts';
import { keyContract } from './sql-key-contract.ts';
import { nameContract, textContract } from './sql-name-contract.ts';
import { totalsContract } from './sql-totals-contract.ts';
import { walkContract } from './sql-walk-contract.ts';

/** An empty database of a test's own. Its statements are written with names in double quotes and with types that all engines have. */
export interface SqlDatabase {
  /** Runs one statement that creates or changes something. */
  run(statement: string): Promise<void>;
  /** A source over these tables, whose statements show on the channel `junction:sql`. Closed by the caller. */
  source(tables: Readonly<Record<string, SqlTable>>): Source;
  /** How many rows of the table `big` the engine reads for a statement, by its own count; absent where it tells nobody. */
  rowsRead?(statement: Statement): Promise<number>;
  close(): Promise<void>;
}

/** A statement as the channel `junction:sql` has it. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Registers the tests that the `sql` source must pass on every engine, beside those of every source. */
export function sqlContract(name: string, open: () => Promise<SqlDatabase>): void {
  describe(`${name}: sql contract`, { timeout: 120_000 }, () => {
    let database: SqlDatabase;
    before(async () => {
      database = await open();
    });
    after(() => database.close());
    const opened = () => database;

    describe('joins', () => joinContract(opened));
    describe('rows that are not for clients', () => whereContract(opened));
    describe('names', () => nameContract(opened));
    describe('keys and values', () => keyContract(opened));
    describe('text', () => textContract(opened));
    describe('walks', () => walkContract(opened));
    describe('totals', () => totalsContract(opened));
    describe('depth', () => depthContract(opened));
    describe('what the mapping says', () => checkContract(opened));
  });
}

/** A table as the mapping has it, with nothing but its name unless said otherwise. */
export function table(name: string, more: Partial<SqlTable> = {}): SqlTable {
  return { table: name, joins: {}, computed: {}, where: {}, ...more };
}

/** A source over tables that are described by the first read, closed at the end of `use`. */
export async function withSource<T>(
  database: SqlDatabase,
  tables: Readonly<Record<string, SqlTable>>,
  use: (source: Source) => Promise<T>,
): Promise<T> {
  const source = database.source(tables);
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

/** The first hundred of a collection, by id. */
export function list(collection: string, more: Partial<ListRequest> = {}): ListRequest {
  const order: Order[] = [{ column: 'id', direction: 'asc' }];
  return { collection, columns: ['id'], where: [], order, first: 100, after: undefined, count: false, ...more };
}

/** The values of a column, as text. */
export function texts(rows: readonly Row[], column = 'id'): string[] {
  return rows.map((row) => String(row[column]));
}

/** The rows of these keys: the columns' values as text, in order. */
export async function rowsByKey(source: Source, collection: string, key: string[], keys: Key[], columns: string[]) {
  const rows = await source.byKey({ collection, key, keys, columns }, call());
  return rows.map((row) => columns.map((column) => (row[column] === null ? null : String(row[column])))).sort();
}
