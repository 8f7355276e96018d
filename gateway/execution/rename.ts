import type { Rename } from '../operations/program.ts';
import { isTree, type Path, type Tree, valueAt } from './tree.ts';

/** Moves values to the keys that they have in the tree: the planner had to ask for them under others. */
export function rename(root: Tree, renames: readonly Rename[]): void {
  for (const each of renames) at(root, each, 0);
}

function at(value: unknown, each: Rename, depth: number): void {
  if (Array.isArray(value)) {
    for (const item of value) at(item, each, depth);
    return;
  }
  if (!isTree(value)) return;
  const step = each.path[depth];
  if (!step) {
    const moved = valueAt(value, each.from);
    if (moved == null) return;
    value[each.to] = moved;
    delete value[each.from];
  } else if ('key' in step) {
    at(valueAt(value, step.key), each, depth + 1);
  } else {
    const { __typename: type } = value;
    if (typeof type !== 'string' || step.types.includes(type)) at(value, each, depth + 1);
  }
}

/** A place that a subgraph names, by the keys in the tree. The keys that the planner made up tell their types apart. */
export function renamed(place: Path, renames: readonly Rename[]): Path {
  if (renames.length === 0) return place;
  const steps = [...place];
  for (const { path, from, to } of renames) {
    const keys = [...path.flatMap((step) => ('key' in step ? [step.key] : [])), from];
    let matched = 0;
    const last = steps.findIndex(
      (step) => typeof step === 'string' && (step !== keys[matched++] || matched === keys.length),
    );
    if (matched === keys.length && steps[last] === from) steps[last] = to;
  }
  return steps;
}
