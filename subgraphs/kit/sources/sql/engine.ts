import type { CompiledQuery, Dialect, RawBuilder } from 'kysely';
import type { Call, ColumnType } from '../../source.ts';

/** A row as the engine returns it: the values in the order of the selected columns. */
export type Values = readonly unknown[];

/** What a statement's parameters may be in every engine. */
export type Bindable = string | number | bigint | null;

/** What differs between databases. */
export interface Engine {
  readonly kind: string;
  /** How statements are spelled. */
  readonly dialect: Dialect;
  /** Whether the engine orders NULL before or after every value when it orders upwards. */
  readonly nulls: 'smallest' | 'largest';
  /** Runs a statement. `scan`: it may read many rows, so it must not hold up the event loop. Errors: SystemError. */
  run(query: CompiledQuery, options: { readonly scan: boolean }, call: Call): Promise<readonly Values[]>;
  /** The columns of a table or view; an empty list when there is none. */
  columns(table: string): { readonly query: RawBuilder<unknown>; read(rows: readonly Values[]): EngineColumn[] };
  close(): Promise<void>;
}

/** A column of a table. */
export interface EngineColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** Whether it is the first column of the primary key or of an index, so that rows are found by it without a scan. */
  readonly leads: boolean;
}
