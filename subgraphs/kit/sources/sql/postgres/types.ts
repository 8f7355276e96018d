import type { ColumnType } from '../../../source.ts';
import { parseJson } from '../../rest/json.ts';

/** Turns the text in which PostgreSQL sends a value into what the kit works with. */
type Parse = (text: string) => unknown;

/** Asks the database for the types with these oids: rows of the oid and, of an array, the oid of its elements' type. */
type AskTypes = (sql: string, oids: readonly number[]) => Promise<readonly (readonly unknown[])[]>;

const typesOf = `select t.oid, case when e.typtype = 'd' then e.typbasetype else e.oid end
  from pg_catalog.pg_type t left join pg_catalog.pg_type e on e.oid = t.typelem and t.typcategory = 'A' and e.typdelim = ','
  where t.oid = any($1::oid[])`;

/**
 * How values are read, by the oid of their type. Types that a database defines itself, and arrays, are looked up when the first
 * value comes, once for all connections.
 */
export class PostgresTypes {
  readonly #learned = new Map<number, Parse>();

  /** In the form in which the driver asks for it; of any other type, the text is left for `complete`. */
  readonly getTypeParser = (oid: number): Parse => parsers.get(oid) ?? text;

  /**
   * Reads the values of the types that aren't built in, and learns those that nobody has met. Which they are goes by the types
   * alone: while these rows came, another connection may have learned them.
   */
  async complete(fields: readonly { dataTypeID: number }[], rows: unknown[][], ask: AskTypes): Promise<void> {
    const others = fields.flatMap(({ dataTypeID }, i) => (parsers.has(dataTypeID) ? [] : [[i, dataTypeID] as const]));
    const unknown = others.map(([, oid]) => oid).filter((oid) => !this.#learned.has(oid));
    for (const [oid, element] of unknown.length === 0 ? [] : await ask(typesOf, unknown)) {
      const parse = parsers.get(Number(element)) ?? text;
      this.#learned.set(Number(oid), element === null ? text : (value) => parseArray(value, parse));
    }
    for (const row of rows) {
      for (const [i, oid] of others) {
        const value = row[i];
        if (typeof value === 'string') row[i] = this.#learned.get(oid)?.(value) ?? value;
      }
    }
  }
}

/** What a column of a type holds; a domain counts as what it is made of. */
export function columnType(oid: number, isArray: boolean): ColumnType {
  return isArray ? 'list' : (builtIn.find(([known]) => known === oid)?.[1] ?? 'text');
}

/** An array in PostgreSQL's notation (PostgreSQL, "Array Input and Output Syntax", 8.15.6); NULL is null. */
export function parseArray(source: string, parse: Parse): unknown {
  // Bounds may stand before it: [0:1]={a,b}
  let at = source.startsWith('[') ? source.indexOf('=') + 1 : 0;
  // int2vector and oidvector are arrays that are written without braces.
  return source[at] === '{' ? list() : source;

  function list(): unknown[] {
    const items: unknown[] = [];
    at++;
    while (at < source.length && source[at] !== '}') {
      items.push(item());
      if (source[at] === ',') at++;
    }
    at++;
    return items;
  }

  function item(): unknown {
    if (source[at] === '{') return list();
    if (source[at] === '"') return parse(quoted());
    const start = at;
    while (at < source.length && source[at] !== ',' && source[at] !== '}') at++;
    const plain = source.slice(start, at);
    return plain === 'NULL' ? null : parse(plain);
  }

  function quoted(): string {
    let value = '';
    for (at++; at < source.length && source[at] !== '"'; at++) {
      if (source[at] === '\\') at++;
      value += source[at];
    }
    at++;
    return value;
  }
}

/** The types that are known without a look-up: oid (PostgreSQL, pg_type.dat), what they are to the kit, how they are read. */
const builtIn: readonly (readonly [oid: number, type: ColumnType, parse: Parse])[] = [
  [16, 'boolean', (value) => value === 't'],
  [20, 'integer', bigint],
  [21, 'integer', Number],
  [23, 'integer', Number],
  [26, 'integer', Number],
  [700, 'float', float],
  [701, 'float', float],
  [1700, 'decimal', text],
  [114, 'unknown', parseJson],
  [3802, 'unknown', parseJson],
  [1082, 'date', text],
  [1114, 'datetime', (value) => value.replace(' ', 'T')],
  [1184, 'moment', (value) => value.replace(' ', 'T').replace(/\+00(?=$| BC$)/, 'Z')],
  [25, 'text', text],
  [1043, 'text', text],
  // Blanks at its end mean nothing: the server adds them.
  [1042, 'text', (value) => value.replace(/ +$/, '')],
  [19, 'text', text],
  [2950, 'text', text],
];

const parsers: ReadonlyMap<number, Parse> = new Map(builtIn.map(([oid, , parse]) => [oid, parse]));

function text(value: string): string {
  return value;
}

function bigint(value: string): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
}

/** NaN and the infinities stay text, since neither JSON nor a cursor can hold them. */
function float(value: string): number | string {
  const number = Number(value);
  return Number.isFinite(number) ? number : value;
}
