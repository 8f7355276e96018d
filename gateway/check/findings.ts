/** What a check found of one type of a subgraph, by reading a few of its records. */
export interface TypeCheck {
  readonly type: string;
  /** How many records were read; `none` where no list leads to the type, so that none was. */
  readonly rows: number | 'none';
  /** How long the list and the look-up of one record by its key took, in milliseconds. */
  readonly listMs?: number;
  readonly keyMs?: number;
  /** What a client would get an error for. */
  readonly faults: readonly string[];
  /** What may be meant so, or not. */
  readonly remarks: readonly string[];
  /** What is only said, since three records prove nothing. */
  readonly notes: readonly string[];
}

/** What a check found of one subgraph. */
export interface SubgraphCheck {
  readonly name: string;
  /** What stands behind it, for people: `shop, sqlite`. */
  readonly behind: string;
  readonly faults: readonly string[];
  readonly remarks: readonly string[];
  readonly types: readonly TypeCheck[];
}

/** What a check found of everything. */
export interface CheckReport {
  /** How many subgraphs compose, and what composition finds wrong or remarks on. */
  readonly composition: {
    readonly subgraphs: number;
    readonly faults: readonly string[];
    readonly remarks: readonly string[];
  };
  readonly subgraphs: readonly SubgraphCheck[];
}

/** Everything that has faults and remarks of its own. */
export function partsOf({
  composition,
  subgraphs,
}: CheckReport): readonly { faults: readonly string[]; remarks: readonly string[] }[] {
  return [composition, ...subgraphs, ...subgraphs.flatMap(({ types }) => types)];
}
