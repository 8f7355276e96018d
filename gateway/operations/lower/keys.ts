import { Kind, type SelectionSetNode } from 'graphql';
import type { RepresentationField } from '../program.ts';
import { UnplannableError } from './errors.ts';
import type { Joins } from './joins.ts';

type Representations = Readonly<Record<string, readonly RepresentationField[]>>;

/**
 * The representations by which a subgraph can be entered: those that hold one of its keys. (What the plan requires of an interface is lowered for
 * all of its types, also for those that it doesn't mean and the subgraph doesn't know.) Errors: UnplannableError where the only key is marked
 * `resolvable: false`.
 */
export function enterable(representations: Representations, subgraph: string, joins: Joins): Representations {
  const kept = Object.entries(representations).filter(([, fields]) => {
    const type = fields.find(({ as }) => as === '__typename');
    const name = type && 'value' in type ? String(type.value) : '';
    const held = joins.keys(subgraph, name).filter((key) => holds(fields, key.fields));
    if (held.some(({ resolvable }) => resolvable)) return true;
    if (held.length > 0) {
      throw new UnplannableError(
        `it needs ${name} of subgraph ${subgraph} by a key that is marked "resolvable: false" there`,
      );
    }
    return false;
  });
  return Object.fromEntries(kept);
}

function holds(fields: readonly RepresentationField[], { selections }: SelectionSetNode): boolean {
  return selections.every((selection) => {
    if (selection.kind !== Kind.FIELD) return true;
    const field = fields.find(({ as }) => as === selection.name.value);
    if (!field || !selection.selectionSet) return field !== undefined;
    const inner = 'fields' in field && field.fields;
    if (!inner) return false;
    const alternatives = inner.kind === 'any' ? [inner.fields] : Object.values(inner.types);
    return alternatives.some((alternative) => selection.selectionSet && holds(alternative, selection.selectionSet));
  });
}
