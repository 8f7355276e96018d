import type { SubgraphError } from '../transport/transport.ts';
import type { Path, Tree } from './tree.ts';

/** What a fetch is for: root fields or entities. Made for one run. */
export interface Target {
  /** How many entities it asks for; undefined for root fields. */
  readonly entities: number | undefined;
  /** The variables that it adds to the operation's own, as JSON members and as values. */
  readonly variablesText: string;
  variables(): Tree;
  /** Adds what came to the tree. Errors: FetchError, when it can't be used. */
  merge(data: Tree, errors: readonly SubgraphError[]): void;
  /** Where an error with this path in the response stands in the tree; undefined or none where the path says nothing. */
  places(path: Path): readonly Path[] | undefined;
  /** Everything that was asked for. */
  allPlaces(): readonly Path[];
}
