import type { Direction, Operator } from '../source.ts';
import { type CalledType, callDefaults } from './config.ts';
import type { ListParameters } from './lists.ts';

/** What a type states of the ways to read it, alike for every system that is called over HTTP. */
export interface ReadableType extends CalledType {
  readonly list?: ListParameters;
  readonly top?: Readonly<Record<string, ListParameters>>;
}

/** The part of a source that follows from what its types state: what can be asked of the system. */
export abstract class CalledSource<Type extends ReadableType> {
  readonly batchSize: number;
  readonly #types: Readonly<Record<string, Type>>;

  constructor({
    types,
    batchSize = callDefaults.batchSize,
  }: { types: Readonly<Record<string, Type>>; batchSize?: number }) {
    this.batchSize = batchSize;
    this.#types = types;
  }

  canLookUp(collection: string, key: readonly string[]): boolean {
    return key.length === 1 && this.typeOf(collection).byKey?.[key.join()] !== undefined;
  }

  canList(collection: string, parent: readonly string[], count: boolean): boolean {
    const list = this.#listOf(collection, parent);
    return list !== undefined && !(count && list.total === undefined);
  }

  canFilter(collection: string, parent: readonly string[], column: string, op: Operator): boolean {
    return this.#listOf(collection, parent)?.filters?.[`${column} ${op}`] !== undefined;
  }

  canOrder(collection: string, parent: readonly string[], column: string, direction: Direction): boolean {
    return this.#listOf(collection, parent)?.orders?.[`${column} ${direction}`] !== undefined;
  }

  /** What the lists of a type can be filtered by, whether its records hold it or not. */
  protected filteredBy(collection: string): ReadonlySet<string> {
    const { list, top = {} } = this.typeOf(collection);
    const filters = [list, ...Object.values(top)].flatMap((each) => Object.keys(each?.filters ?? {}));
    return new Set(filters.map((filter) => filter.slice(0, filter.lastIndexOf(' '))));
  }

  protected typeOf(collection: string): Type {
    const type = this.#types[collection];
    if (!type) throw new TypeError(`${collection} is not mapped`);
    return type;
  }

  #listOf(collection: string, parent: readonly string[]): ListParameters | undefined {
    const { list, top } = this.typeOf(collection);
    return parent.length === 0 ? list : top?.[parent.join()];
  }
}
