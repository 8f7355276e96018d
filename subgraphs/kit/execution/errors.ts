import type { GraphQLError } from 'graphql';
import type { Path } from './info.ts';

/** The errors of a run. One below a place that is null by now is left out (GraphQL specification, 6.4.4). */
export class CollectedErrors {
  readonly all: GraphQLError[] = [];
  readonly #places = new Set<Path | undefined>();

  /** `path`: the place that the error makes null; undefined for all data. */
  add(error: GraphQLError, path: Path | undefined): void {
    let place = path;
    while (place && !this.#places.has(place)) place = place.prev;
    if (this.#places.has(place)) return;
    this.#places.add(path);
    this.all.push(error);
  }
}
