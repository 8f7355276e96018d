import {
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { edgeType, fieldOfSortValue } from './contract.ts';
import { decodeCursor, encodeCursor, listMark } from './cursor.ts';
import { InputError, UnsupportedError } from './errors.ts';
import { conditionsOf } from './filter.ts';
import { columnsOfKey, type RecordType, type RelationField } from './model.ts';
import { columnsOf, type Selection, selectionOf } from './selection.ts';
import type { Condition, Direction, Key, ListRequest, Order, Page } from './source.ts';

/** The arguments of a connection field; which of them there are is the contract's choice. */
export interface ConnectionArguments {
  readonly first?: number;
  readonly after?: string | null;
  readonly filter?: Readonly<Record<string, unknown>> | null;
  readonly orderBy?: { readonly field: string; readonly direction?: 'ASC' | 'DESC' } | null;
}

/** The most items on one page. */
export const maxPage = 100;

/** What a connection field asks of its source, and how the answer's cursors are written. */
export interface ConnectionPlan {
  readonly request: ListRequest;
  readonly mark: () => string;
}

/** Turns a connection field's arguments and selection into a request. Errors: InputError for what the client got wrong. */
export function planConnection(
  type: RecordType,
  relation: RelationField | undefined,
  parent: Key,
  args: ConnectionArguments,
  info: GraphQLResolveInfo,
): ConnectionPlan {
  const first = args.first ?? 20;
  if (first < 1 || first > maxPage) throw new InputError(`"first" must be from 1 to ${maxPage}, got ${first}.`);
  const connection = getNamedType(info.returnType);
  const selection = selectionOf(info.fieldNodes, connection.name, info);
  const count = selection.has('totalCount') && info.fieldNodes.some((node) => isIncluded('totalCount', node, info));
  refuseLacking(type, count, args.orderBy);
  const order = orderOf(type, relation, args.orderBy);
  const where: Condition[] = [
    ...Object.entries(relation?.mapping.where ?? {}).map(([column, value]) => ({ column, op: '=', value }) as const),
    ...conditionsOf(type, args.filter ?? {}),
  ];
  let kept: string | undefined;
  const mark = () => {
    kept ??= listMark([type.collection, relation?.theirs, parent.map(String), where, order]);
    return kept;
  };
  const after = args.after == null ? undefined : decodeCursor(args.after, mark());
  return {
    mark,
    request: {
      collection: type.collection,
      columns: nodeColumns(type, connection, selection, info),
      where,
      order,
      first: ['edges', 'nodes', 'pageInfo'].some((field) => selection.has(field)) ? first : 0,
      after,
      count,
    },
  };
}

/** The connection object of a page (Relay cursor connections specification, 3 Connection Types, with `nodes` beside `edges`). */
export function toConnection({ rows, hasNext, total }: Page, mark: () => string) {
  return {
    nodes: rows,
    edges: () => rows.map((item) => ({ node: item, cursor: () => encodeCursor(mark(), item.position) })),
    pageInfo: {
      hasNextPage: hasNext,
      endCursor: () => {
        const last = rows.at(-1);
        return last ? encodeCursor(mark(), last.position) : null;
      },
    },
    totalCount: total,
  };
}

/** The order of a list: what the client chose or the mapping says, then the key, so that no two records are equal. */
export function orderOf(
  type: RecordType,
  relation: RelationField | undefined,
  orderBy: ConnectionArguments['orderBy'],
): Order[] {
  const order: Order[] = [];
  if (orderBy) {
    const field = type.fields.get(fieldOfSortValue(orderBy.field));
    const column = field?.kind === 'value' ? field.columns[0] : undefined;
    if (column !== undefined) order.push({ column, direction: orderBy.direction === 'DESC' ? 'desc' : 'asc' });
  } else {
    const stated = Object.keys(relation?.mapping.order ?? {}).length > 0 ? relation?.mapping.order : type.order;
    for (const [column, direction] of Object.entries(stated ?? {})) order.push({ column, direction });
  }
  const direction: Direction = order[0]?.direction ?? 'asc';
  const known = new Set(order.map(({ column }) => column));
  for (const column of columnsOfKey(type.key)) if (!known.has(column)) order.push({ column, direction });
  return order;
}

/** Whether a field is one that `planConnection` serves: it takes `first` and `after`. */
export function takesPages(field: GraphQLField<unknown, unknown>): boolean {
  return field.args.some(({ name }) => name === 'first') && field.args.some(({ name }) => name === 'after');
}

function refuseLacking({ lacks }: RecordType, count: boolean, orderBy: ConnectionArguments['orderBy']): void {
  if (count && lacks.has('totalCount')) throw new UnsupportedError('count it');
  if (!orderBy) return;
  const { field, direction = 'ASC' } = orderBy;
  if (lacks.has(`orderBy.${field}`) || lacks.has(`orderBy.${field}.${direction}`))
    throw new UnsupportedError(`order it by ${field} ${direction}`);
}

/** Whether a field that is selected below a node is there once `@skip` and `@include` are weighed: to count costs too much else. */
function isIncluded(
  field: string,
  { selectionSet }: { selectionSet?: SelectionSetNode },
  info: GraphQLResolveInfo,
): boolean {
  const { fragments, variableValues } = info;
  return (selectionSet?.selections ?? []).some((selection) => {
    if (getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.if === true) return false;
    if (getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.if === false) return false;
    if (selection.kind === Kind.FIELD) return selection.name.value === field;
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    return fragment !== undefined && isIncluded(field, fragment, info);
  });
}

function nodeColumns(type: RecordType, connection: GraphQLNamedType, selection: Selection, info: GraphQLResolveInfo) {
  const edges = selectionOf(selection.get('edges') ?? [], edgeType(connection)?.name ?? '', info);
  const nodes = [...(selection.get('nodes') ?? []), ...(edges.get('node') ?? [])];
  return columnsOf(type, selectionOf(nodes, type.name, info));
}
