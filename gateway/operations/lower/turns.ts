import { type DirectiveNode, type InlineFragmentNode, Kind, type SelectionNode } from 'graphql';
import { and, conditionOf, firstHolding, isNever, type When } from './conditions.ts';
import { TooComplexError } from './errors.ts';

/**
 * The root fields of a mutation, which are done one after another, so that a plan does them in turn: those of one response key together, at its
 * first place that isn't skipped (GraphQL specification, section 6.3.2). The planner would put those of one fragment together, and fetch a key
 * as often as it comes, which would do the same thing twice. Where variables decide which place is the first, the fields stand at each of them,
 * under conditions of which one at most holds. Each selection is a field or fragments around one. Errors: TooComplexError.
 */
export function inTurn(selections: readonly SelectionNode[]): SelectionNode[] {
  // A fragment that is spread twice holds the same selections twice.
  const fields = [...new Set(selections)].map((selection, place) => ({ selection, place, ...innermost(selection) }));
  const turns = [...Map.groupBy(fields, ({ key }) => key).values()].flatMap((ofKey) => {
    const firsts = firstHolding(ofKey.map(({ when }) => when));
    if (!firsts) throw new TooComplexError('its @skip and @include directives combine in too many ways');
    const all = ofKey.map(({ selection }) => selection);
    const places = ofKey.flatMap(({ place }, index) => {
      const when = firsts[index];
      return isNever(when) ? [] : [{ place, selections: under(when, all.slice(index)) }];
    });
    const start = places[0]?.place ?? 0;
    const isTogether = places.every(({ place }, index) => place === start + index);
    return isTogether && places.length > 0 ? [{ place: start, selections: all }] : places;
  });
  return turns.sort((a, b) => a.place - b.place).flatMap((turn) => turn.selections);
}

/** A fragment with directives and without a type. */
export function besides(
  directives: readonly DirectiveNode[],
  selections: readonly SelectionNode[],
): InlineFragmentNode {
  return { kind: Kind.INLINE_FRAGMENT, directives, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}

/** The response key of a field in fragments of its own, and when it is asked for. */
function innermost(selection: SelectionNode): { readonly key: string; readonly when: When } {
  const when = conditionOf(selection.directives);
  if (selection.kind === Kind.FIELD) return { key: (selection.alias ?? selection.name).value, when };
  const [only] = selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet.selections : [];
  if (!only) throw new Error('Expected a field in fragments of its own.');
  const inner = innermost(only);
  return { key: inner.key, when: and(when, inner.when) };
}

/** The selections once for each group of a condition. */
function under(when: When, selections: readonly SelectionNode[]): readonly SelectionNode[] {
  if (!when) return selections;
  return when.flatMap((group) =>
    group.reduce<readonly SelectionNode[]>((inner, { variable, is }) => {
      const value = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: variable } } as const;
      const condition = { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'if' }, value } as const;
      const name = { kind: Kind.NAME, value: is ? 'include' : 'skip' } as const;
      return [besides([{ kind: Kind.DIRECTIVE, name, arguments: [condition] }], inner)];
    }, selections),
  );
}
