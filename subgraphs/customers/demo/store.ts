import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { searchText } from './writer.ts';

/** A record as the CRM sends it. */
export type CrmRecord = Readonly<Record<string, unknown>>;

/** One page, in the CRM's own words. */
export interface Page {
  readonly data: readonly CrmRecord[];
  readonly next_cursor: string | null;
  /** Present when it was asked for. */
  readonly total?: number;
}

/** A condition in SQL with its values. */
interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** How a list is cut. */
export interface Cut {
  /** A column, with `-` before it for the other way round. */
  readonly sort: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly include_total?: boolean | undefined;
}

/** What contacts are found by; conditions are joined by AND. */
export interface ContactFilter {
  readonly mail?: readonly string[] | undefined;
  readonly tel?: readonly string[] | undefined;
  readonly segment_code?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly q?: string | undefined;
  readonly created_gte?: number | undefined;
  readonly created_lt?: number | undefined;
}

/** The cursor was not given out by this list in this order. */
export class BadCursorError extends Error {
  override readonly name = 'BadCursorError';
}

/** The CRM's records, in its database. */
export class Store {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true });
  }

  contacts(filter: ContactFilter, cut: Cut): Page {
    return this.#page('contact', 'contact_id', contactConditions(filter), cut);
  }

  contactsByIds(ids: readonly string[]): readonly CrmRecord[] {
    return this.#byKeys('contact', 'contact_id', ids);
  }

  casesByIds(ids: readonly string[]): readonly CrmRecord[] {
    return this.#byKeys('case_', 'case_no', ids);
  }

  /** Cases, of one contact or of all. */
  cases(contact: string | undefined, states: readonly string[] | undefined, cut: Cut): Page {
    const conditions: Condition[] = [];
    if (contact !== undefined) conditions.push(equals('contact_id', contact));
    if (states) conditions.push(oneOf('state', states));
    return this.#page('case_', 'case_no', conditions, cut);
  }

  notesOf(contact: string, cut: Cut): Page {
    return this.#page('note', 'note_id', [equals('contact_id', contact)], cut);
  }

  close(): void {
    this.#database.close();
  }

  #byKeys(table: string, key: string, keys: readonly string[]): readonly CrmRecord[] {
    const { sql, values } = oneOf(key, keys);
    return this.#all(`select doc from ${table} where ${sql}`, values).map(({ doc }) => JSON.parse(String(doc)));
  }

  /** Goes on after the cursor's row by its place in the order, so a page stays right while rows come and go. */
  #page(
    table: string,
    key: string,
    conditions: readonly Condition[],
    { sort, limit, cursor, include_total }: Cut,
  ): Page {
    const column = sort.replace('-', '');
    const descending = sort.startsWith('-');
    const after = cursor === undefined ? [] : [afterCursor(cursor, sort, column, key, descending)];
    const rows = this.#all(
      `select doc, ${column} as place, ${key} as id from ${table} where ${allOf([...conditions, ...after])}
       order by ${column} ${descending ? 'desc' : 'asc'}, ${key} ${descending ? 'desc' : 'asc'} limit ?`,
      [...valuesOf([...conditions, ...after]), limit + 1],
    );
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    const page: Page = {
      data: shown.map(({ doc }) => JSON.parse(String(doc))),
      next_cursor: last ? Buffer.from(JSON.stringify([sort, last.place, last.id])).toString('base64url') : null,
    };
    if (!include_total) return page;
    const sql = `select count(*) as total from ${table} where ${allOf(conditions)}`;
    return { ...page, total: Number(this.#all(sql, valuesOf(conditions))[0]?.total) };
  }

  #all(sql: string, values: readonly SQLInputValue[]) {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement.all(...values);
  }
}

function contactConditions({ mail, tel, segment_code, name, q, created_gte, created_lt }: ContactFilter): Condition[] {
  const conditions: Condition[] = [];
  if (mail)
    conditions.push(
      oneOf(
        'email_addr',
        mail.map((address) => address.toLowerCase()),
      ),
    );
  if (tel) conditions.push(oneOf('digits', tel.map(digitsOf)));
  if (segment_code) conditions.push(oneOf('segment_code', segment_code));
  if (name !== undefined) conditions.push(nameContains(name));
  if (q !== undefined) conditions.push(contains(q));
  if (created_gte !== undefined) conditions.push({ sql: 'created >= ?', values: [created_gte] });
  if (created_lt !== undefined) conditions.push({ sql: 'created < ?', values: [created_lt] });
  return conditions;
}

/** The name is the first line of what is searched. */
function nameContains(text: string): Condition {
  return { sql: 'instr(substr(search, 1, instr(search, char(10)) - 1), ?) > 0', values: [searchText(text)] };
}

/** Text that looks like a telephone number is compared by its digits, too. */
function contains(text: string): Condition {
  const digits = /^[+\d\s()/.-]+$/.test(text) ? digitsOf(text) : '';
  const byText = { sql: 'instr(search, ?) > 0', values: [searchText(text)] };
  if (digits === '') return byText;
  return { sql: `(${byText.sql} or instr(digits, ?) > 0)`, values: [...byText.values, digits] };
}

/** What numbers are compared by. */
function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

function equals(column: string, value: SQLInputValue): Condition {
  return { sql: `${column} = ?`, values: [value] };
}

function oneOf(column: string, values: readonly string[]): Condition {
  return { sql: `${column} in (select value from json_each(?))`, values: [JSON.stringify(values)] };
}

function afterCursor(cursor: string, sort: string, column: string, key: string, descending: boolean): Condition {
  const [cursorSort, place, id] = decode(cursor);
  const readable = (typeof place === 'string' || typeof place === 'number') && typeof id === 'string';
  if (cursorSort !== sort || !readable) throw new BadCursorError('the cursor does not belong to this list');
  return { sql: `(${column}, ${key}) ${descending ? '<' : '>'} (?, ?)`, values: [place, id] };
}

function decode(cursor: string): readonly unknown[] {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(decoded) ? decoded : [];
  } catch {
    return [];
  }
}

function allOf(conditions: readonly Condition[]): string {
  return conditions.map(({ sql }) => sql).join(' and ') || 'true';
}

function valuesOf(conditions: readonly Condition[]): SQLInputValue[] {
  return conditions.flatMap(({ values }) => values);
}
