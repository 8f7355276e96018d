import {
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isNonNullType,
} from 'graphql';
import { type ConnectionArguments, maxPage, orderOf, planConnection, toConnection } from './connection.ts';
import type { Context, Values } from './context.ts';
import { entityKeys, isPlainList, nodeType } from './contract.ts';
import { SystemError, UnsupportedError } from './errors.ts';
import { keyOfReference, rowOfKey } from './keys.ts';
import { columnsOfKey, type Field, type KeyPart, type Model, type RecordType, type RelationField } from './model.ts';
import { keyOfRelation, loadRecord, type RecordValue, readField } from './record.ts';
import { columnsOf, selectionOf } from './selection.ts';
import type { Raw, Row } from './source.ts';
import { givesTotals, planTotals, type TotalsArguments, toTotals, totalsPlan } from './totals.ts';

/** The arguments that a mapped field of this kind does something with. */
export function servedArguments(kind: Field['kind'] | RootLookup['kind'] | undefined): readonly string[] {
  if (kind === 'totals') return ['periods', 'filter'];
  return kind === 'connection' ? ['first', 'after', 'filter', 'orderBy'] : [];
}

/** A resolver of a mapped field. */
export type Resolver = GraphQLFieldResolver<RecordValue, Context>;

/** Resolvers by type and field, as `@apollo/subgraph` takes them. */
export type ResolverMap = Record<string, Record<string, unknown>>;

/** The resolvers that follow from contract and mapping. */
export function deriveResolvers(schema: GraphQLSchema, model: Model): ResolverMap {
  const resolvers: ResolverMap = {};
  for (const type of model.types.values()) {
    const contract = schema.getType(type.name) as GraphQLObjectType;
    const fields: Record<string, unknown> = {};
    for (const [name, field] of type.fields) fields[name] = resolverOf(type, name, field, model);
    if (entityKeys(contract).some(({ resolvable }) => resolvable)) fields.__resolveReference = referenceResolver(type);
    resolvers[type.name] = fields;
  }
  const query = schema.getQueryType();
  if (query) {
    const roots = Object.values(query.getFields()).map((field) => [field.name, rootResolver(field, model)] as const);
    resolvers[query.name] = Object.fromEntries(roots.filter(([, resolver]) => resolver !== undefined));
  }
  return resolvers;
}

/**
 * What a field of `Query` stands for, by its type and arguments: a connection is a list of the type's records, an object the
 * record whose fields equal the arguments, a plain list without arguments all records, one for `periods` totals. Undefined for anything else: such a field needs a resolver of its own.
 */
export function rootLookup(field: GraphQLField<unknown, unknown>, model: Model): RootLookup | undefined {
  const named = getNamedType(field.type);
  const node = nodeType(named);
  const type = model.types.get((node ?? named).name);
  if (type && givesTotals(field) && (type.totals || type.lacks.has(field.name))) return { kind: 'totals', type };
  // A list of what the system has none of.
  const isWhole = isPlainList(field) && field.args.length === 0;
  if (type && isLacking(type, field.name) && (node || isWhole)) return { kind: node ? 'list' : 'whole', type };
  if (type?.records !== 'owned') return undefined;
  if (isWhole) return { kind: 'whole', type };
  if (node) return { kind: 'list', type };
  if (isPlainList(field) || field.args.length === 0) return undefined;
  const key = field.args.flatMap(({ name, type: argument }) => {
    const target = type.fields.get(name);
    if (target?.kind !== 'value' || !target.writeKey || !isNonNullType(argument)) return [];
    // Several codes may stand for a value of an enum: that is a filter, not a look-up.
    if (target.comparable?.values) return [];
    return [{ field: name, columns: target.columns, write: target.writeKey }];
  });
  return key.length === field.args.length ? { kind: 'key', type, key } : undefined;
}

/** What a field of `Query` stands for. */
export type RootLookup =
  | { readonly kind: 'list'; readonly type: RecordType }
  | { readonly kind: 'totals'; readonly type: RecordType }
  | { readonly kind: 'whole'; readonly type: RecordType }
  | { readonly kind: 'key'; readonly type: RecordType; readonly key: readonly KeyPart[] };

/** Whether the mapping says of a type only that the system has none of its records, of which a field of Query gives a list. */
export function isLacking({ records, lacks }: RecordType, field: string): boolean {
  return records === 'none' && lacks.has(field);
}

function rootResolver(field: GraphQLField<unknown, unknown>, model: Model): Resolver | undefined {
  const lookup = rootLookup(field, model);
  if (!lookup) return undefined;
  const { type } = lookup;
  if (type.lacks.has(field.name)) {
    return () => {
      throw new UnsupportedError(`answer ${field.name}`);
    };
  }
  if (lookup.kind === 'totals') return totalsResolver(type, model);
  if (lookup.kind === 'whole') return wholeResolver(type);
  if (lookup.kind === 'list') {
    return async (_source, args: ConnectionArguments, context, info) => {
      const { request, mark } = planConnection(type, undefined, [], args, info);
      return toConnection(await context.loaders.page(request), mark);
    };
  }
  return (_source, args: Values, context, info) => {
    const key = rowOfKey(lookup.key, args);
    return key ? toRecord(type, key, context, info, true) : null;
  };
}

/** All records of a type that has so few that nobody pages through them. Errors: SystemError when there are more than one page takes. */
function wholeResolver(type: RecordType): Resolver {
  const list = { where: [], order: orderOf(type, undefined, undefined), after: undefined, count: false };
  return async (_source, _args, { loaders }, info) => {
    const columns = columnsOf(type, selectionOf(info.fieldNodes, type.name, info));
    const page = await loaders.page({ ...list, collection: type.collection, columns, first: maxPage });
    if (page.hasNext) throw new SystemError('SYSTEM_FAILED', `there are more than ${maxPage} of ${type.name}`);
    return page.rows;
  };
}

function totalsResolver(type: RecordType, model: Model): Resolver {
  const plan = totalsPlan(type, model);
  return async (_source, args: TotalsArguments, context) => {
    if (!plan) throw new TypeError(`${type.name}: its totals are mapped wrongly`);
    const request = planTotals(plan, args);
    return request.ranges.length === 0 ? [] : toTotals(plan, args, await context.loaders.totals(request), context);
  };
}

function resolverOf(type: RecordType, name: string, field: Field, model: Model): Resolver {
  if (field.kind === 'value') return (record, _args, context) => readField(type, name, field, record, context);
  const target = model.types.get(field.target) as RecordType;
  if (field.kind === 'one') {
    // A record that names another by its key is believed, as a foreign key is; any other way may lead to nothing, or to what is
    // hidden.
    const verify = type.records === 'none' || target.hides || !isKey(target, field.theirs);
    return (record, _args, context, info) => {
      const key = keyOfRelation(field, record);
      return key ? toRecord(target, key, context, info, verify) : null;
    };
  }
  if (field.kind === 'connection') {
    return async (record, args: ConnectionArguments, context, info) => {
      const key = keyOfRelation(field, record);
      const { request, mark } = planConnection(target, field, Object.values(key ?? {}) as Raw[], args, info);
      return toConnection(key ? await context.loaders.top(request, key) : emptyPage, mark);
    };
  }
  return listResolver(field, target);
}

function isKey({ key }: RecordType, columns: readonly string[]): boolean {
  const ours = columnsOfKey(key);
  return ours.length === columns.length && ours.every((column) => columns.includes(column));
}

/** A list that is read whole. Where the source doesn't order and filter a read by key, both is done here: such lists are short. */
function listResolver(field: RelationField, target: RecordType): Resolver {
  const order = orderOf(target, field, undefined);
  const where = Object.entries(field.mapping.where).map(([column, value]) => ({ column, op: '=', value }) as const);
  const list = { where, order };
  const always = [...order, ...where].map(({ column }) => column);
  return async (record, _args, { loaders }, info) => {
    const key = keyOfRelation(field, record);
    if (!key) return [];
    const columns = columnsOf(target, selectionOf(info.fieldNodes, target.name, info));
    if (loaders.canList(target, field.theirs, list)) {
      return (await loaders.rows(target, key, columns, list)).map((row) => ({ row }));
    }
    const rows = await loaders.rows(target, key, [...new Set([...always, ...columns])]);
    return rows
      .filter((each) => where.every(({ column, value }) => String(each[column]) === String(value)))
      .sort((a, b) => compareRows(a, b, order))
      .map((row) => ({ row }));
  };
}

function referenceResolver(type: RecordType) {
  return async (reference: Values, context: Context, info: GraphQLResolveInfo): Promise<RecordValue | null> => {
    const key = keyOfReference(type, reference);
    const record = key ? await toRecord(type, key, context, info, true) : null;
    return record && { ...record, reference };
  };
}

/** The record with these key columns, with the columns that the query selects. */
function toRecord(
  type: RecordType,
  key: Row,
  context: Context,
  info: GraphQLResolveInfo,
  verify: boolean,
): RecordValue | Promise<RecordValue | null> {
  const columns = columnsOf(type, selectionOf(info.fieldNodes, type.name, info));
  const record = loadRecord(type, key, columns, context, verify);
  if (type.records !== 'contributed' || !(record instanceof Promise)) return record;
  // The entity itself is another subgraph's: it stands, and so does what this one has to say without its system.
  return record.catch((failure: unknown) => ({ row: key, failure, absent: type.hides ? 'hidden' : 'missing' }));
}

const emptyPage = { rows: [], hasNext: false, total: 0 } as const;

function compareRows(a: Row, b: Row, order: readonly { column: string; direction: 'asc' | 'desc' }[]): number {
  for (const { column, direction } of order) {
    const difference = compare(a[column], b[column]);
    if (difference !== 0) return direction === 'asc' ? difference : -difference;
  }
  return 0;
}

/** Numbers by size, everything else by its text; nothing comes before something. */
function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : 1;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
