/** Data as subgraphs gave it, merged: objects by response key, lists and leaf values. */
export type Tree = Record<string, unknown>;

/** Whether a value is an object of the tree: no list, no leaf. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What an object has under a response key. Objects come from JSON and have a prototype, so that a client's alias `constructor`
 * finds a function where nothing was fetched; JSON itself has none.
 */
export function valueAt(object: Tree, key: string): unknown {
  const value = object[key];
  return typeof value === 'function' ? undefined : value;
}

/** The objects at a path, in order; `@` stands for each item of a list. Nulls have none. */
export function objectsAt(root: Tree, path: readonly string[]): Tree[] {
  let level: unknown[] = [root];
  for (const key of path) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      if (key !== '@') next.push(valueAt(value as Tree, key));
      else if (Array.isArray(value)) for (const item of value) next.push(item);
    }
    level = next;
  }
  return level.every(isTree) ? level : level.filter(isTree);
}

/** The same objects, each with all its places: one that was fetched once may stand at several. */
export function placesAt(root: Tree, path: readonly string[]): Map<Tree, Path[]> {
  const places = new Map<Tree, Path[]>();
  visit(root, 0, []);
  return places;

  function visit(value: unknown, depth: number, place: Path): void {
    if (typeof value !== 'object' || value === null) return;
    const key = path[depth];
    if (key === undefined) {
      if (!isTree(value)) return;
      const known = places.get(value);
      if (known) known.push(place);
      else places.set(value, [place]);
    } else if (key !== '@') visit(valueAt(value as Tree, key), depth + 1, [...place, key]);
    else if (Array.isArray(value)) value.forEach((item, i) => void visit(item, depth + 1, [...place, i]));
  }
}

/** A place in the tree, or in the answer: response keys and indices. */
export type Path = readonly (string | number)[];

/**
 * Adds what a fetch brought to an object of the tree; lists of equal length are merged item by item. Parts of `source` become
 * parts of the tree. Null takes nothing away, or which of two parallel fetches is slower would decide what the answer is.
 * `interfaces` are names that say less than the one that the object has.
 */
export function merge(target: Tree, source: Tree, interfaces: ReadonlySet<string>): void {
  for (const key in source) {
    const value = source[key];
    // JSON may have it as a key of its own, and setting it would change the object's prototype.
    if (value === undefined || key === '__proto__') continue;
    const present = valueAt(target, key);
    if (typeof value !== 'object' || value === null || typeof present !== 'object' || present === null) {
      if (present !== undefined && (value === null || (key === '__typename' && interfaces.has(value as string))))
        continue;
      target[key] = value;
    } else if (!Array.isArray(value)) {
      if (present !== value) merge(present as Tree, value as Tree, interfaces);
    } else if (Array.isArray(present) && present.length === value.length) {
      mergeItems(present, value, interfaces);
    } else {
      target[key] = value;
    }
  }
}

function mergeItems(present: unknown[], items: readonly unknown[], interfaces: ReadonlySet<string>): void {
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const before = present[i];
    if (before === item) continue;
    if (isTree(item) && isTree(before)) merge(before, item, interfaces);
    else if (Array.isArray(item) && Array.isArray(before) && item.length === before.length) {
      mergeItems(before, item, interfaces);
    } else if (item !== null) present[i] = item;
  }
}
