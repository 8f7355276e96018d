import type { Code } from './code.ts';

/** A first draft of a subgraph, before it is written as `schema.graphql` and `backend.ts`: for a person to go on from. */
export interface Draft {
  /** The backend's call, without its types: the function, where it comes from, and its options. */
  readonly source: {
    readonly module: 'sql' | 'rest' | 'soap';
    /** What else is imported from the module, such as `bearer`. */
    readonly helpers: readonly string[];
    readonly options: readonly (readonly [string, Code])[];
    /** What the system is, for the docstring: `a PostgreSQL database`. */
    readonly what: string;
  };
  readonly types: readonly DraftType[];
  readonly enums: readonly DraftEnum[];
  /** What was left out or guessed, each a sentence for the person who goes on. */
  readonly remarks: readonly string[];
}

/** A type of the draft: an entity with the key `id`. */
export interface DraftType {
  readonly name: string;
  /** What one and several are called in descriptions: `order line`, `order lines`. */
  readonly one: string;
  readonly several: string;
  readonly description: string;
  /** The fields of `Query`; undefined where the system can't look up or list so. */
  readonly lookUp: string | undefined;
  readonly list: string | undefined;
  /** Whether lists can be counted. */
  readonly counts: boolean;
  /** What stands in the mapping before the key: table, joins, byKey, … */
  readonly mapping: readonly (readonly [string, Code])[];
  readonly key: Code;
  readonly fields: readonly DraftField[];
  readonly filters: readonly DraftFilter[];
  /** The fields that lists can be ordered by. */
  readonly sorts: readonly string[];
}

/** A field of a type, and how it is mapped. */
export interface DraftField {
  readonly name: string;
  /** As it stands in the contract: `String!`; of a connection without pages' arguments. */
  readonly type: string;
  readonly description: string;
  readonly code: Code;
}

/** A filter of a type's list, named after a field. */
export interface DraftFilter {
  readonly name: string;
  readonly type: string;
  readonly description: string;
}

/** An enum: the contract's values with the system's own, of which several may mean the same. */
export interface DraftEnum {
  readonly name: string;
  readonly description: string;
  readonly values: readonly { readonly value: string; readonly codes: readonly string[] }[];
}
