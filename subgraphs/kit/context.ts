import type { Note } from './forms.ts';
import type { Loaders } from './loaders.ts';
import type { Call } from './source.ts';

/** What every resolver of one operation shares. */
export interface Context {
  readonly call: Call;
  readonly loaders: Loaders;
  readonly note: Note;
  /**
   * Fields of records by their contract's key, for `resolvers.ts`: `load('Product', [{ sku }], ['available'])`. In the order
   * of the keys, null where there is no record; in one call together with whatever else is read at the same time.
   */
  load(type: string, keys: readonly Values[], fields: readonly string[]): Promise<(Values | null)[]>;
}

/** Values of the contract by field name. */
export type Values = Readonly<Record<string, unknown>>;
