import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { SystemError, type SystemErrorCode } from '../../../subgraphs/kit/errors.ts';
import type {
  Call,
  Condition,
  Direction,
  ListRequest,
  Order,
  Page,
  Position,
  Raw,
  Row,
  Source,
  TopRequest,
} from '../../../subgraphs/kit/source.ts';
import { columns, type FixtureCollection, type FixtureRow, type FixtureType } from './source-fixture.ts';

/** A source over the fixture's records, as a test opens it. */
export interface OpenedSource {
  readonly source: Source;
  /** What reached the system since the last time this was asked; absent where nobody can see it. */
  calls?(): readonly string[];
  /** What the source calls the fixture's collections. */
  readonly collections: Readonly<Record<FixtureCollection, string>>;
  /** Lets the system hold its answers until `release`. `reached`: it holds a call. `left`: it saw that call given up. */
  hold?(): Held | Promise<Held>;
  /** Closes the source and stops the system. */
  close(): Promise<void>;
}

/** A system that holds its answers. */
export interface Held {
  readonly reached: Promise<void>;
  readonly left: Promise<void>;
  release(): void;
}

/** Asks an opened source for the fixture's records: all columns, the first ten, by id, unless said otherwise. */
export class SourceHarness {
  readonly opened: OpenedSource;

  constructor(opened: OpenedSource) {
    this.opened = opened;
  }

  get source(): Source {
    return this.opened.source;
  }

  called(collection: FixtureCollection): string {
    return this.opened.collections[collection];
  }

  byKey(collection: FixtureCollection, column: string, keys: readonly Raw[], wanted?: readonly string[]) {
    const request = { collection: this.called(collection), key: [column], keys: keys.map((key) => [key]) };
    return this.source.byKey({ ...request, columns: wanted ?? Object.keys(columns[collection]) }, call());
  }

  page(collection: FixtureCollection, request: Partial<ListRequest> = {}): Promise<Page> {
    return this.source.page({ ...listOf(collection), ...request, collection: this.called(collection) }, call());
  }

  /** The books of each of these authors. */
  top(authors: readonly Raw[], request: Partial<ListRequest> = {}): Promise<readonly Page[]> {
    const list = { ...listOf('books'), ...request, collection: this.called('books') };
    const parents: TopRequest['parents'] = authors.map((author) => [author]);
    return this.source.top({ ...list, parent: ['author'], parents }, call());
  }

  /** Runs `read` and checks how many calls reached the system. */
  async counted<T>(calls: number, read: () => Promise<T>): Promise<T> {
    this.opened.calls?.();
    const answer = await read();
    if (this.opened.calls) assert.equal(this.opened.calls().length, calls, 'calls that reached the system');
    return answer;
  }
}

/** What every test sends along. */
export function call(signal: AbortSignal = new AbortController().signal): Call {
  return { signal, requestId: 'test' };
}

/** A request for the first ten of a collection, all columns, by id. */
export function listOf(collection: FixtureCollection): Omit<ListRequest, 'collection'> {
  const order: Order[] = [{ column: 'id', direction: 'asc' }];
  return { columns: Object.keys(columns[collection]), where: [], order, first: 10, after: undefined, count: false };
}

/** An order as the kit writes it: its last step is the key. */
export function ordered(column: string, direction: Direction): Order[] {
  return [
    { column, direction },
    { column: 'id', direction },
  ];
}

/** A position as it comes back in a client's cursor. */
export function travelled(position: Position | undefined): Position {
  assert.ok(position);
  return JSON.parse(JSON.stringify(position));
}

export function matches(row: FixtureRow, { column, op, value }: Condition): boolean {
  const held = row[column];
  if (held === null || held === undefined) return false;
  if (op === 'in') return value.includes(held);
  if (op === '=') return held === value;
  return op === '>=' ? held >= (value as string) : held < (value as string);
}

/** Rows in the fixture's own terms, by id, each once: how a system types a number is its own affair, its digits are not. */
export function plain(collection: FixtureCollection, rows: readonly Row[]): FixtureRow[] {
  const types: Readonly<Record<string, FixtureType>> = columns[collection];
  const distinct = new Map(rows.map((row) => [row.id, row]));
  return sorted(
    [...distinct.values()].map((row) => {
      const entries = Object.entries(types).map(([column, type]) => {
        const value = row[column];
        assert.notEqual(value, undefined, `${column} is undefined`);
        if (value === null) return [column, null];
        return [column, type === 'integer' ? Number(value) : String(value)];
      });
      return Object.fromEntries(entries);
    }),
  );
}

/** The fixture's rows as `plain` has them: by id, decimals without zeros that mean nothing. */
export function sorted(rows: readonly FixtureRow[]): FixtureRow[] {
  const shortened = rows.map((row) => {
    const decimals = Object.entries(row).filter(([column]) => column === 'royalty' || column === 'price');
    return { ...row, ...Object.fromEntries(decimals.map(([column, value]) => [column, shortest(String(value))])) };
  });
  return shortened.sort((a: FixtureRow, b: FixtureRow) => (String(a.id) < String(b.id) ? -1 : 1));
}

function shortest(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

/** The ids of a page's rows. */
export function ids({ rows }: Page): unknown[] {
  return rows.map(({ row }) => row.id);
}

/** For `assert.rejects`: a SystemError of this code that shows the secret nowhere. */
export function systemError(code: SystemErrorCode, secret: string): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof SystemError, String(error));
    assert.equal(error.code, code, error.stack);
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(secret), 'the error shows the secret');
    return true;
  };
}
