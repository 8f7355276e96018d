import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Values } from '../engine.ts';

/** The most prepared statements that are kept. */
const maxStatements = 200;

/** A function of every connection: SQLite's own `lower` knows no letters but those of ASCII. */
export const lowerFunction = 'junction_lower';

/** A statement, and what was found out about what it returns. */
interface Prepared {
  readonly statement: StatementSync;
  /** The places of the columns that are declared as JSON. */
  readonly json: readonly number[];
  /** Whether it returned a whole number that doesn't fit a JavaScript number. */
  large: boolean;
}

/** One connection to the file, with its prepared statements. */
export class SqliteReader {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  /** `waitMs`: how long to wait for somebody who is writing. */
  constructor(path: string, waitMs: number) {
    this.#database = new DatabaseSync(path, { readOnly: true, timeout: waitMs });
    this.#database.function(lowerFunction, { deterministic: true }, (text) => {
      return text === null ? null : String(text).toLowerCase();
    });
  }

  /** All rows of a statement; whole numbers beyond 2^53 come as bigint, what is declared as JSON is parsed. */
  all(text: string, parameters: readonly SQLInputValue[]): Values[] {
    const prepared = this.#prepare(text);
    const rows = this.#read(prepared, parameters);
    for (const row of rows) for (const i of prepared.json) row[i] = parsed(row[i]);
    return rows;
  }

  #prepare(text: string): Prepared {
    const kept = this.#statements.get(text);
    this.#statements.delete(text);
    const prepared = kept ?? prepare(this.#database, text);
    const oldest = this.#statements.keys().next();
    if (this.#statements.size >= maxStatements && !oldest.done) this.#statements.delete(oldest.value);
    this.#statements.set(text, prepared);
    return prepared;
  }

  #read(prepared: Prepared, parameters: readonly SQLInputValue[]): unknown[][] {
    const { statement, large } = prepared;
    try {
      const rows = statement.all(...parameters) as unknown as unknown[][];
      return large ? rows.map((row) => row.map((value) => (isSafeBigInt(value) ? Number(value) : value))) : rows;
    } catch (error) {
      if (large || !(error instanceof RangeError)) throw error;
      // A whole number didn't fit: read this statement's numbers as bigint from now on, and only those that must be stay so.
      statement.setReadBigInts(true);
      prepared.large = true;
      return this.#read(prepared, parameters);
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}

function prepare(database: DatabaseSync, text: string): Prepared {
  const statement = database.prepare(text);
  statement.setReturnArrays(true);
  const json = statement.columns().flatMap(({ type }, i) => (type?.toUpperCase() === 'JSON' ? [i] : []));
  return { statement, json, large: false };
}

/** Text that is no JSON stays text. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function isSafeBigInt(value: unknown): value is bigint {
  return typeof value === 'bigint' && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}
