import { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Order } from '../../source.ts';
import type { SentKey } from './conditions.ts';
import type { Engine, Statement } from './engine.ts';
import type { List, Parents } from './statements.ts';
import type { Sql, Table } from './table.ts';

/** Where a value of a parent's key goes. */
class Slot {
  readonly key: number;
  readonly column: number;

  constructor(key: number, column: number) {
    this.key = key;
    this.column = column;
  }
}

/** What shapes a statement beside the keys of its parents. */
export interface StatementShape extends Pick<List, 'where'> {
  readonly kind: 'any' | 'each' | 'page' | 'tops' | 'counts';
  readonly columns: readonly string[];
  readonly order: readonly Order[];
  readonly first?: number | undefined;
  readonly after?: List['after'];
}

/** Makes the text of statements: once for all that differ only in the keys of their parents. */
export class Compiler {
  readonly #kysely: Kysely<unknown>;
  readonly #keys: Engine['traits']['keys'];
  /** A table that was altered is another one. */
  readonly #kept = new WeakMap<Table, LRUCache<string, Statement>>();

  constructor({ dialect, traits }: Engine) {
    this.#kysely = new Kysely({ dialect });
    this.#keys = traits.keys;
  }

  /** `table`: what it reads, for whoever watches. */
  compile(query: Sql, table?: Table): Statement {
    const { sql, parameters } = query.compile(this.#kysely);
    return { sql, parameters, ...(table && { table: table.mapped.table }) };
  }

  /** `make`: the statement for these parents. */
  compileFor<Whose extends Parents | undefined>(
    table: Table,
    { kind, columns, order, where, first, after }: StatementShape,
    parents: Whose,
    make: (parents: Whose) => Sql,
  ): Statement {
    const keys = parents?.keys ?? [];
    // Values of clients: some shape the text.
    if (where.length > 0 || after) return { ...this.compile(make(parents), table), keys: keys.length };
    const count = this.#keys === 'any' ? 1 : keys.length;
    const by = parents?.columns.map(({ name }) => name);
    const name = JSON.stringify([kind, count, by, columns, order, first]);
    let ofTable = this.#kept.get(table);
    if (!ofTable) {
      ofTable = new LRUCache({ maxSize: 2 * 1024 * 1024, sizeCalculation: ({ sql }, key) => sql.length + key.length });
      this.#kept.set(table, ofTable);
    }
    let kept = ofTable.get(name);
    if (!kept) {
      const slots = keys.slice(0, count).map((key, i) => key.map((_value, column) => new Slot(i, column)));
      const { sql, parameters } = this.compile(make(parents && { ...parents, keys: slots }));
      kept = { sql, parameters };
      ofTable.set(name, kept);
    }
    const parameters = kept.parameters.map((each) => filled(each, keys));
    return { sql: kept.sql, parameters, table: table.mapped.table, keys: keys.length };
  }
}

function filled(parameter: unknown, keys: readonly SentKey[]): unknown {
  if (parameter instanceof Slot) return keys[parameter.key]?.[parameter.column];
  // An array has the values of all keys.
  const first: unknown = Array.isArray(parameter) ? parameter[0] : undefined;
  return first instanceof Slot ? keys.map((key) => key[first.column]) : parameter;
}
