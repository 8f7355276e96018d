import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { and, conditionOf, isNever, keyOf, or, same, type When } from '../lower/conditions.ts';

/** A selection set, and when it is asked for. */
export interface Part {
  readonly set: SelectionSetNode;
  readonly when: When;
}

/** A field of an object. */
export interface MergedField {
  readonly key: string;
  readonly node: FieldNode;
  readonly when: When;
  /** What is asked of its value, when the field itself is asked for. */
  readonly parts: readonly Part[];
}

/**
 * The fields that are asked of an object of a type, one for each response key: GraphQL specification, section 6.3.2
 * "CollectFields".
 */
export function mergedFields(schema: GraphQLSchema, type: GraphQLObjectType, parts: readonly Part[]): MergedField[] {
  const occurrences = new Map<string, { readonly node: FieldNode; readonly when: When }[]>();
  const seen = new Map<SelectionSetNode, Set<string>>();

  function visit(set: SelectionSetNode, outer: When): void {
    const visits = seen.get(set) ?? new Set();
    if (visits.has(keyOf(outer))) return;
    seen.set(set, visits.add(keyOf(outer)));
    for (const selection of set.selections) {
      const when = and(outer, conditionOf(selection.directives));
      if (isNever(when)) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition && schema.getType(selection.typeCondition.name.value);
        const applies =
          !condition || condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
        if (applies) visit(selection.selectionSet, when);
      } else if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const known = occurrences.get(key);
        if (known) known.push({ node: selection, when });
        else occurrences.set(key, [{ node: selection, when }]);
      }
    }
  }
  for (const { set, when } of parts) visit(set, when);
  return [...occurrences].flatMap(([key, each]) => {
    const [first] = each;
    if (!first) return [];
    // One condition for all is the field's; it needn't be asked again below.
    const alike = each.every(({ when }) => same(when, first.when));
    return {
      key,
      node: first.node,
      when: alike ? first.when : each.map(({ when }) => when).reduce(or),
      parts: each.flatMap(({ node, when }) =>
        node.selectionSet ? { set: node.selectionSet, when: alike ? undefined : when } : [],
      ),
    };
  });
}
