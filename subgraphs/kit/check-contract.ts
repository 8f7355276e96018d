import { type GraphQLField, type GraphQLSchema, isNonNullType, isObjectType } from 'graphql';
import { checkTotals } from './check-totals.ts';
import { entityKeys, isExternal, lineOf, recordTypes } from './contract.ts';
import { type ResolverMap, rootLookup, servedArguments } from './derive.ts';
import { columnsOfKey, type Model, type RecordType } from './model.ts';

/** Whether contract, mapping and `resolvers.ts` agree: each field of the contract has exactly one that answers for it. */
export function checkContract(schema: GraphQLSchema, model: Model, resolvers: ResolverMap): string[] {
  const faults = [
    ...model.faults,
    ...checkResolvers(schema, model, resolvers),
    ...recordTypes(schema).flatMap((type) =>
      model.values.has(type.name) ? [] : checkType(type.name, schema, model, resolvers[type.name] ?? {}),
    ),
    ...checkRoots(schema, model, resolvers),
    ...checkTotals(schema, model),
    ...[...model.types.values()].flatMap((type) => [...checkPointers(type), ...checkTargets(type, model)]),
  ];
  return [...new Set(faults)];
}

/** Whether every resolver answers for a field that nothing else answers for. */
function checkResolvers(schema: GraphQLSchema, model: Model, resolvers: ResolverMap): string[] {
  return Object.entries(resolvers).flatMap(([typeName, fields]) => {
    const type = schema.getType(typeName);
    return Object.keys(fields).flatMap((name) => {
      const place = `resolvers.ts: ${typeName}.${name}`;
      if (!isObjectType(type)) return [`${place}: schema.graphql has no object type ${typeName}.`];
      if (!name.startsWith('__') && !type.getFields()[name]) return [`${place}: the type has no field of this name.`];
      if (model.types.get(typeName)?.fields.has(name)) return [`${place}: is mapped in backend.ts too; remove one.`];
      return [];
    });
  });
}

/** Whether every field of a type is mapped, resolved, or another subgraph's, and its keys can be resolved. */
function checkType(name: string, schema: GraphQLSchema, model: Model, resolvers: ResolverMap[string]): string[] {
  const type = schema.getType(name);
  if (!isObjectType(type)) return [];
  const faults: string[] = [];
  const keys = entityKeys(type);
  const mapped = model.types.get(name);
  const isOnlyPointedAt = keys.length > 0 && keys.every(({ resolvable }) => !resolvable);
  const keyFields = new Set(keys.flatMap(({ fields }) => fields));
  for (const field of Object.values(type.getFields())) {
    const contributed = keys.length > 0 && mapped !== undefined && mapped.records !== 'owned';
    if (contributed && !keyFields.has(field.name) && !isExternal(field) && isNonNullType(field.type)) {
      const remedy = "make it nullable, or a failure here takes the other subgraphs' fields with it";
      faults.push(`${at(field)}: ${name}.${field.name}: ${name} is another subgraph's entity; ${remedy}.`);
    }
    if (mapped?.faulty.has(field.name)) continue;
    if (mapped?.fields.has(field.name)) faults.push(...checkArguments(name, field, mapped));
    else if (!resolvers?.[field.name] && !isExternal(field) && !(isOnlyPointedAt && keyFields.has(field.name))) {
      faults.push(`${at(field)}: ${name}.${field.name}: neither mapped in backend.ts nor resolved in resolvers.ts.`);
    }
  }
  for (const { fields, resolvable } of keys) {
    const unmapped = fields.filter((field) => {
      const value = mapped?.fields.get(field);
      return value?.kind !== 'value' || value.writeKey === undefined;
    });
    if (resolvable && unmapped.length > 0 && !resolvers?.__resolveReference) {
      faults.push(
        `backend.ts: ${name}: @key(fields: "${fields.join(' ')}") needs a comparable column for ${unmapped.join(', ')}.`,
      );
    }
  }
  return faults;
}

/** Whether a mapped field does something with each argument that the contract gives it. */
function checkArguments(typeName: string, field: GraphQLField<unknown, unknown>, type: RecordType): string[] {
  const mapped = type.fields.get(field.name);
  if (mapped?.kind === 'value' && mapped.isEmpty) return [];
  const served = servedArguments(mapped?.kind);
  return field.args
    .filter(({ name }) => !served.includes(name))
    .map(
      ({ name }) => `${at(field)}: ${typeName}.${field.name}(${name}:): the mapping does nothing with this argument.`,
    );
}

/** Whether every field of the root types is a look-up or a list of a mapped type, or resolved. */
function checkRoots(schema: GraphQLSchema, model: Model, resolvers: ResolverMap): string[] {
  const faults: string[] = [];
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    if (field.name.startsWith('_') || resolvers.Query?.[field.name]) continue;
    const place = `${at(field)}: Query.${field.name}`;
    const lookup = rootLookup(field, model);
    if (!lookup) {
      const expected = 'is neither a list of a mapped type nor a look-up by its fields; resolve it in resolvers.ts';
      faults.push(`${place}: ${expected}.`);
    }
    const served = servedArguments(lookup?.kind === 'list' ? 'connection' : lookup?.kind);
    for (const { name } of lookup && lookup.kind !== 'key' ? field.args : []) {
      if (served.includes(name)) continue;
      faults.push(`${place}(${name}:): a list does nothing with this argument.`);
    }
  }
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    if (!resolvers.Mutation?.[field.name])
      faults.push(`${at(field)}: Mutation.${field.name}: not resolved in resolvers.ts.`);
  }
  return faults;
}

/** A type without records only has the columns by which other records point at it. */
function checkPointers(type: RecordType): string[] {
  if (type.records !== 'none') return [];
  const columns = columnsOfKey(type.key);
  return [...type.fields].flatMap(([name, field]) => {
    const unknown = (field.kind === 'value' ? field.columns : field.ours).filter((column) => !columns.includes(column));
    if (unknown.length === 0) return [];
    return [`backend.ts: ${type.name}.${name}: there are no records to read ${unknown.join(', ')} from, only the key.`];
  });
}

/** What is only pointed at is told by its key's columns, and by nothing else. */
function checkTargets(type: RecordType, { types }: Model): string[] {
  return [...type.fields].flatMap(([name, field]) => {
    const target = field.kind === 'one' ? types.get(field.target) : undefined;
    if (field.kind !== 'one' || target?.records !== 'none') return [];
    const key = columnsOfKey(target.key);
    if (key.length === field.theirs.length && key.every((column) => field.theirs.includes(column))) return [];
    const pointed = field.theirs.join(', ');
    return [
      `backend.ts: ${type.name}.${name}: points at ${target.name} by ${pointed}, but its key is mapped to ${key.join(', ')}.`,
    ];
  });
}

function at(field: GraphQLField<unknown, unknown>): string {
  return `schema.graphql${lineOf(field)}`;
}
