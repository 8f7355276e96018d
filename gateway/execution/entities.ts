import type { EntityTarget, FetchStep } from '../operations/program.ts';
import { FetchError } from '../transport/errors.ts';
import type { SubgraphError } from '../transport/transport.ts';
import { rename, renamed } from './rename.ts';
import { compileRepresentations, type Representer } from './representations.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';
import { isTree, merge, objectsAt, type Path, placesAt, type Tree, valueAt } from './tree.ts';

/** An entity that is asked for, and the objects of the tree that it is: each key is sent once. */
interface Wanted {
  readonly object: Tree;
  readonly representer: Representer;
  /** Beside `object`. */
  others: Tree[] | undefined;
}

/** Compiles a fetch of entities; there is nothing to fetch where no object at the path fits. */
export function compileEntities(target: EntityTarget, { renames }: FetchStep): (run: Run) => Target | undefined {
  const { path, variable } = target;
  const representers = compileRepresentations(target);

  return (run) => {
    const wanted: Wanted[] = [];
    const texts: string[] = [];
    collect(objectsAt(run.tree, path), representers, wanted, texts);
    if (wanted.length === 0) return undefined;
    let places: ReadonlyMap<Tree, Path[]> | undefined;

    function placesOf(index: number): Path[] {
      places ??= placesAt(run.tree, path);
      const entity = wanted[index];
      return entity ? [...objectsOf(entity)].flatMap((object) => places?.get(object) ?? []) : [];
    }

    return {
      entities: wanted.length,
      variablesText: `"${variable}":[${texts.join()}]`,
      variables: () => ({ [variable]: wanted.map(({ object, representer }) => representer.value(object)) }),
      merge(data, errors) {
        const entities = checked(data._entities, wanted.length, errors);
        const failed = new Set(errors.map(({ path }) => path?.[1]));
        for (let i = 0; entities && i < entities.length; i++) {
          const entity = entities[i];
          const { object, others } = wanted[i] as Wanted;
          if (entity) {
            rename(entity, renames);
            merge(object, entity, run.interfaces);
            // They share what it holds. What is fetched for one of them is the same for all, as they stand at one path.
            if (others) for (const other of others) merge(other, entity, run.interfaces);
          } else if (!failed.has(i)) {
            run.absent.add(object);
            if (others) for (const other of others) run.absent.add(other);
          }
        }
      },
      places([field, index, ...rest]) {
        if (field !== '_entities' || typeof index !== 'number' || !wanted[index]) return undefined;
        const below = renamed(rest, renames);
        return placesOf(index).map((place) => [...place, ...below]);
      },
      allPlaces: () => wanted.flatMap((_, index) => placesOf(index)),
    };
  };
}

function collect(
  objects: readonly Tree[],
  representers: ReadonlyMap<string, Representer>,
  wanted: Wanted[],
  texts: string[],
): void {
  const known = new Map<Representer, Map<unknown, Wanted>>();
  for (const object of objects) {
    const representer = representers.get(object.__typename as string);
    if (!representer) continue;
    let entities = known.get(representer);
    if (!entities) {
      entities = new Map();
      known.set(representer, entities);
    }
    const { only } = representer;
    // A text tells what a value of its own does sooner.
    const value = only === undefined ? undefined : valueAt(object, only);
    const isKey = typeof value === 'string' || typeof value === 'number';
    let text = isKey ? undefined : representer.text(object);
    const key = isKey ? value : text;
    if (key === undefined) continue;
    let entity = entities.get(key);
    if (!entity) {
      text ??= representer.text(object);
      if (text === undefined) continue;
      entity = { object, representer, others: undefined };
      entities.set(key, entity);
      wanted.push(entity);
      texts.push(text);
    } else if (entity.object !== object) {
      entity.others ??= [];
      entity.others.push(object);
    }
  }
}

/** Once each: one of the others may stand at several places. */
function objectsOf({ object, others = [] }: Wanted): ReadonlySet<Tree> {
  return new Set([object, ...others]);
}

/** One entity or null for each representation; undefined where errors came instead. */
function checked(
  entities: unknown,
  expected: number,
  errors: readonly SubgraphError[],
): readonly (Tree | null)[] | undefined {
  if (entities == null && errors.length > 0) return undefined;
  if (entities == null) throw new FetchError('SUBGRAPH_FAILED', 'expected data or errors, got neither');
  const got = Array.isArray(entities) ? entities : [];
  if (!Array.isArray(entities) || got.length !== expected) {
    const what = Array.isArray(entities) ? `${got.length}` : typeof entities;
    throw new FetchError('SUBGRAPH_FAILED', `expected ${expected} entities, got ${what}`);
  }
  const wrong = got.find((entity) => entity !== null && !isTree(entity));
  if (wrong !== undefined) throw new FetchError('SUBGRAPH_FAILED', `expected entities, got ${typeof wrong} among them`);
  return got;
}
