import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** How large a document is. All numbers are exact, or Number.MAX_SAFE_INTEGER where they are larger. */
export interface Structure {
  /** Fields inside fields, of the deepest operation or fragment with its fragments in place: 1 for `{ a }`. */
  readonly depth: number;
  /** Fields with another response key, as written. */
  readonly aliases: number;
  /** Fields of the largest operation's root, with its fragments in place. */
  readonly rootFields: number;
  /** Directives, as written. */
  readonly directives: number;
  /** Fields of the largest operation or fragment with its fragments in place. */
  readonly fields: number;
  /** Items of the longest list among the literals. */
  readonly listItems: number;
  /** Lists and objects inside each other in the deepest literal. */
  readonly inputDepth: number;
}

/** What a selection set holds with its fragments in place. */
interface Extent {
  readonly depth: number;
  readonly fields: number;
  /** Fields that stand in the set itself. */
  readonly own: number;
}

const nothing: Extent = { depth: 0, fields: 0, own: 0 };

/**
 * Measures a document that was parsed, and nothing else: it need not be valid. Each node is looked at once, and each
 * fragment once however often it is spread; one that isn't there, or that is spread inside itself, holds nothing
 * (validation refuses both).
 */
export function measure({ definitions }: DocumentNode): Structure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const extents = new Map<FragmentDefinitionNode, Extent>();
  let aliases = 0;
  let directives = 0;
  let listItems = 0;
  let inputDepth = 0;

  function extentOf({ selections }: SelectionSetNode): Extent {
    let { depth, fields, own } = nothing;
    for (const selection of selections) {
      countDirectives(selection.directives);
      if (selection.kind === Kind.FIELD) {
        const { alias, name, arguments: given, selectionSet } = selection;
        if (alias && alias.value !== name.value) aliases += 1;
        for (const { value } of given ?? []) countInput(value, 0);
        const below = selectionSet ? extentOf(selectionSet) : nothing;
        depth = Math.max(depth, below.depth + 1);
        fields = saturated(fields + below.fields + 1);
        own = saturated(own + 1);
      } else {
        const spread =
          selection.kind === Kind.INLINE_FRAGMENT
            ? extentOf(selection.selectionSet)
            : extentOfFragment(fragments.get(selection.name.value));
        depth = Math.max(depth, spread.depth);
        fields = saturated(fields + spread.fields);
        own = saturated(own + spread.own);
      }
    }
    return { depth, fields, own };
  }

  function extentOfFragment(fragment: FragmentDefinitionNode | undefined): Extent {
    if (!fragment) return nothing;
    const known = extents.get(fragment);
    if (known) return known;
    extents.set(fragment, nothing);
    countDirectives(fragment.directives);
    const extent = extentOf(fragment.selectionSet);
    extents.set(fragment, extent);
    return extent;
  }

  function countDirectives(nodes: readonly DirectiveNode[] = []): void {
    directives += nodes.length;
    for (const { arguments: given } of nodes) for (const { value } of given ?? []) countInput(value, 0);
  }

  function countInput(node: ValueNode, outer: number): void {
    if (node.kind !== Kind.LIST && node.kind !== Kind.OBJECT) return;
    inputDepth = Math.max(inputDepth, outer + 1);
    if (node.kind === Kind.OBJECT) {
      for (const { value } of node.fields) countInput(value, outer + 1);
    } else {
      listItems = Math.max(listItems, node.values.length);
      for (const value of node.values) countInput(value, outer + 1);
    }
  }

  let depth = 0;
  let fields = 0;
  let rootFields = 0;
  for (const definition of definitions) {
    let extent = nothing;
    // Of two fragments of one name the first is measured here only; nothing spreads it.
    if (definition.kind === Kind.FRAGMENT_DEFINITION) extent = extentOfFragment(definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      countDirectives(definition.directives);
      for (const { defaultValue, directives: nodes } of definition.variableDefinitions ?? []) {
        countDirectives(nodes);
        if (defaultValue) countInput(defaultValue, 0);
      }
      extent = extentOf(definition.selectionSet);
      rootFields = Math.max(rootFields, extent.own);
    }
    depth = Math.max(depth, extent.depth);
    fields = Math.max(fields, extent.fields);
  }
  return { depth, aliases, rootFields, directives, fields, listItems, inputDepth };
}

function saturated(value: number): number {
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}
