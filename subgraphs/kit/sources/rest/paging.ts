import { InvalidCursorError, SystemError } from '../../errors.ts';
import type { ListRequest, Page, Position } from '../../source.ts';
import { at, rowOf } from '../paths.ts';
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
  return bounded(paging, paging.cursor ? first : first + 1);
}

/** Reads a page in as many calls as it takes: usually one. `begun`: the answer to the first call, where it was made before. */
export function readPage(
  paging: RestPaging,
  key: readonly string[],
  request: ListRequest,
  fetch: Fetch,
  begun?: Chunk,
): Promise<Page> {
  return paging.cursor ? readByCursor(paging, key, request, fetch, begun) : readByOffset(paging, request, fetch, begun);
}

/**
 * The system gives a cursor for each page, not for each row. So the last row of a page has the position `[next]`; a row before
 * it has `[begin, i, …key]`: to go on after it, the page is read again from where it began, and skipped through the row with
 * that key. When that row is gone, the page is taken from its beginning: a row may then come twice, but none is lost.
 */
async function readByCursor(
  paging: RestPaging,
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
      if (i < skipped) continue;
      if (rows.length === first) return { rows, hasNext: true, ...total };
      const ends = i === records.length - 1 && next !== null;
      rows.push({ row: rowOf(record, columns), position: ends ? [next] : [begin, i, ...keyOf(record, key)] });
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
  paging: RestPaging,
  { first, columns, after, count }: ListRequest,
  fetch: Fetch,
  begun: Chunk | undefined,
): Promise<Page> {
  const start = offsetOf(after);
  const records: unknown[] = [];
  let total: { total?: number } = {};
  for (let chunk = begun; ; chunk = undefined) {
    const begin = start + records.length;
    const limit = bounded(paging, first + 1 - records.length);
    chunk ??= await fetch({ begin, limit, count: count && begin === start, fromClient: after !== undefined });
    if (count && begin === start) total = totalOf(chunk);
    records.push(...chunk.records);
    const end = chunk.records.length < limit || start + records.length >= (total.total ?? Number.POSITIVE_INFINITY);
    if (end || records.length > first) break;
  }
  const rows = records.slice(0, first).map((record, i) => ({ row: rowOf(record, columns), position: [start + i + 1] }));
  return { rows, hasNext: records.length > first, ...total };
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
