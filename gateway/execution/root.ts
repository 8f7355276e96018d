import type { FetchStep, RootTarget } from '../operations/program.ts';
import { holds } from './conditions.ts';
import type { Target } from './fetch.ts';
import { rename } from './rename.ts';
import type { Run } from './run.ts';
import { merge } from './tree.ts';

/** Compiles a fetch of root fields. */
export function compileRoot({ keys }: RootTarget, { renames }: FetchStep): (run: Run) => Target {
  return (run) => ({
    variablesText: '',
    variables: () => ({}),
    merge(data) {
      rename(data, renames);
      merge(run.tree, data, run.interfaces);
    },
    places: (path) => [path],
    allPlaces: () => keys.filter(({ when }) => holds(when, run.variables)).map(({ key }) => [key]),
  });
}
