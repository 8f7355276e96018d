import DataLoader from 'dataloader';
import { UnsupportedError } from './errors.ts';
import { keyTextOf } from './keys.ts';
import { withinTime } from './limits.ts';
import type { RecordType } from './model.ts';
import type { Call, Key, ListRequest, Page, Row, Source, Totals, TotalsRequest, WholeListRequest } from './source.ts';

/**
 * The reads of one operation, gathered: what is asked for in the same turn of the event loop becomes one call for each
 * `batchSize` distinct keys, with the union of the columns. Lives as long as the operation, so nothing in it grows stale.
 */
export class Loaders {
  readonly #source: Source;
  readonly #call: Call;
  readonly #systemTimeoutMs: number;
  readonly #rows = new Map<string, DataLoader<RowLoad, readonly Row[], string>>();
  readonly #tops = new Map<string, DataLoader<Key, Page, string>>();

  /** `systemTimeoutMs`: how long the system may take for one call, beside what the operation itself allows. */
  constructor(source: Source, call: Call, systemTimeoutMs: number) {
    this.#source = source;
    this.#call = call;
    this.#systemTimeoutMs = systemTimeoutMs;
  }

  /** Whether `rows` filters and orders the rows below a parent so. */
  canList({ collection }: RecordType, parent: readonly string[], { where, order }: WholeList): boolean {
    return (
      this.#source.lists !== undefined &&
      where.every(({ column, op }) => this.#source.canFilter(collection, parent, column, op)) &&
      order.every(({ column, direction }) => this.#source.canOrder(collection, parent, column, direction))
    );
  }

  /**
   * The rows of a type that hold these values in the columns of `key`: for an entity one or none, for children any number; filtered
   * and in order where the source can.
   */
  rows(type: RecordType, key: Row, columns: readonly string[], list = unordered): Promise<readonly Row[]> {
    const names = Object.keys(key);
    const name = `${type.name} ${names.join()} ${textOfList(list)}`;
    const textOf = keyTextOf(type, names);
    let loader = this.#rows.get(name);
    if (!loader) {
      loader = new DataLoader((loads) => this.#loadRows(type, names, loads, list), {
        cacheKeyFn: ({ text, columns: wanted }) => `${text} ${wanted.join()}`,
      });
      this.#rows.set(name, loader);
    }
    return loader.load({ text: textOf(key), value: Object.values(key) as Key, columns });
  }

  /** One page of a list that has no parent. */
  page(request: ListRequest): Promise<Page> {
    return this.#limited((call) => this.#source.page(request, call));
  }

  /** What rows come to. Errors: UnsupportedError of a source that doesn't add up. */
  totals(request: TotalsRequest): Promise<readonly Totals[]> {
    const source = this.#source;
    return this.#limited(async (call) => {
      if (!source.totals) throw new UnsupportedError('add it up');
      return source.totals(request, call);
    });
  }

  /** One page of the list below one parent; those of all parents that are asked for together come in one call. */
  top(request: ListRequest, parent: Row): Promise<Page> {
    const names = Object.keys(parent);
    const name = nameOf([names, request]);
    let loader = this.#tops.get(name);
    if (!loader) {
      loader = new DataLoader(
        (parents) => this.#limited((call) => this.#source.top({ ...request, parent: names, parents }, call)),
        { cacheKeyFn: (key) => JSON.stringify(key.map(String)), maxBatchSize: this.#source.batchSize },
      );
      this.#tops.set(name, loader);
    }
    return loader.load(Object.values(parent) as Key);
  }

  async #loadRows(
    type: RecordType,
    key: readonly string[],
    loads: readonly RowLoad[],
    list: WholeList,
  ): Promise<(readonly Row[])[]> {
    const wanted = new Map(loads.map((load) => [load.text, load.value]));
    const columns = [...new Set([...key, ...loads.flatMap((load) => load.columns)])];
    const found = new Map<string, readonly Row[]>();
    await Promise.all(
      chunks([...wanted], this.#source.batchSize).map(async (chunk) => {
        const keys = chunk.map(([, value]) => value);
        const groups = await this.#groups(type, { collection: type.collection, key, keys, columns, ...list });
        for (const [i, [text]] of chunk.entries()) found.set(text, groups[i] ?? []);
      }),
    );
    return loads.map((load) => found.get(load.text) ?? []);
  }

  /** The rows of each key. A source that doesn't say whose a row is has it found again by its text. */
  async #groups(type: RecordType, request: WholeListRequest): Promise<readonly (readonly Row[])[]> {
    const source = this.#source;
    if (source.lists) return this.#limited(async (call) => source.lists?.(request, call) ?? []);
    const textOf = keyTextOf(type, request.key);
    const rows = Map.groupBy(await this.#limited((call) => source.byKey(request, call)), textOf);
    return request.keys.map((values) => {
      return rows.get(textOf(Object.fromEntries(request.key.map((column, i) => [column, values[i]])))) ?? [];
    });
  }

  #limited<T>(run: (call: Call) => Promise<T>): Promise<T> {
    return withinTime(this.#call, this.#systemTimeoutMs, run);
  }
}

interface RowLoad {
  /** The key's text, by which rows are matched with it. */
  readonly text: string;
  readonly value: Key;
  readonly columns: readonly string[];
}

/** What holds of the rows of a list, and their order. */
type WholeList = Pick<WholeListRequest, 'where' | 'order'>;

const unordered: WholeList = { where: [], order: [] };

const listTexts = new WeakMap<WholeList, string>([[unordered, '']]);

/** Kept, since a field asks for the same list below each of its parents. */
function textOfList(list: WholeList): string {
  let text = listTexts.get(list);
  if (text === undefined) {
    text = nameOf(list);
    listTexts.set(list, text);
  }
  return text;
}

function nameOf(request: unknown): string {
  return JSON.stringify(request, (_key, each) => (typeof each === 'bigint' ? String(each) : each));
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
