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
import { entityKeys, fieldOfSortValue, isExternal, nodeType, recordTypes } from './contract.ts';
import { type ResolverMap, rootLookup } from './derive.ts';
import { SystemError } from './errors.ts';
import { filterTarget, operatorsOf } from './filter.ts';
import type { Model, RecordType, RelationField } from './model.ts';
import type { Call, Source } from './source.ts';

/** What a check found. An unreachable system is no fault of the mapping: it is named, and checked when it is there again. */
export interface CheckResult {
  readonly faults: readonly string[];
  readonly unreachable: SystemError | undefined;
}

/** Whether contract, mapping and `resolvers.ts` agree: each field of the contract has exactly one that answers for it. */
export function checkContract(schema: GraphQLSchema, model: Model, resolvers: ResolverMap): string[] {
  const faults = [...model.faults];
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    for (const name of Object.keys(fields)) {
      const place = `resolvers.ts: ${typeName}.${name}`;
      if (!isObjectType(type)) faults.push(`${place}: schema.graphql has no object type ${typeName}.`);
      else if (!name.startsWith('__') && !type.getFields()[name])
        faults.push(`${place}: the type has no field of this name.`);
      else if (model.types.get(typeName)?.fields.has(name))
        faults.push(`${place}: is mapped in backend.ts too; remove one.`);
    }
  }
  for (const type of recordTypes(schema)) {
    if (model.values.has(type.name)) continue;
    const keys = entityKeys(type);
    const keyFields = new Set(keys.flatMap(({ fields }) => fields.split(/[\s,]+/)));
    const mapped = model.types.get(type.name);
    for (const field of Object.values(type.getFields())) {
      const answered = mapped?.fields.has(field.name) || resolvers[type.name]?.[field.name] || isExternal(field);
      if (answered || (keyFields.has(field.name) && keys.every(({ resolvable }) => !resolvable))) continue;
      faults.push(
        `schema.graphql${line(field)}: ${type.name}.${field.name}: neither mapped in backend.ts nor resolved in resolvers.ts.`,
      );
    }
    for (const { fields, resolvable } of keys) {
      const unmapped = fields.split(/[\s,]+/).filter((field) => !mapped?.key.some((each) => each.field === field));
      if (resolvable && unmapped.length > 0 && !resolvers[type.name]?.__resolveReference) {
        faults.push(
          `backend.ts: ${type.name}.key: lacks ${unmapped.join(', ')}, which @key(fields: "${fields}") names.`,
        );
      }
    }
  }
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    if (field.name.startsWith('_') || rootLookup(field, model) || resolvers.Query?.[field.name]) continue;
    faults.push(
      `schema.graphql${line(field)}: Query.${field.name}: is neither a list of a mapped type nor a look-up by its fields; resolve it in resolvers.ts.`,
    );
  }
  return faults;
}

/** Whether the source can do what the contract offers: look-ups, filters, orders. Needs no connection to the system. */
export function checkCapabilities(schema: GraphQLSchema, model: Model, source: Source): string[] {
  const faults: string[] = [];
  const lookUp = (place: string, type: RecordType, columns: readonly string[]) => {
    if (type.records !== 'none' && !source.canLookUp(type.collection, columns)) {
      faults.push(`backend.ts: ${place}: the system can't look ${type.name} up by ${columns.join(', ')}.`);
    }
  };
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const lookup = rootLookup(field, model);
    if (lookup?.kind === 'key') lookUp(`Query.${field.name}`, lookup.type, lookup.columns);
    if (lookup?.kind === 'list')
      faults.push(...checkList(`Query.${field.name}`, field, lookup.type, undefined, source));
  }
  for (const type of model.types.values()) {
    const contract = schema.getType(type.name) as GraphQLObjectType;
    if (type.key.length > 0 && entityKeys(contract).some(({ resolvable }) => resolvable)) {
      lookUp(
        `${type.name}.key`,
        type,
        type.key.map(({ column }) => column),
      );
    }
    for (const [name, field] of type.fields) {
      if (field.kind === 'value') continue;
      const target = model.types.get(field.target);
      if (!target) continue;
      const place = `${type.name}.${name}`;
      const inContract = contract.getFields()[name] as GraphQLField<unknown, unknown>;
      if (field.kind === 'connection') faults.push(...checkList(place, inContract, target, field, source));
      else lookUp(place, target, field.theirs);
    }
  }
  return [...new Set(faults)];
}

/** Whether every name and type in the mapping is true of the system. All types are looked at, whatever the first one shows. */
export async function checkSystem(model: Model, source: Source, call: Call): Promise<CheckResult> {
  const faults: string[] = [];
  let unreachable: SystemError | undefined;
  for (const type of model.types.values()) {
    if (type.records === 'none') continue;
    const uses = columnUses(type, model);
    try {
      const { columns, faults: own } = await source.describe(type.collection, [...uses.keys()], call);
      faults.push(...own.map((fault) => `backend.ts: ${type.name}: ${fault}.`));
      if (columns.size === 0) continue;
      for (const [column, { places, accepts }] of uses) {
        const found = columns.get(column);
        const place = `backend.ts: ${[...places].join(', ')}`;
        if (found === undefined)
          faults.push(`${place}: the system has no "${column}"${nearest(column, columns.keys())}.`);
        else if (accepts && found !== 'unknown' && !accepts.includes(found)) {
          faults.push(`${place}: "${column}" is of type ${found}; expected ${accepts.join(' or ')}.`);
        }
      }
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      unreachable ??= error;
    }
  }
  return { faults, unreachable };
}

interface ColumnUse {
  readonly places: Set<string>;
  accepts: readonly string[] | undefined;
}

/** Which columns of a type's records the mapping names, and where: by the type itself and by relations that lead to it. */
function columnUses(type: RecordType, model: Model): Map<string, ColumnUse> {
  const uses = new Map<string, ColumnUse>();
  const use = (column: string, place: string, accepts?: readonly string[]) => {
    const known = uses.get(column) ?? { places: new Set<string>(), accepts };
    known.places.add(place);
    known.accepts ??= accepts;
    uses.set(column, known);
  };
  for (const { column, field } of type.key) use(column, `${type.name}.key.${field}`);
  for (const [name, field] of type.fields) {
    const columns = field.kind === 'value' ? field.columns : field.ours;
    for (const column of columns)
      use(column, `${type.name}.${name}`, field.kind === 'value' ? field.accepts : undefined);
  }
  for (const column of Object.keys(type.order)) use(column, `${type.name}.order`);
  for (const other of model.types.values()) {
    for (const [name, field] of other.fields) {
      if (field.kind === 'value' || field.target !== type.name) continue;
      const { where, order } = field.mapping;
      for (const column of [...field.theirs, ...Object.keys(where), ...Object.keys(order)])
        use(column, `${other.name}.${name}`);
    }
  }
  return uses;
}

/** Whether a connection's arguments can be served: `first` and `after`, and everything in `filter` and `orderBy`. */
function checkList(
  place: string,
  field: GraphQLField<unknown, unknown>,
  type: RecordType,
  relation: RelationField | undefined,
  source: Source,
): string[] {
  const faults: string[] = [];
  const parent = relation?.theirs ?? [];
  if (nodeType(getNamedType(field.type)) && !takesPages(field)) {
    faults.push(`schema.graphql${line(field)}: ${place}: a connection takes "first" and "after".`);
  }
  const below = parent.length > 0 ? ` below ${parent.join(', ')}` : '';
  if (!source.canList(type.collection, parent, false)) {
    return [`backend.ts: ${place}: the mapping of ${type.name} has no list${below}.`];
  }
  const connection = getNamedType(field.type);
  const counts = isObjectType(connection) && connection.getFields().totalCount !== undefined;
  if (counts && !source.canList(type.collection, parent, true)) {
    faults.push(`backend.ts: ${place}: the list of ${type.name}${below} has no total, which totalCount needs.`);
  }
  for (const { name, shape } of filtersOf(field.args)) {
    const target = filterTarget(type, name);
    const missing = target
      ? operatorsOf(shape).filter((op) => !source.canFilter(type.collection, parent, target.column, op))
      : [];
    if (!target)
      faults.push(
        `backend.ts: ${place}(filter: ${name}): ${type.name} has neither a comparable field nor a filter of this name.`,
      );
    for (const op of missing) {
      faults.push(`backend.ts: ${place}(filter: ${name}): the system can't filter by "${target?.column} ${op}".`);
    }
  }
  const sorts = sortValues(field.args);
  for (const value of sorts) {
    const sorted = type.fields.get(fieldOfSortValue(value));
    if (sorted?.kind !== 'value' || sorted.columns.length !== 1) {
      faults.push(
        `backend.ts: ${place}(orderBy: ${value}): ${type.name}.${fieldOfSortValue(value)} is not held in one column.`,
      );
    }
  }
  const orders = sorts.flatMap((value) =>
    (['ASC', 'DESC'] as const).map((direction) => orderOf(type, relation, { field: value, direction })),
  );
  if (sorts.length === 0) orders.push(orderOf(type, relation, undefined));
  for (const [first] of orders) {
    if (first && !source.canOrder(type.collection, parent, first.column, first.direction)) {
      faults.push(`backend.ts: ${place}: the system can't order by "${first.column} ${first.direction}".`);
    }
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

function line(field: GraphQLField<unknown, unknown>): string {
  const start = field.astNode?.loc?.startToken.line;
  return start === undefined ? '' : `:${start}`;
}

/** " (did you mean …?)" where a name differs in one or two letters only, or in their size. */
function nearest(name: string, names: Iterable<string>): string {
  const close = [...names].find((each) => distance(each.toLowerCase(), name.toLowerCase()) <= 2);
  return close === undefined ? '' : ` (did you mean "${close}"?)`;
}

/** How many letters must be added, removed or replaced to turn one word into the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
