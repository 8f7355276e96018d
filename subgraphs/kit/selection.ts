import { type FieldNode, type GraphQLResolveInfo, isObjectType, Kind, type SelectionSetNode } from 'graphql';
import type { RecordType } from './model.ts';

/** What a query selects below a field: the fields asked for of one type, by name, with their nodes. */
export type Selection = ReadonlyMap<string, readonly FieldNode[]>;

type Document = Pick<GraphQLResolveInfo, 'fragments' | 'schema'>;

const selections = new WeakMap<FieldNode, Map<string, Selection>>();
const columnSets = new WeakMap<Selection, Map<RecordType, readonly string[]>>();

/**
 * What the query selects of the type `typeName` below these nodes of one field. `@skip` and `@include` are not weighed: a
 * column too many now and then is cheaper than looking again for every set of variables.
 */
export function selectionOf(nodes: readonly FieldNode[], typeName: string, info: Document): Selection {
  const only = nodes.length === 1 ? nodes[0] : undefined;
  // Several nodes are merged into one field; which ones differs by place, so only a single node's selection is kept.
  if (!only) return collect(nodes, typeName, info);
  const byType = selections.get(only) ?? new Map<string, Selection>();
  const selection = byType.get(typeName) ?? collect(nodes, typeName, info);
  selections.set(only, byType.set(typeName, selection));
  return selection;
}

/** The columns that a selection of this type needs from the type's own record. */
export function columnsOf(type: RecordType, selection: Selection): readonly string[] {
  const kept = columnSets.get(selection)?.get(type);
  if (kept) return kept;
  const columns = new Set<string>();
  for (const name of selection.keys()) {
    const field = type.fields.get(name);
    for (const column of field?.kind === 'value' ? field.columns : (field?.ours ?? [])) columns.add(column);
  }
  const sorted = [...columns].sort();
  const byType = columnSets.get(selection) ?? new Map<RecordType, readonly string[]>();
  columnSets.set(selection, byType.set(type, sorted));
  return sorted;
}

function collect(nodes: readonly FieldNode[], typeName: string, { fragments, schema }: Document): Selection {
  const fields = new Map<string, FieldNode[]>();
  const visit = (set: SelectionSetNode) => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const known = fields.get(selection.name.value);
        if (known) known.push(selection);
        else fields.set(selection.name.value, [selection]);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
      const condition = fragment?.typeCondition?.name.value;
      const applies = condition === undefined || condition === typeName || !isObjectType(schema.getType(condition));
      if (fragment && applies) visit(fragment.selectionSet);
    }
  };
  for (const node of nodes) if (node.selectionSet) visit(node.selectionSet);
  return fields;
}
