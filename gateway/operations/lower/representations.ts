import type { FetchDataRewrite, QueryPlanFieldNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import type { Rename, RepresentationField, RepresentationFields } from '../program.ts';
import type { Requirements } from './requirements.ts';
import { namedType, type SupergraphTypes } from './types.ts';

/** What names the plan uses, and what they stand for. */
export interface Names {
  readonly types: SupergraphTypes;
  readonly requirements: Requirements;
}

type Representations = Readonly<Record<string, readonly RepresentationField[]>>;

/** What a fetch `requires`, by the object's `__typename`. */
export function lowerRepresentations(
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[] = [],
  names: Names,
): Representations {
  const typeNames = new Set(
    requires.flatMap((node) =>
      node.kind === 'InlineFragment' && node.typeCondition ? names.types.runtime(node.typeCondition) : [],
    ),
  );
  const byType: Record<string, readonly RepresentationField[]> = {};
  for (const type of typeNames) {
    const fields = lowerFields(selectedFor(type, requires, names), type, names);
    const changed = rewrites.reduce((all, rewrite) => rewritten(all, rewrite, names), fields);
    // Without its type's name, a representation says nothing.
    if (changed.some(({ as }) => as === '__typename')) byType[type] = changed;
  }
  return byType;
}

/** Moves of what comes back, as the planner's rewrites say. */
export function lowerRenames(rewrites: readonly FetchDataRewrite[] = [], { types }: Names): Rename[] {
  return rewrites.map((rewrite) => {
    const from = rewrite.path.at(-1);
    if (rewrite.kind !== 'KeyRenamer' || from === undefined)
      throw new Error(`Unexpected ${rewrite.kind} of a fetch's answer.`);
    const path = rewrite.path.slice(0, -1).map((element) => {
      const type = conditionIn(element);
      return type === undefined ? { key: element } : { types: types.runtime(type) };
    });
    return { path, from, to: rewrite.renameKeyTo };
  });
}

/** The fields that are selected of an object of this type, with those of one key joined. */
function selectedFor(
  type: string,
  selections: readonly QueryPlanSelectionNode[],
  names: Names,
  found = new Map<string, QueryPlanFieldNode>(),
): Map<string, QueryPlanFieldNode> {
  for (const selection of selections) {
    if (selection.kind === 'InlineFragment') {
      const { typeCondition } = selection;
      if (typeCondition && !names.types.runtime(typeCondition).includes(type)) continue;
      selectedFor(type, selection.selections, names, found);
      continue;
    }
    const key = selection.alias ?? selection.name;
    const known = found.get(key);
    found.set(
      key,
      known ? { ...known, selections: [...(known.selections ?? []), ...(selection.selections ?? [])] } : selection,
    );
  }
  return found;
}

function lowerFields(
  selected: ReadonlyMap<string, QueryPlanFieldNode>,
  type: string,
  names: Names,
): RepresentationField[] {
  return [...selected].map(([key, { name, selections }]): RepresentationField => {
    // The object is one of this type: no need to look.
    if (name === '__typename') return { as: key, value: type };
    const as = names.requirements.fieldOf(key) ?? key;
    if (!selections?.length) return { as, from: key };
    const definition = names.types.field(type, names.requirements.fieldOf(name) ?? name);
    if (!definition) throw new Error(`The plan requires ${type}.${name}, which isn't there.`);
    return { as, from: key, fields: lowerInner(selections, namedType(definition.type), names) };
  });
}

function lowerInner(selections: readonly QueryPlanSelectionNode[], type: string, names: Names): RepresentationFields {
  const possible = names.types.runtime(type);
  const [only] = possible;
  const isTyped = selections.some(({ kind }) => kind === 'InlineFragment');
  const untyped = (of: string): RepresentationField[] =>
    lowerFields(selectedFor(of, selections, names), of, names).map((field) =>
      // Here the type is not known from elsewhere.
      'value' in field ? { as: field.as, from: field.as } : field,
    );
  if (!isTyped || (possible.length === 1 && only === type)) return { kind: 'any', fields: untyped(type) };
  const byType = possible.map((one) => [one, lowerFields(selectedFor(one, selections, names), one, names)] as const);
  return { kind: 'typed', types: Object.fromEntries(byType) };
}

/** A representation with one of the planner's changes: the name of an interface where the subgraph knows only that. */
function rewritten(fields: RepresentationField[], rewrite: FetchDataRewrite, { types }: Names): RepresentationField[] {
  const conditions = rewrite.path.slice(0, -1).map(conditionIn);
  const last = rewrite.path.at(-1);
  if (rewrite.kind !== 'ValueSetter' || last === undefined || conditions.includes(undefined)) {
    throw new Error(`Unexpected ${rewrite.kind} of a representation at ${rewrite.path.join('.')}.`);
  }
  const type = fields.find((field) => field.as === '__typename');
  const name = type && 'value' in type ? String(type.value) : '';
  const applies = conditions.every((condition) => condition !== undefined && types.runtime(condition).includes(name));
  if (!applies) return fields;
  const set = { as: last, value: rewrite.setValueTo };
  return fields.some(({ as }) => as === last)
    ? fields.map((field) => (field.as === last ? set : field))
    : [...fields, set];
}

/** `Product` for `... on Product`. */
function conditionIn(element: string): string | undefined {
  return element.startsWith('... on ') ? element.slice('... on '.length) : undefined;
}
