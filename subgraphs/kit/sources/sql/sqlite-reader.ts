import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Bindable, Values } from './engine.ts';

/** The most prepared statements that are kept. */
const maxStatements = 200;

/** One connection to the file, with its prepared statements. */
export class SqliteReader {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #large = new WeakSet<StatementSync>();

  /** `waitMs`: how long to wait for somebody who is writing. */
  constructor(path: string, waitMs: number) {
    this.#database = new DatabaseSync(path, { readOnly: true, timeout: waitMs });
  }

  /** All rows of a statement; whole numbers beyond 2^53 come as bigint. */
  all(text: string, parameters: readonly Bindable[]): Values[] {
    let statement = this.#statements.get(text);
    this.#statements.delete(text);
    if (!statement) {
      statement = this.#database.prepare(text);
      statement.setReturnArrays(true);
      const oldest = this.#statements.keys().next();
      if (this.#statements.size >= maxStatements && !oldest.done) this.#statements.delete(oldest.value);
    }
    this.#statements.set(text, statement);
    try {
      if (this.#large.has(statement)) return this.#readLarge(statement, parameters);
      return statement.all(...parameters) as unknown as Values[];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // A whole number didn't fit: read this statement's numbers as bigint from now on, and only those that must be stay so.
      statement.setReadBigInts(true);
      this.#large.add(statement);
      return this.#readLarge(statement, parameters);
    }
  }

  #readLarge(statement: StatementSync, parameters: readonly Bindable[]): Values[] {
    const rows = statement.all(...parameters) as unknown as Values[];
    return rows.map((row) => row.map((value) => (isSafeBigInt(value) ? Number(value) : value)));
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}

function isSafeBigInt(value: unknown): value is bigint {
  return typeof value === 'bigint' && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}
