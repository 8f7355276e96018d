import { InvalidCursorError, SystemError } from '../../errors.ts';
import type { ListRequest, Page, Position } from '../../source.ts';
import { at, rowOf } from '../paths.ts';
import { type DeletedMark, isDeleted } from './deleted.ts';
import type { RestPaging } from './options.ts';

/** Where a page of the system begins: its own cursor, the number of rows to skip, or null at the beginning. */
export type Begin = string | number | null;

/** One answer of a list endpoint. */
export interface Chunk {
  readonly records: readonly unknown[];
  /** The system's cursor of the next answer; null where there is none. */
  readonly next: Begin;
  /** Present where the answer counts. */
  readonly total: number | undefined;
  /** What errors call it. */
  readonly name: string;
}

/** Asks for the rows from `begin` on. `fromClient`: `begin` came in a client's cursor. */
export type Fetch = (ask: { begin: Begin; limit: number; count: boolean; fromClient: boolean }) => Promise<Chunk>;

/** How many rows the first call for a page asks for, when it begins at the beginning. */
export function firstLimit(paging: RestPaging, { first }: ListRequest): number {
  return bounded(paging, paging.offset ? first + 1 : first);
}

/** How a list is cut into pages, and which of its records are none. */
type Paging = RestPaging & { readonly deleted?: DeletedMark };

/** Reads a page in as many calls as it takes: usually one. `begun`: the answer to the first call, where it was made before. */
export function readPage(
  paging: Paging,
  key: readonly string[],
  request: ListRequest,
  fetch: Fetch,
  begun?: Chunk,
): Promise<Page> {
  return paging.offset ? readByOffset(paging, request, fetch, begun) : readByCursor(paging, key, request, fetch, begun);
}

/**
 * The system gives a cursor for each page, not for each row. So the last row of a page has the position `[next]`; a row before
 * it has `[begin, i, …key]`: to go on after it, the page is read again from where it began, and skipped through the row with
 * that key. When that row is gone, the page is taken from its beginning: a row may then come twice, but none is lost. Where a
 * column of the row is the cursor, each row has its own, `[value]`.
 */
async function readByCursor(
  paging: Paging,
  key: readonly string[],
  request: ListRequest,
  fetch: Fetch,
  begun: Chunk | undefined,
): Promise<Page> {
  const { first, columns, after } = request;
  let { begin, last } = startOf(after, key.length);
  const rows: { row: Page['rows'][number]['row']; position: Position }[] = [];
  let total: { total?: number } = {};
  for (let chunk = begun, calls = 0; ; chunk = undefined, calls++) {
    const limit = bounded(paging, first - rows.length + (last ? last.index + 1 : 0));
    const count = request.count && calls === 0;
    chunk ??= await fetch({ begin, limit, count, fromClient: after !== undefined && calls === 0 && begin !== null });
    if (count) total = totalOf(chunk);
    const { records, next } = chunk;
    const skipped = last ? indexOf(records, key, last) + 1 : 0;
    for (const [i, record] of records.entries()) {
      if (i < skipped || isDeleted(paging.deleted, record)) continue;
      if (rows.length === first) return { rows, hasNext: true, ...total };
      const ends = i === records.length - 1 && next !== null;
      const own = paging.after && [cursorOf(record, paging.after.column, chunk.name)];
      const position = own ?? (ends ? [next] : [begin, i, ...keyOf(record, key)]);
      rows.push({ row: rowOf(record, columns), position });
    }
    if (next === null) return { rows, hasNext: false, ...total };
    if (rows.length === first && first > 0) return { rows, hasNext: true, ...total };
    if (next === begin)
      throw new SystemError('SYSTEM_FAILED', `${chunk.name}: the next cursor is that of the same page`);
    begin = next;
    last = undefined;
  }
}

/** The position of a row is `[n]`, the number of rows up to and with it. One row more than wanted tells whether more follow. */
async function readByOffset(
  paging: Paging,
  { first, columns, after, count }: ListRequest,
  fetch: Fetch,
  begun: Chunk | undefined,
): Promise<Page> {
  const start = offsetOf(after);
  const rows: Page['rows'][number][] = [];
  let total: { total?: number } = {};
  for (let chunk = begun, begin = start; ; chunk = undefined) {
    const limit = bounded(paging, first + 1 - rows.length);
    chunk ??= await fetch({ begin, limit, count: count && begin === start, fromClient: after !== undefined });
    if (count && begin === start) total = totalOf(chunk);
    for (const [i, record] of chunk.records.entries()) {
      if (isDeleted(paging.deleted, record)) continue;
      rows.push({ row: rowOf(record, columns), position: [begin + i + 1] });
    }
    begin += chunk.records.length;
    const end = chunk.records.length < limit || begin >= (total.total ?? Number.POSITIVE_INFINITY);
    if (end || rows.length > first) return { rows: rows.slice(0, first), hasNext: rows.length > first, ...total };
  }
}

/** The value by which the list goes on behind a row. Errors: SystemError when the row has none. */
export function cursorOf(record: unknown, column: string, name: string): string | number {
  const value = at(record, column);
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new SystemError('SYSTEM_FAILED', `${name}: expected "${column}" in each row, to go on behind it`);
}

interface Start {
  readonly begin: Begin;
  /** The row after which to go on, within the page that begins there. */
  readonly last: { readonly index: number; readonly key: readonly unknown[] } | undefined;
}

/** Positions come from clients: whatever doesn't have the shape that was given out is refused. */
function startOf(after: Position | undefined, keyLength: number): Start {
  if (after === undefined) return { begin: null, last: undefined };
  const [begin, index, ...key] = after;
  const isCursor = typeof begin === 'string' || typeof begin === 'number';
  if (after.length === 1 && isCursor) return { begin, last: undefined };
  const isIndex = typeof index === 'number' && Number.isSafeInteger(index) && index >= 0;
  if ((isCursor || begin === null) && isIndex && key.length === keyLength) return { begin, last: { index, key } };
  throw new InvalidCursorError();
}

function offsetOf(after: Position | undefined): number {
  const [offset, ...rest] = after ?? [0];
  if (rest.length === 0 && typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new InvalidCursorError();
}

/** Where the row with this key stands; -1 when it is gone. */
function indexOf(
  records: readonly unknown[],
  key: readonly string[],
  { key: sought }: { key: readonly unknown[] },
): number {
  return records.findIndex((record) => keyOf(record, key).every((value, i) => value === sought[i]));
}

function keyOf(record: unknown, key: readonly string[]): Position {
  return key.map((column) => {
    const value = at(record, column);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  });
}

function totalOf({ total, name }: Chunk): { total: number } {
  if (total === undefined) throw new SystemError('SYSTEM_FAILED', `${name}: the answer holds no count`);
  return { total };
}

function bounded({ largest = 100 }: RestPaging, rows: number): number {
  return Math.max(1, Math.min(rows, largest));
}
