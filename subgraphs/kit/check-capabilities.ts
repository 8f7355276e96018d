import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { orderOf, takesPages } from './connection.ts';
import { fieldOfSortValue, lineOf } from './contract.ts';
import { rootLookup } from './derive.ts';
import { filterTarget, operatorsOf } from './filter.ts';
import type { Model, RecordType, RelationField } from './model.ts';
import type { Source } from './source.ts';

/** Whether the source can do what the contract offers: look-ups, lists, filters, orders. */
export function checkCapabilities(schema: GraphQLSchema, model: Model, source: Source): string[] {
  const faults: string[] = [];
  const lookUp = (place: string, type: RecordType, columns: readonly string[]) => {
    if (type.records !== 'none' && !source.canLookUp(type.collection, columns)) {
      faults.push(`backend.ts: ${place}: the system can't look ${type.name} up by ${columns.join(', ')}.`);
    }
  };
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const lookup = rootLookup(field, model);
    if (lookup?.kind === 'key')
      lookUp(
        `Query.${field.name}`,
        lookup.type,
        lookup.key.map(({ column }) => column),
      );
    if (lookup?.kind === 'list')
      faults.push(...checkList(`Query.${field.name}`, field, lookup.type, undefined, source));
  }
  for (const type of model.types.values()) {
    const contract = schema.getType(type.name) as GraphQLObjectType;
    for (const key of type.references)
      lookUp(
        `${type.name}.key`,
        type,
        key.map(({ column }) => column),
      );
    for (const [name, field] of type.fields) {
      const target = field.kind === 'value' ? undefined : model.types.get(field.target);
      if (field.kind === 'value' || !target) continue;
      const place = `${type.name}.${name}`;
      const inContract = contract.getFields()[name] as GraphQLField<unknown, unknown>;
      if (field.kind === 'connection') faults.push(...checkList(place, inContract, target, field, source));
      else lookUp(place, target, field.theirs);
    }
  }
  return [...new Set(faults)];
}

/** Whether a connection can be served: the list itself, its count, and everything in `filter` and `orderBy`. */
function checkList(
  place: string,
  field: GraphQLField<unknown, unknown>,
  type: RecordType,
  relation: RelationField | undefined,
  source: Source,
): string[] {
  const { collection } = type;
  const parent = relation?.theirs ?? [];
  const below = parent.length > 0 ? ` below ${parent.join(', ')}` : '';
  if (type.key.length === 0)
    return [`backend.ts: ${place}: ${type.name} has no key, by which a list is told in order.`];
  if (!source.canList(collection, parent, false)) {
    return [`backend.ts: ${place}: the mapping of ${type.name} has no list${below}.`];
  }
  const faults: string[] = [];
  if (!takesPages(field))
    faults.push(`schema.graphql${lineOf(field)}: ${place}: a connection takes "first" and "after".`);
  const connection = getNamedType(field.type);
  const counts = isObjectType(connection) && connection.getFields().totalCount !== undefined;
  if (counts && !source.canList(collection, parent, true)) {
    faults.push(`backend.ts: ${place}: the list of ${type.name}${below} has no total, which totalCount needs.`);
  }
  for (const column of Object.keys(relation?.mapping.where ?? {})) {
    if (source.canFilter(collection, parent, column, '=')) continue;
    faults.push(`backend.ts: ${place}(where): the system can't filter by "${column} =".`);
  }
  for (const { name, shape } of filtersOf(field.args)) {
    const target = filterTarget(type, name);
    if (!target) {
      faults.push(
        `backend.ts: ${place}(filter: ${name}): ${type.name} has no field or filter of this name that can be compared with.`,
      );
      continue;
    }
    for (const op of operatorsOf(shape)) {
      if (source.canFilter(collection, parent, target.column, op)) continue;
      faults.push(`backend.ts: ${place}(filter: ${name}): the system can't filter by "${target.column} ${op}".`);
    }
  }
  return [...faults, ...checkOrders(place, field, type, relation, source)];
}

function checkOrders(
  place: string,
  field: GraphQLField<unknown, unknown>,
  type: RecordType,
  relation: RelationField | undefined,
  source: Source,
): string[] {
  const faults: string[] = [];
  const values = sortValues(field.args);
  for (const value of values) {
    const sorted = type.fields.get(fieldOfSortValue(value));
    if (sorted?.kind === 'value' && sorted.columns.length === 1) continue;
    faults.push(
      `backend.ts: ${place}(orderBy: ${value}): ${type.name}.${fieldOfSortValue(value)} is not held in one column.`,
    );
  }
  const directions = ['ASC', 'DESC'] as const;
  const orders = values.flatMap((value) =>
    directions.map((direction) => orderOf(type, relation, { field: value, direction })),
  );
  if (values.length === 0) orders.push(orderOf(type, relation, undefined));
  for (const [first] of orders) {
    if (!first || source.canOrder(type.collection, relation?.theirs ?? [], first.column, first.direction)) continue;
    faults.push(`backend.ts: ${place}: the system can't order by "${first.column} ${first.direction}".`);
  }
  return faults;
}

function filtersOf(args: readonly GraphQLArgument[]): { name: string; shape: 'list' | 'range' | 'value' }[] {
  const filter = args.find(({ name }) => name === 'filter');
  const input = filter && getNamedType(filter.type);
  if (!isInputObjectType(input)) return [];
  return Object.values(input.getFields()).map(({ name, type }) => {
    const bare = isNonNullType(type) ? type.ofType : type;
    return { name, shape: isListType(bare) ? 'list' : isInputObjectType(bare) ? 'range' : 'value' };
  });
}

function sortValues(args: readonly GraphQLArgument[]): string[] {
  const orderBy = args.find(({ name }) => name === 'orderBy');
  const input = orderBy && getNamedType(orderBy.type);
  const field = isInputObjectType(input) ? input.getFields().field : undefined;
  const values = field && getNamedType(field.type);
  return isEnumType(values) ? values.getValues().map(({ name }) => name) : [];
}
