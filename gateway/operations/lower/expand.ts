import {
  type DocumentNode,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { TooComplexError } from './errors.ts';

/** Fragments in fragments multiply; what the planner gets is all of it written out. */
const maxSelections = 50_000;

/**
 * An operation with its fragments written out in place. A fragment that is spread twice is the same selection set twice, not a copy.
 * Errors: TooComplexError.
 */
export function expand({ definitions }: DocumentNode): OperationDefinitionNode {
  const fragments = new Map<string, InlineFragmentNode>();
  const sizes = new Map<SelectionSetNode, number>();

  function expanded(set: SelectionSetNode): SelectionSetNode {
    let size = 0;
    const selections = set.selections.map((selection): SelectionNode => {
      const changed = expandedSelection(selection);
      size += 1 + ('selectionSet' in changed && changed.selectionSet ? (sizes.get(changed.selectionSet) ?? 0) : 0);
      return changed;
    });
    if (size > maxSelections)
      throw new TooComplexError(`with its fragments in place it selects over ${maxSelections} fields`);
    const result = { ...set, selections };
    sizes.set(result, size);
    return result;
  }

  function expandedSelection(selection: SelectionNode): SelectionNode {
    if (selection.kind !== Kind.FRAGMENT_SPREAD) {
      return selection.selectionSet ? { ...selection, selectionSet: expanded(selection.selectionSet) } : selection;
    }
    const name = selection.name.value;
    let fragment = fragments.get(name);
    if (!fragment) {
      const found = definitions.find((one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name);
      if (found?.kind !== Kind.FRAGMENT_DEFINITION) throw new Error(`No fragment ${name} in a valid document.`);
      const { typeCondition, selectionSet } = found;
      fragment = { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: expanded(selectionSet) };
      fragments.set(name, fragment);
    }
    return selection.directives?.length ? { ...fragment, directives: selection.directives } : fragment;
  }

  const operation = definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error('No operation in a valid document.');
  return { ...operation, selectionSet: expanded(operation.selectionSet) };
}
