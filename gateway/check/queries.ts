import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { entityKeys, isExternal } from '../../subgraphs/kit/contract.ts';
import { rootLookup } from '../../subgraphs/kit/derive.ts';
import type { Model, RecordType } from '../../subgraphs/kit/model.ts';

/** How a few records of a type are read. */
export interface Reading {
  readonly type: string;
  /** From a list of `Query` to the type; undefined where none leads there. */
  readonly path: readonly Step[] | undefined;
  /** The fields of a `@key` by which one record is then read again; empty where there is none. */
  readonly key: readonly string[];
  /** The fields that are looked at. */
  readonly fields: readonly string[];
  /** The text of the selection of those. */
  readonly selection: string;
  /** The text of a selection that goes one step along each relation: whether it can be gone is seen only by going. */
  readonly relations: string;
}

/** A field on the way, and what holds its records. */
interface Step {
  readonly field: string;
  readonly rows: 'nodes' | 'itself';
}

const sampleSize = 3;

/** How each type that has records in the system is read, by the shortest way that its contract offers. */
export function readings(schema: GraphQLSchema, model: Model): Reading[] {
  const paths = shortestPaths(schema, model);
  return [...model.types.values()].flatMap(({ name, records }): Reading[] => {
    if (records === 'none') return [];
    const type = schema.getType(name) as GraphQLObjectType;
    const fields = Object.values(type.getFields()).filter((field) => isRead(type, field, model));
    const key = entityKeys(type).find(({ resolvable }) => resolvable)?.fields ?? [];
    const selection = fields.map(selected).join(' ');
    const names = fields.map((field) => field.name);
    return [{ type: name, path: paths.get(name), key, fields: names, selection, relations: relationsOf(type, model) }];
  });
}

/** Reads records of the type by its path: `{ orders(first: 3) { nodes { lines { id name } } } }`. */
export function listQuery({ path = [], selection, relations }: Reading): string {
  const text = path.reduceRight(
    (inner, { field, rows }) =>
      rows === 'nodes' ? `${field}(first: ${sampleSize}) { nodes { ${inner} } }` : `${field} { ${inner} }`,
    `${selection} ${relations}`,
  );
  return `{ ${text} }`;
}

/** Reads records of the type by their keys, as a gateway does (Federation 2, "Subgraph specification"). */
export function entityQuery({ type, selection }: Reading): string {
  return `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${type} { ${selection} } } }`;
}

function shortestPaths(schema: GraphQLSchema, model: Model): ReadonlyMap<string, readonly Step[]> {
  const paths = new Map<string, readonly Step[]>();
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const lookup = rootLookup(field, model);
    if ((lookup?.kind !== 'list' && lookup?.kind !== 'whole') || needsArguments(field)) continue;
    if (paths.has(lookup.type.name)) continue;
    paths.set(lookup.type.name, [{ field: field.name, rows: lookup.kind === 'list' ? 'nodes' : 'itself' }]);
  }
  // A map is gone through in the order in which it grows, so that near types come before far ones.
  for (const [name, path] of paths) {
    const fields = (schema.getType(name) as GraphQLObjectType).getFields();
    for (const [field, relation] of model.types.get(name)?.fields ?? []) {
      if (relation.kind === 'value' || paths.has(relation.target) || needsArguments(fields[field])) continue;
      paths.set(relation.target, [...path, { field, rows: relation.kind === 'connection' ? 'nodes' : 'itself' }]);
    }
  }
  return paths;
}

/** `lines { name } customer { __typename }`: a field of each related record that is more than the key, which would be believed. */
function relationsOf(type: GraphQLObjectType, model: Model): string {
  const parts = [...(model.types.get(type.name)?.fields ?? [])].flatMap(([name, relation]) => {
    if (relation.kind === 'value' || needsArguments(type.getFields()[name])) return [];
    const inner = toldBy(model.types.get(relation.target)) ?? '__typename';
    return [relation.kind === 'connection' ? `${name}(first: 1) { nodes { ${inner} } }` : `${name} { ${inner} }`];
  });
  return parts.join(' ');
}

/** A plain field of a record beyond its key. */
function toldBy(type: RecordType | undefined): string | undefined {
  const key = type?.key.map(({ field }) => field) ?? [];
  for (const [name, field] of type?.fields ?? []) {
    if (field.kind === 'value' && field.comparable && !key.includes(name)) return name;
  }
  return undefined;
}

/** Fields that stand in the record itself or are resolved from it; not those that need another subgraph, or arguments. */
function isRead(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>, model: Model): boolean {
  const mapped = model.types.get(type.name)?.fields.get(field.name);
  if (mapped) return mapped.kind === 'value';
  const requires = field.astNode?.directives?.some(({ name }) => name.value.endsWith('requires')) ?? false;
  return !isExternal(field) && !requires && !needsArguments(field) && isLeafType(getNamedType(field.type));
}

function needsArguments(field: GraphQLField<unknown, unknown> | undefined): boolean {
  return field?.args.some(isRequiredArgument) ?? false;
}

/** A field with everything inside its value, such as `total { amount currencyCode }`. */
function selected(field: GraphQLField<unknown, unknown>): string {
  const type = getNamedType(field.type);
  return isObjectType(type)
    ? `${field.name} { ${Object.values(type.getFields()).map(selected).join(' ')} }`
    : field.name;
}
