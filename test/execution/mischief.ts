import { type DocumentNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';
import type { SubgraphError } from '../../gateway/transport/transport.ts';
import { hash, stable } from './hash.ts';
import type { Mischief } from './subgraphs.ts';

/**
 * Subgraphs that misbehave: nulls where there may be none, errors with and without paths, missing entities, fields that nobody
 * asked for, keys in another order, scalars of another type. What happens to a value follows from the fields that lead to it, from
 * a root or an entity, and not from aliases or from how often and in which order entities are asked for: those may differ.
 */
export const mischief: Mischief = (subgraph, query, variables, response) => {
  const { data } = response;
  if (!data) return response;
  const representations = Array.isArray(variables.representations) ? variables.representations.map(stable) : [];
  const errors: SubgraphError[] = [...(response.errors ?? [])];
  const roots = [...selected(query, variables)];
  const about = [subgraph, ...roots.map(([, { names }]) => [...names]).sort(), ...new Set(representations)]
    .sort()
    .join();
  if (hash(`${about} as a whole`) % 61 === 0) return { data: null, errors: [{ message: 'all is lost' }] };

  const spoil = (value: unknown, path: readonly (string | number)[], place: string, below: Selected): unknown => {
    const chance = hash(`${subgraph}${place}`) % 97;
    if (chance === 0) return null;
    if (chance === 1) {
      errors.push({ message: 'this is lost', path });
      return null;
    }
    if (chance === 2) errors.push({ message: 'something is wrong somewhere' });
    if (Array.isArray(value)) return value.map((item, i) => spoil(item, [...path, i], `${place}.${i}`, below));
    if (value === null) return null;
    if (typeof value !== 'object') return chance < 6 ? other(value) : value;
    const fields = Object.entries(value).map(([key, inner]) => {
      const field = below.get(key) ?? unknown;
      return [
        key,
        named(field) === '__typename' ? inner : spoil(inner, [...path, key], `${place}.${named(field)}`, field.below),
      ];
    });
    if (chance < 12) fields.reverse();
    if (chance > 90) fields.push(['unasked', { id: 1 }]);
    return Object.fromEntries(fields);
  };

  const below = new Map(roots);
  const spoilt = Object.entries(data).map(([key, value]) => {
    const field = below.get(key) ?? unknown;
    if (named(field) === '__typename') return [key, value];
    if (key !== '_entities' || !Array.isArray(value)) return [key, spoil(value, [key], named(field), field.below)];
    return [key, value.map((entity, i) => spoil(entity, [key, i], `entity ${representations[i]}`, field.below))];
  });
  return { data: Object.fromEntries(spoilt), ...(errors.length > 0 && { errors }) };
};

/** Something of another type. */
function other(value: unknown): unknown {
  return typeof value === 'string' ? 12.5 : 'a text';
}

/** By response key, which fields are selected under it, and what is selected below them. */
type Selected = Map<string, { readonly names: Set<string>; readonly below: Selected }>;

const unknown: { names: Set<string>; below: Selected } = { names: new Set(), below: new Map() };

function named({ names }: { readonly names: ReadonlySet<string> }): string {
  return [...names].sort().join('|');
}

/** What is selected and not skipped. */
function selected(document: DocumentNode, given: Readonly<Record<string, unknown>>): Selected {
  const found: Selected = new Map();
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (!operation) return found;
  const defaults = (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [
    variable.name.value,
    defaultValue?.kind === Kind.BOOLEAN && defaultValue.value,
  ]);
  collect(operation.selectionSet, document, { ...Object.fromEntries(defaults), ...given }, found);
  return found;
}

function isSkipped({ directives = [] }: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  return directives.some(({ name, arguments: [condition] = [] }) => {
    const { value } = condition ?? {};
    const holds =
      value?.kind === Kind.VARIABLE ? variables[value.name.value] : value?.kind === Kind.BOOLEAN && value.value;
    return name.value === 'skip' ? holds === true : name.value === 'include' && holds === false;
  });
}

function collect(
  { selections }: SelectionSetNode,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  into: Selected,
): void {
  for (const selection of selections) {
    if (isSkipped(selection, variables)) continue;
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      const field = into.get(key) ?? { names: new Set(), below: new Map() };
      into.set(key, field);
      field.names.add(selection.name.value);
      if (selection.selectionSet) collect(selection.selectionSet, document, variables, field.below);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet, document, variables, into);
    else {
      const fragment = document.definitions.find(
        (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
      );
      if (fragment?.kind === Kind.FRAGMENT_DEFINITION) collect(fragment.selectionSet, document, variables, into);
    }
  }
}
