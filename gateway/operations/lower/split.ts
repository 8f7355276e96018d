import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { keyOf } from './conditions.ts';
import type { EntityField, FetchDocument } from './fetch-document.ts';
import type { Joins } from './joins.ts';
import { coordinate, type Narrowed } from './planned.ts';
import type { Requirements } from './requirements.ts';
import type { SupergraphTypes } from './types.ts';

/** A part of a fetch of entities that needs a representation of its own. */
export interface FetchPart {
  readonly document: FetchDocument;
  readonly requires: readonly QueryPlanSelectionNode[];
}

export interface SplitOptions {
  readonly types: SupergraphTypes;
  readonly joins: Joins;
  readonly requirements: Requirements;
  readonly narrowed: Narrowed;
  /** Of the objects that it is about. */
  readonly path: readonly string[];
}

/** Fields that can be answered from one representation. */
interface Group {
  /** Of which objects they are asked where that isn't all. */
  readonly extent: string;
  /** To what they require. */
  readonly paths: Set<string>;
  readonly fields: Set<string>;
}

/**
 * Splits a fetch in which one representation can't serve all fields:
 * - two fields require the same field with different arguments;
 * - a field that isn't asked of every object requires what, then, hasn't been fetched for every object, and an object that lacks something
 *   is unfit for the whole fetch. That is so for a field with a condition, and for one that is asked of some implementations of an interface
 *   which is an object in this subgraph.
 */
export function splitFetch(
  subgraph: string,
  document: FetchDocument,
  requires: readonly QueryPlanSelectionNode[],
  { types, joins, requirements, narrowed, path }: SplitOptions,
): FetchPart[] {
  const fields = [...document.entityFields()];
  const pathsOf = ({ type, field }: EntityField) => requirements.pathsOf(subgraph, type, field);
  const keysOfPath = path.filter((key) => key !== '@');
  const typesOf = ({ type, field }: EntityField) => {
    const asked = types.interfaceObjects.has(type)
      ? [...(narrowed.get(coordinate(keysOfPath, type, field)) ?? [])]
      : [];
    return types.objects(type).every((object) => asked.includes(object)) ? '' : asked.sort().join();
  };
  const extentOf = (field: EntityField) => `${keyOf(field.when)}${typesOf(field)}`;
  const isUniform = new Set(fields.map(extentOf)).size === 1;
  const isPartial = (field: EntityField) => !isUniform && extentOf(field) !== '';
  const groups: Group[] = [{ extent: '', paths: new Set(), fields: new Set() }];
  const place = (field: EntityField, group = newGroup(groups, isPartial(field) ? extentOf(field) : '')): void => {
    for (const path of pathsOf(field)) group.paths.add(path);
    group.fields.add(nameOf(field));
  };

  for (const field of fields) {
    if (!isPartial(field))
      place(
        field,
        groups.find((group) => !hasConflict(group.paths, pathsOf(field), requirements)),
      );
  }
  for (const field of fields.filter(isPartial)) {
    const needed = pathsOf(field);
    // Where the others require as much, it asks for nothing more; and what requires nothing may go with anything.
    const isServed = (group: Group) =>
      ['', extentOf(field)].includes(group.extent) &&
      needed.every((path) => group.paths.has(path) || isKey(subgraph, field.type, path, joins));
    if (!groups.some((group) => group.fields.has(nameOf(field)))) place(field, groups.find(isServed));
  }
  const used = groups.filter((group) => group.fields.size > 0);
  if (used.length <= 1) return [{ document, requires }];
  const all = new Set(fields.flatMap((field) => pathsOf(field)));
  const keys = new Set(fields.flatMap(({ type }) => [...all].filter((path) => isKey(subgraph, type, path, joins))));
  return used.map(({ paths, fields }) => ({
    document: document.withEntityFields((type, field) => fields.has(`${type}.${field}`)),
    requires: without(requires, (path) => all.has(path) && !paths.has(path) && !keys.has(path)),
  }));
}

function newGroup(groups: Group[], extent: string): Group {
  const group: Group = { extent, paths: new Set(), fields: new Set() };
  groups.push(group);
  return group;
}

const nameOf = ({ type, field }: EntityField): string => `${type}.${field}`;

/** Whether a required field belongs to a key, so that it's there in any case. */
function isKey(subgraph: string, type: string, path: string, joins: Joins): boolean {
  const [name] = path.split('.');
  return joins
    .keys(subgraph, type)
    .some(({ fields }) => fields.selections.some((selection) => 'name' in selection && selection.name.value === name));
}

/** Whether two different paths lead to one place of a representation. */
function hasConflict(some: ReadonlySet<string>, others: readonly string[], requirements: Requirements): boolean {
  const place = (path: string) =>
    path
      .split('.')
      .map((name) => requirements.fieldOf(name) ?? name)
      .join('.');
  const places = new Map([...some].map((path) => [place(path), path]));
  return others.some((path) => (places.get(place(path)) ?? path) !== path);
}

function without(
  selections: readonly QueryPlanSelectionNode[],
  isDropped: (path: string) => boolean,
  outer = '',
): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === 'InlineFragment') {
      return [{ ...selection, selections: without(selection.selections, isDropped, outer) }];
    }
    const path = outer + selection.name;
    if (isDropped(path)) return [];
    return [
      selection.selections
        ? { ...selection, selections: without(selection.selections, isDropped, `${path}.`) }
        : selection,
    ];
  });
}
