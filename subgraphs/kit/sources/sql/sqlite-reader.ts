import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Bindable, Values } from './engine.ts';

/** The most prepared statements that are kept. */
const maxStatements = 200;

/** One connection to the file, with its prepared statements. */
export class SqliteReader {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

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
      return statement.all(...parameters) as unknown as Values[];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // A whole number didn't fit: read this statement's numbers as bigint from now on.
      statement.setReadBigInts(true);
      return statement.all(...parameters) as unknown as Values[];
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}
