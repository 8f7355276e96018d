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
import { isLacking, rootLookup } from './derive.ts';
import { filterTarget, operatorsOf } from './filter.ts';
import { columnsOfKey, type Model, type RecordType, type RelationField } from './model.ts';
import { nearest } from './nearest.ts';
import type { Order, Source } from './source.ts';
import { totalsPlan } from './totals.ts';

/**
 * Whether the source can do what the contract offers: look-ups, lists, filters, orders. What the mapping says that the system
 * lacks is no fault; but to say so of what it can do is one. `missing`: columns that were told to be missing, as `Book.pages`.
 */
export function checkCapabilities(
  schema: GraphQLSchema,
  model: Model,
  stated: Able,
  missing: ReadonlySet<string> = new Set(),
): string[] {
  const source = except(missing, stated);
  const findings = new Findings();
  const lookUp = (place: string, type: RecordType, columns: readonly string[], lack?: string) => {
    if (type.records === 'none' || source.canLookUp(type.collection, columns)) return;
    findings.add(type, lack, `backend.ts: ${place}: the system can't look ${type.name} up by ${columns.join(', ')}.`);
  };
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const lookup = rootLookup(field, model);
    if (lookup?.kind === 'key') lookUp(`Query.${field.name}`, lookup.type, columnsOfKey(lookup.key), field.name);
    if (lookup?.kind === 'list')
      checkList({ place: `Query.${field.name}`, field, type: lookup.type, relation: undefined, source, findings });
    if (lookup?.kind === 'whole') checkWhole({ field, type: lookup.type, source, findings });
    if (lookup?.kind === 'totals') checkTotals({ field, type: lookup.type, source, findings }, model);
  }
  for (const type of model.types.values()) {
    const contract = schema.getType(type.name) as GraphQLObjectType;
    for (const key of type.references) lookUp(`${type.name}.key`, type, columnsOfKey(key));
    for (const [name, field] of type.fields) {
      const target = field.kind === 'value' ? undefined : model.types.get(field.target);
      if (field.kind === 'value' || !target) continue;
      const place = `${type.name}.${name}`;
      const inContract = contract.getFields()[name] as GraphQLField<unknown, unknown>;
      if (field.kind === 'connection')
        checkList({ place, field: inContract, type: target, relation: field, source, findings });
      else lookUp(place, target, field.theirs);
    }
  }
  return [...findings.faults, ...findings.needless(model)];
}

/** What is asked of a source here. */
type Able = Pick<Source, 'canLookUp' | 'canList' | 'canFilter' | 'canOrder'> & { readonly totals?: unknown };

/** The source as if it could do everything with these columns. */
function except(missing: ReadonlySet<string>, source: Able): Able {
  const isTold = (type: string, columns: readonly string[]) => columns.some((each) => missing.has(`${type}.${each}`));
  return {
    totals: source.totals,
    canLookUp: (type, key) => isTold(type, key) || source.canLookUp(type, key),
    canList: (type, parent, count) => isTold(type, parent) || source.canList(type, parent, count),
    canFilter: (type, parent, column, op) =>
      isTold(type, [...parent, column]) || source.canFilter(type, parent, column, op),
    canOrder: (type, parent, column, direction) =>
      isTold(type, [...parent, column]) || source.canOrder(type, parent, column, direction),
  };
}

/** A list of the contract and what answers for it. */
interface List {
  readonly place: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly type: RecordType;
  readonly relation: RelationField | undefined;
  readonly source: Able;
  readonly findings: Findings;
}

/** What was found: a fault each, unless the mapping says that the system lacks it. */
class Findings {
  readonly faults = new Set<string>();
  readonly #byType = new Map<RecordType, Offered>();

  /** What the contract's lists of a type were found to offer. */
  of(type: RecordType): Offered {
    const offered = this.#byType.get(type) ?? { filters: new Set(), lacking: new Set() };
    this.#byType.set(type, offered);
    return offered;
  }

  /** `lacks`: the names by which the mapping may say so. */
  add(type: RecordType, lacks: string | readonly string[] | undefined, fault: string): void {
    const names = [lacks ?? []].flat();
    if (!names.some((lack) => type.lacks.has(lack))) this.faults.add(fault);
    for (const name of names) this.of(type).lacking.add(name);
  }

  /** What the mapping says that the system lacks, and it doesn't; and filters that the contract hasn't. */
  needless(model: Model): string[] {
    return [...model.types.values()].flatMap((type) => {
      const { filters, lacking } = this.of(type);
      const lacks = [...type.lacks].filter((lack) => !lacking.has(lack));
      const unasked = Object.keys(type.filters).filter((name) => !filters.has(name));
      const place = `backend.ts: ${type.name}`;
      return [
        ...lacks.map((lack) => {
          const meant = nearest(lack, lacking);
          return `${place}.lacks: "${lack}" is nothing that a list of the contract lacks${meant}; remove it.`;
        }),
        ...unasked.map((name) => {
          const meant = nearest(name, filters);
          return `${place}.filters.${name}: no list of ${type.name} has this filter in schema.graphql${meant}.`;
        }),
      ];
    });
  }
}

interface Offered {
  readonly filters: Set<string>;
  /** The names by which the mapping may say that the system lacks something. */
  readonly lacking: Set<string>;
}

/** Whether a connection can be served: the list itself, its count, and everything in `filter` and `orderBy`. */
function checkList(list: List): void {
  const { place, field, type, relation, source, findings } = list;
  const { collection } = type;
  for (const { name } of filtersOf(field.args)) findings.of(type).filters.add(name);
  const parent = relation?.theirs ?? [];
  const below = parent.length > 0 ? ` below ${parent.join(', ')}` : '';
  const noList = relation ? undefined : field.name;
  if (noList && isLacking(type, noList)) return void findings.of(type).lacking.add(noList);
  if (type.key.length === 0) {
    const fault = `backend.ts: ${place}: ${type.name} has no key, by which a list is told in order.`;
    return void findings.add(type, undefined, fault);
  }
  if (!source.canList(collection, parent, false)) {
    const fault = `backend.ts: ${place}: the mapping of ${type.name} has no list${below}.`;
    return void findings.add(type, noList, fault);
  }
  if (!takesPages(field)) {
    const fault = `schema.graphql${lineOf(field)}: ${place}: a connection takes "first" and "after".`;
    findings.add(type, undefined, fault);
  }
  const connection = getNamedType(field.type);
  const counts = isObjectType(connection) && connection.getFields().totalCount !== undefined;
  if (counts && !source.canList(collection, parent, true)) {
    const fault = `backend.ts: ${place}: the list of ${type.name}${below} has no total, which totalCount needs.`;
    findings.add(type, 'totalCount', fault);
  }
  for (const column of Object.keys(relation?.mapping.where ?? {})) {
    if (source.canFilter(collection, parent, column, '=')) continue;
    findings.add(type, undefined, `backend.ts: ${place}(where): the system can't filter by "${column} =".`);
  }
  checkFilters(list, parent);
  checkOrders(list, parent);
}

/** Whether all records of a type can be listed. */
function checkWhole({ field, type, source, findings }: Pick<List, 'field' | 'type' | 'source' | 'findings'>): void {
  const place = `Query.${field.name}`;
  const [first] = orderOf(type, undefined, undefined);
  if (isLacking(type, field.name)) findings.of(type).lacking.add(field.name);
  else if (!first) {
    findings.add(type, undefined, `backend.ts: ${place}: ${type.name} has no key, by which a list is told in order.`);
  } else if (!source.canList(type.collection, [], false)) {
    findings.add(type, field.name, `backend.ts: ${place}: the mapping of ${type.name} has no list.`);
  } else if (!source.canOrder(type.collection, [], first.column, first.direction)) {
    const fault = `backend.ts: ${place}: the system can't order by "${first.column} ${first.direction}".`;
    findings.add(type, field.name, fault);
  }
}

/** Whether totals can be made: that anything is added up at all, the periods, the groups, and everything in `filter`. */
function checkTotals(
  { field, type, source, findings }: Pick<List, 'field' | 'type' | 'source' | 'findings'>,
  model: Model,
): void {
  const place = `Query.${field.name}`;
  if (!type.totals) return void findings.of(type).lacking.add(field.name);
  if (!source.totals)
    return void findings.add(type, field.name, `backend.ts: ${place}: the system can't add up its records.`);
  const plan = totalsPlan(type, model);
  if (!plan) return;
  const { target, at, sums } = plan;
  for (const { name } of filtersOf(field.args)) findings.of(target).filters.add(name);
  for (const op of operatorsOf('range')) {
    if (at.columns.every((column) => source.canFilter(target.collection, [], column, op))) continue;
    findings.add(type, field.name, `backend.ts: ${place}(periods): the system can't filter by "${at.columns} ${op}".`);
  }
  for (const column of new Set([...sums.values()].flatMap(({ sum }) => [sum.of, ...sum.by]))) {
    if (source.canOrder(target.collection, [], column, 'asc')) continue;
    findings.add(type, field.name, `backend.ts: ${place}: the system can't add up by "${column}".`);
  }
  checkFilters({ place, field, type: target, relation: undefined, source, findings }, []);
}

function checkFilters({ place, field, type, source, findings }: List, parent: readonly string[]): void {
  for (const { name, shape } of filtersOf(field.args)) {
    const target = filterTarget(type, name);
    const where = `backend.ts: ${place}(filter: ${name})`;
    if (!target) {
      const fault = `${where}: ${type.name} has no field or filter of this name that can be compared with.`;
      findings.add(type, `filter.${name}`, fault);
      continue;
    }
    if (target.op === 'contains' && shape !== 'value') {
      findings.add(
        type,
        `filter.${name}`,
        `${where}: contains() takes one value, which the filter in schema.graphql is not.`,
      );
      continue;
    }
    if (target.mapping.onlyRanges && shape !== 'range') {
      const fault = `${where}: ${type.name}.${name} is finer or coarser in the system; expected a range of "from" and "before"`;
      findings.add(type, `filter.${name}`, `${fault}.`);
      continue;
    }
    for (const op of target.op ? [target.op] : operatorsOf(shape)) {
      if (source.canFilter(type.collection, parent, target.column, op)) continue;
      findings.add(type, `filter.${name}`, `${where}: the system can't filter by "${target.column} ${op}".`);
    }
  }
}

function checkOrders({ place, field, type, relation, source, findings }: List, parent: readonly string[]): void {
  const values = sortValues(field.args);
  for (const value of values) {
    const sorted = type.fields.get(fieldOfSortValue(value));
    if (sorted?.kind !== 'value' || sorted.columns.length !== 1) {
      const fault = `${type.name}.${fieldOfSortValue(value)} is not held in one column`;
      findings.add(type, `orderBy.${value}`, `backend.ts: ${place}(orderBy: ${value}): ${fault}.`);
      continue;
    }
    for (const direction of ['ASC', 'DESC'] as const) {
      const lacks = [`orderBy.${value}`, `orderBy.${value}.${direction}`];
      checkOrder(orderOf(type, relation, { field: value, direction }), lacks);
    }
  }
  if (values.length === 0) checkOrder(orderOf(type, relation, undefined), []);

  function checkOrder([first]: readonly Order[], lacks: readonly string[]): void {
    if (!first || source.canOrder(type.collection, parent, first.column, first.direction)) return;
    const fault = `backend.ts: ${place}: the system can't order by "${first.column} ${first.direction}".`;
    findings.add(type, lacks, fault);
  }
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
