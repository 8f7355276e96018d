import { DatabaseSync } from 'node:sqlite';

/** A value of a row. */
export type Cell = string | number | null;

/** Inserts one row; the values go in the order of the columns. */
export type Insert = (...row: readonly Cell[]) => void;

/** Several rows in one statement take half the time of one; more than these take as long again. */
const rowsAtOnce = 8;

/** A new SQLite file while it is written: in one transaction, and without the journal that a file nobody reads can do without. */
export class Draft {
  readonly #database: DatabaseSync;
  readonly #flushes: (() => void)[] = [];

  constructor(path: string) {
    // Rows that wait for their statement come late, so references are not checked while they are written.
    this.#database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    this.#database.exec(
      'pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive; pragma cache_size = -65536; begin',
    );
  }

  /** Runs statements, after all rows that were inserted until now. */
  exec(sql: string): void {
    for (const flush of this.#flushes) flush();
    this.#database.exec(sql);
  }

  /** Makes ready for inserting rows into a table that exists. */
  into(table: string, columns: readonly string[]): Insert {
    const row = `(${columns.map(() => '?').join(', ')})`;
    const insert = (rows: number) =>
      this.#database.prepare(
        `insert into ${table} (${columns.join(', ')}) values ${Array.from({ length: rows }, () => row).join(', ')}`,
      );
    const several = insert(rowsAtOnce);
    const waiting: Cell[] = [];
    this.#flushes.push(() => {
      if (waiting.length > 0) insert(waiting.length / columns.length).run(...waiting);
      waiting.length = 0;
    });
    return (...values) => {
      if (values.length !== columns.length) throw new RangeError(`${table} takes ${columns.length} values a row`);
      waiting.push(...values);
      if (waiting.length < rowsAtOnce * columns.length) return;
      several.run(...waiting);
      waiting.length = 0;
    };
  }

  /** Writes what is left. Without it the file is of no use. */
  commit(): void {
    this.exec('commit');
  }

  close(): void {
    this.#database.close();
  }
}
