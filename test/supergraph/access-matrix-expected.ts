import { type GraphQLOutputType, getNamedType, isListType, isNonNullType } from 'graphql';
import type { Asked } from './access-matrix-asked.ts';
import type { Asking, MatrixRules } from './access-matrix-rules.ts';

/** A refusal: where, of what, and what is lacking. */
export interface Refused {
  readonly path: readonly (string | number)[];
  readonly coordinate: string;
  readonly lacks: readonly string[];
}

/** What a caller should get. */
export interface Expected {
  readonly data: Record<string, unknown> | null;
  readonly refused: readonly Refused[];
  /** The subgraphs that may be asked for it: those that have a field that is allowed and asked for. */
  readonly subgraphs: ReadonlySet<string>;
}

type Value = Record<string, unknown>;

/** Thrown up to what may be null. */
const nothing = Symbol('null in the place of a required value');

/**
 * What a caller should get where somebody who may ask for everything gets `whole`: null for what is refused, with an error at its path. Below a
 * field of which nothing else is left, nothing is known: it is null, and paths go no further than to a list.
 */
export function expectedOf(rules: MatrixRules, asking: Asking, asked: readonly Asked[], whole: Value): Expected {
  const refused: Refused[] = [];
  const subgraphs = new Set<string>();
  function object(type: string, fields: readonly Asked[], value: Value, path: Refused['path']): Value {
    const entries = fields.map(
      (field) => [field.key, one(type, field, value[field.key], [...path, field.key])] as const,
    );
    if (entries.some(([, each]) => each === nothing)) throw nothing;
    return Object.fromEntries(entries);
  }

  function one(type: string, { name, below }: Asked, value: unknown, path: Refused['path']): unknown {
    if (name === '__typename') return value;
    const given = rules.outputOf(type, name);
    const lacks = rules.lacks(asking, type, name);
    if (lacks.length > 0) {
      refused.push({ path, coordinate: `${type}.${name}`, lacks });
      return isNonNullType(given) ? nothing : null;
    }
    if (below && isHollow(rules, asking, type, { name, below })) {
      refused.push(...hollows(rules, asking, given, below, path));
      return null;
    }
    for (const owner of rules.ownersOf(type, name)) subgraphs.add(owner);
    return complete(given, below, value, path);
  }

  function complete(given: GraphQLOutputType, below: Asked['below'], value: unknown, path: Refused['path']): unknown {
    try {
      if (isNonNullType(given)) return complete(given.ofType, below, value, path) ?? nothing;
      if (value === null || !below) return value;
      if (!isListType(given)) return object(getNamedType(given).name, below, value as Value, path);
      const items = (value as unknown[]).map((item, i) => complete(given.ofType, below, item, [...path, i]));
      return items.includes(nothing) ? null : items;
    } catch (error) {
      if (error !== nothing) throw error;
      return null;
    }
  }

  try {
    return { data: object('Query', asked, whole, []), refused, subgraphs };
  } catch (error) {
    if (error !== nothing) throw error;
    return { data: null, refused, subgraphs };
  }
}

/** What a caller is refused of an operation, whatever data there are: paths have no indices. */
export function refusedOf(rules: MatrixRules, asking: Asking, asked: readonly Asked[]): readonly Refused[] {
  const object = (type: string, fields: readonly Asked[], path: Refused['path']): Refused[] =>
    fields.flatMap(({ key, name, below }) => {
      if (name === '__typename') return [];
      const here = [...path, key];
      const lacks = rules.lacks(asking, type, name);
      if (lacks.length > 0) return [{ path: here, coordinate: `${type}.${name}`, lacks }];
      const given = rules.outputOf(type, name);
      if (!below) return [];
      return isHollow(rules, asking, type, { name, below })
        ? hollows(rules, asking, given, below, here)
        : object(getNamedType(given).name, below, here);
    });
  return object('Query', asked, []);
}

/** Whether a field may be null and nothing below it is left. */
function isHollow(
  rules: MatrixRules,
  asking: Asking,
  type: string,
  { name, below }: Pick<Asked, 'name' | 'below'>,
): boolean {
  const given = rules.outputOf(type, name);
  if (!below || isNonNullType(given)) return false;
  const inner = getNamedType(given).name;
  return below.every(
    (field) =>
      field.name !== '__typename' &&
      (rules.lacks(asking, inner, field.name).length > 0 || isHollow(rules, asking, inner, field)),
  );
}

function hollows(
  rules: MatrixRules,
  asking: Asking,
  given: GraphQLOutputType,
  below: readonly Asked[],
  path: Refused['path'],
): Refused[] {
  const type = getNamedType(given).name;
  const isList = isListType(isNonNullType(given) ? given.ofType : given);
  return below.flatMap(({ key, name, below: inner }) => {
    const lacks = rules.lacks(asking, type, name);
    const here = [...path, key];
    const found =
      lacks.length > 0
        ? [{ path: here, coordinate: `${type}.${name}`, lacks }]
        : hollows(rules, asking, rules.outputOf(type, name), inner ?? [], here);
    return isList ? found.map((each) => ({ ...each, path })) : found;
  });
}
