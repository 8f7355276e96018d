import type { FetchStep, RootTarget } from '../operations/program.ts';
import { holds } from './conditions.ts';
import { rename, renamed } from './rename.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';
import { merge, objectsAt, type Path, placesAt } from './tree.ts';

/** Compiles a fetch of root fields; there is nothing to fetch where no object is at the path. */
export function compileRoot({ path = [], keys }: RootTarget, { renames }: FetchStep): (run: Run) => Target | undefined {
  return (run) => {
    const objects = objectsAt(run.tree, path);
    if (objects.length === 0) return undefined;
    const below = (place: Path) => [...placesAt(run.tree, path).values()].flat().map((above) => [...above, ...place]);
    return {
      entities: undefined,
      variablesText: '',
      variables: () => ({}),
      merge(data) {
        rename(data, renames);
        // They share what it holds, as they stand at one path.
        for (const object of objects) merge(object, data, run.interfaces);
      },
      places: (path) => below(renamed(path, renames)),
      allPlaces: () => keys.filter(({ when }) => holds(when, run.variables)).flatMap(({ key }) => below([key])),
    };
  };
}
