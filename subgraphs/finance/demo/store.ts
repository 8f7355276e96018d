import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { fromMinor } from '../../kit/money.ts';

/** A record as the ERP sends it; what it doesn't hold is left out. */
export type ErpRecord = Readonly<Record<string, SQLInputValue>>;

/** How a list of invoices is filtered, ordered and cut. */
export interface InvoiceList extends Cut {
  readonly statuses: readonly string[];
  readonly overdue?: string | undefined;
  readonly issuedFrom?: string | undefined;
  readonly issuedBefore?: string | undefined;
  readonly sortBy: 'IssDate' | 'DueDate';
  readonly descending: boolean;
}

/** How a list is cut. */
export interface Cut {
  readonly maxRows: number;
  /** The key of the row after which to go on. */
  readonly startAfter?: string | undefined;
  readonly withTotal: boolean;
}

/** A part of a list. */
export interface Part {
  readonly rows: readonly ErpRecord[];
  readonly more: boolean;
  readonly total?: number;
}

/** `StartAfter` names a row that isn't there. */
export class NoSuchRowError extends Error {
  override readonly name = 'NoSuchRowError';
}

/** A condition in SQL with its values. */
interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** How a table is read in order. */
interface Ordered {
  readonly table: string;
  readonly key: string;
  readonly sortBy: string;
  readonly descending: boolean;
}

/** The ERP's records, in its database. */
export class Store {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #receivables: readonly ErpRecord[] | undefined;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true });
  }

  /** The rows whose column equals one of the keys. */
  byKeys(table: string, column: string, keys: readonly string[]): readonly ErpRecord[] {
    const { sql, values } = oneOf(column, keys);
    return this.#all(`select * from ${table} where ${sql}`, values);
  }

  /** Invoices, of one customer or of all. */
  invoices(customer: string | undefined, list: InvoiceList): Part {
    const { statuses, overdue, issuedFrom, issuedBefore, sortBy, descending } = list;
    const conditions: Condition[] = [];
    if (customer !== undefined) conditions.push({ sql: 'CustNo = ?', values: [customer] });
    if (statuses.length > 0) conditions.push(oneOf('Sts', statuses));
    if (overdue !== undefined) conditions.push({ sql: 'Overdue = ?', values: [overdue] });
    if (issuedFrom !== undefined) conditions.push({ sql: 'IssDate >= ?', values: [issuedFrom] });
    if (issuedBefore !== undefined) conditions.push({ sql: 'IssDate < ?', values: [issuedBefore] });
    return this.#part({ table: 'Invoice', key: 'DocNo', sortBy, descending }, conditions, list);
  }

  /** What is open and overdue, by currency in the order of its code. */
  receivables({ maxRows, startAfter = '' }: Cut): Part {
    // Reads every invoice, none of which changes.
    this.#receivables ??= this.#addedUp();
    const behind = this.#receivables.filter(({ Curr }) => String(Curr) > startAfter);
    return { rows: behind.slice(0, maxRows), more: behind.length > maxRows };
  }

  /** The bookings on an account, the latest first. */
  ledger(account: string, cut: Cut): Part {
    const order = { table: 'Entry', key: 'EntryNo', sortBy: 'BookDate', descending: true };
    return this.#part(order, [{ sql: 'AcctNo = ?', values: [account] }], cut);
  }

  close(): void {
    this.#database.close();
  }

  /** Amounts of one currency are texts with as many places each. */
  #addedUp(): readonly ErpRecord[] {
    const minor = `cast(replace(OpenAmt, '.', '') as integer)`;
    const sums = this.#all(
      `select Curr, sum(${minor}) as OpenAmt, count(*) as OpenCnt,
         coalesce(sum(${minor}) filter (where Overdue = 'X'), 0) as OverdueAmt, count(*) filter (where Overdue = 'X') as OverdueCnt
       from Invoice where Sts in ('A', 'B') group by Curr order by Curr`,
      [],
    );
    return sums.map(({ OpenAmt, OverdueAmt, ...row }) => {
      const decimal = (amount: unknown) => fromMinor(amount, String(row.Curr));
      return { ...row, OpenAmt: decimal(OpenAmt), OverdueAmt: decimal(OverdueAmt) };
    });
  }

  #part(order: Ordered, conditions: readonly Condition[], { maxRows, startAfter, withTotal }: Cut): Part {
    const { table, key, sortBy, descending } = order;
    const further = startAfter === undefined ? conditions : [...conditions, this.#after(order, startAfter)];
    const direction = descending ? 'desc' : 'asc';
    const rows = this.#all(
      `select * from ${table} where ${allOf(further)} order by ${sortBy} ${direction}, ${key} ${direction} limit ?`,
      [...valuesOf(further), maxRows + 1],
    );
    const part = { rows: rows.slice(0, maxRows), more: rows.length > maxRows };
    if (!withTotal) return part;
    const counted = this.#all(
      `select count(*) as total from ${table} where ${allOf(conditions)}`,
      valuesOf(conditions),
    );
    return { ...part, total: Number(counted[0]?.total) };
  }

  #after({ table, key, sortBy, descending }: Ordered, startAfter: string): Condition {
    const [row] = this.#all(`select ${sortBy} as place from ${table} where ${key} = ?`, [startAfter]);
    if (row?.place === undefined) throw new NoSuchRowError(`there is no ${key} to start after`);
    return { sql: `(${sortBy}, ${key}) ${descending ? '<' : '>'} (?, ?)`, values: [row.place, startAfter] };
  }

  #all(sql: string, values: readonly SQLInputValue[]): readonly ErpRecord[] {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement
      .all(...values)
      .map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
  }
}

function oneOf(column: string, values: readonly string[]): Condition {
  return { sql: `${column} in (select value from json_each(?))`, values: [JSON.stringify(values)] };
}

function allOf(conditions: readonly Condition[]): string {
  return conditions.map(({ sql }) => sql).join(' and ') || 'true';
}

function valuesOf(conditions: readonly Condition[]): SQLInputValue[] {
  return conditions.flatMap(({ values }) => values);
}
