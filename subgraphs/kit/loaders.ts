import DataLoader from 'dataloader';
import { keyTextOf } from './keys.ts';
import { withinTime } from './limits.ts';
import type { RecordType } from './model.ts';
import type { Call, Key, KeyRequest, ListRequest, Page, Row, Source } from './source.ts';

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

  /** The rows of a type that hold these values in the columns of `key`: for an entity one or none, for children any number. */
  rows(type: RecordType, key: Row, columns: readonly string[]): Promise<readonly Row[]> {
    const names = Object.keys(key);
    const name = `${type.name} ${names.join()}`;
    const textOf = keyTextOf(type, names);
    let loader = this.#rows.get(name);
    if (!loader) {
      loader = new DataLoader((loads) => this.#loadRows(type, names, loads), {
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

  /** One page of the list below one parent; those of all parents that are asked for together come in one call. */
  top(request: ListRequest, parent: Row): Promise<Page> {
    const names = Object.keys(parent);
    const name = JSON.stringify([names, request], (_key, each) => (typeof each === 'bigint' ? String(each) : each));
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

  async #loadRows(type: RecordType, key: readonly string[], loads: readonly RowLoad[]): Promise<(readonly Row[])[]> {
    const textOf = keyTextOf(type, key);
    const wanted = new Map(loads.map((load) => [load.text, load.value]));
    const columns = [...new Set([...key, ...loads.flatMap((load) => load.columns)])];
    const found = new Map<string, Row[]>([...wanted.keys()].map((text) => [text, []]));
    await Promise.all(
      chunks([...wanted.values()], this.#source.batchSize).map(async (keys) => {
        const request: KeyRequest = { collection: type.collection, key, keys, columns };
        for (const row of await this.#limited((call) => this.#source.byKey(request, call))) {
          found.get(textOf(row))?.push(row);
        }
      }),
    );
    return loads.map((load) => found.get(load.text) ?? []);
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

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
