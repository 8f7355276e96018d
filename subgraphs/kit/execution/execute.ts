import {
  defaultFieldResolver,
  defaultTypeResolver,
  type ExecutionResult,
  type FieldNode,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getArgumentValues,
  isObjectType,
  locatedError,
  responsePathAsArray,
} from 'graphql';
import type { Context } from '../context.ts';
import { InputError } from '../errors.ts';
import type { Plan, PlannedField, Shape } from './plan.ts';

/** The way to a value, from its end. */
type Path = GraphQLResolveInfo['path'];

/** One run of a plan. */
interface Run {
  readonly plan: Plan;
  readonly context: Context;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly errors: GraphQLError[];
  /** The places that errors made null: undefined is all data. */
  readonly nulled: Set<Path | undefined>;
}

/**
 * Runs a query as the GraphQL specification has it (6.3, 6.4), to the result and the errors of graphql-js's `execute`. That one
 * finds out for each record of a list what is the same for all of them, and makes promises for what is there already: a quarter of
 * the CPU of a fetch of 100 records, 40 % of one of lists below lists. The result shares nothing with what resolvers returned but
 * the values of leaves. Never rejects.
 */
export async function executeQuery(
  plan: Plan,
  context: Context,
  variables: Readonly<Record<string, unknown>>,
): Promise<ExecutionResult> {
  const errors: GraphQLError[] = [];
  const run: Run = { plan, context, variables, errors, nulled: new Set() };
  let data: Record<string, unknown> | null;
  try {
    data = await fieldsOf(run, plan.root, undefined, undefined);
  } catch (error) {
    addError(run, error as GraphQLError, undefined);
    data = null;
  }
  return errors.length > 0 ? { errors, data } : { data };
}

/** The values of fields. Rejects or throws where one that must not be null is. */
function fieldsOf(run: Run, fields: readonly PlannedField[], source: unknown, before: Path | undefined) {
  const data: Record<string, unknown> = {};
  let waits: Promise<unknown>[] | undefined;
  try {
    for (const field of fields) {
      const { key } = field;
      const value = fieldOf(run, field, source, { prev: before, key, typename: field.parent.name });
      // Here rather than when it is known, so that keys stand in the order of the query.
      if (key === '__proto__') Object.defineProperty(data, key, { value, enumerable: true, writable: true });
      else data[key] = value;
      if (!isPromise(value)) continue;
      waits ??= [];
      waits.push(
        value.then((known) => {
          data[key] = known;
        }),
      );
    }
  } catch (error) {
    // What is still under way may fail too.
    if (!waits) throw error;
    const fail = () => {
      throw error;
    };
    return Promise.all(waits).then(fail, fail);
  }
  if (!waits) return data;
  return (waits.length === 1 ? (waits[0] as Promise<unknown>) : Promise.all(waits)).then(() => data);
}

function fieldOf(run: Run, field: PlannedField, source: unknown, path: Path): unknown {
  const { definition, shape } = field;
  const info = infoOf(run, field, path);
  let resolved: unknown;
  try {
    const args = definition.args.length === 0 ? {} : argumentsOf(run, field);
    resolved = (definition.resolve ?? defaultFieldResolver)(source, args, run.context, info);
  } catch (error) {
    return failed(run, field, shape, path, error);
  }
  return settled(run, field, shape, path, resolved);
}

/** Errors: InputError, which quotes nothing, where graphql-js would quote the literal. */
function argumentsOf({ variables }: Run, { definition, nodes, parent }: PlannedField): Record<string, unknown> {
  try {
    return getArgumentValues(definition, nodes[0] as FieldNode, variables);
  } catch (cause) {
    const place = `${parent}.${definition.name}`;
    throw new InputError(`An argument of ${place} has a variable without a value where one is needed.`, { cause });
  }
}

/** What resolvers are told of their field. */
function infoOf({ plan, variables }: Run, { definition, nodes, parent }: PlannedField, path: Path): GraphQLResolveInfo {
  return {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType: parent,
    path,
    schema: plan.schema,
    fragments: plan.fragments,
    rootValue: undefined,
    operation: plan.operation,
    variableValues: variables,
  };
}

/** The value, or null where it can't be had and may be null. Rejects or throws where it must not be null. */
function settled(run: Run, field: PlannedField, shape: Shape, path: Path, resolved: unknown): unknown {
  if (isPromise(resolved)) {
    return resolved.then(
      (value) => settled(run, field, shape, path, value),
      (error) => failed(run, field, shape, path, error),
    );
  }
  try {
    const value = completed(run, field, shape, path, resolved);
    return isPromise(value) ? value.then(undefined, (error) => failed(run, field, shape, path, error)) : value;
  } catch (error) {
    return failed(run, field, shape, path, error);
  }
}

function completed(run: Run, field: PlannedField, shape: Shape, path: Path, resolved: unknown): unknown {
  if (resolved instanceof Error) throw resolved;
  if (resolved === null || resolved === undefined) {
    if (shape.nonNull) throw nullError(field);
    return null;
  }
  switch (shape.kind) {
    case 'leaf': {
      const value = shape.type.serialize(resolved);
      if (value === null || value === undefined)
        throw new Error(`Expected ${shape.type}.serialize() to return a value, got ${value}`);
      return value;
    }
    case 'list':
      return listOf(run, field, shape.item, path, resolved);
    case 'object':
      return objectOf(run, field, shape.type, path, resolved);
    case 'abstract': {
      const resolveType = shape.type.resolveType ?? defaultTypeResolver;
      const named = resolveType(resolved, run.context, infoOf(run, field, path), shape.type);
      const isOfType = (name: string | undefined) =>
        objectOf(run, field, runtimeType(run, shape, name), path, resolved);
      return isPromise(named) ? named.then(isOfType) : isOfType(named);
    }
  }
}

function listOf(run: Run, field: PlannedField, item: Shape, path: Path, resolved: unknown): unknown {
  if (!isIterable(resolved)) {
    const place = `${field.parent}.${field.definition.name}`;
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${place}".`);
  }
  let waits = false;
  const all = Array.from(resolved);
  const items: unknown[] = [];
  try {
    for (const [key, each] of all.entries()) {
      const value = settled(run, field, item, { prev: path, key, typename: undefined }, each);
      waits ||= isPromise(value);
      items.push(value);
    }
  } catch (error) {
    // Nobody waits for what is still under way: that it fails too must not end the process.
    for (const each of [...all, ...items]) if (isPromise(each)) each.then(undefined, () => {});
    throw error;
  }
  return waits ? Promise.all(items) : items;
}

function objectOf(run: Run, field: PlannedField, type: GraphQLObjectType, path: Path, resolved: unknown): unknown {
  const fields = run.plan.below(field, type);
  const ofType = (is: boolean) => {
    if (!is) throw new GraphQLError(`Expected value of type "${type}".`, { nodes: field.nodes });
    return fieldsOf(run, fields, resolved, path);
  };
  const is = type.isTypeOf ? type.isTypeOf(resolved, run.context, infoOf(run, field, path)) : true;
  return isPromise(is) ? is.then(ofType) : ofType(is);
}

function runtimeType({ plan: { schema } }: Run, shape: Shape & { kind: 'abstract' }, name: unknown): GraphQLObjectType {
  const type = typeof name === 'string' ? schema.getType(name) : undefined;
  if (isObjectType(type) && schema.isSubType(shape.type, type)) return type;
  throw new GraphQLError(`Abstract type "${shape.type}" must resolve to one of its object types, got "${name}".`);
}

/** Null, with the error noted; throws it where the value must not be null. */
function failed(run: Run, { nodes }: PlannedField, shape: Shape, path: Path, thrown: unknown): null {
  const error = locatedError(thrown, nodes, responsePathAsArray(path));
  if (shape.nonNull) throw error;
  addError(run, error, path);
  return null;
}

/** `path`: the place that the error makes null. One below a place that is null by now is left out (6.4.4). */
function addError({ errors, nulled }: Run, error: GraphQLError, path: Path | undefined): void {
  let place = path;
  while (place && !nulled.has(place)) place = place.prev;
  if (nulled.has(place)) return;
  nulled.add(path);
  errors.push(error);
}

function nullError({ parent, definition }: PlannedField): Error {
  return new Error(`Cannot return null for non-nullable field ${parent}.${definition.name}.`);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
