import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import type { ResponseField, ResponseForm, RootTarget } from '../program.ts';
import { holdsValues } from '../shown.ts';
import { and, conditionOf, isNever, or, type When } from './conditions.ts';
import type { KeyOrder } from './key-order.ts';
import type { Requirements } from './requirements.ts';

/** A field that a fetch asks of entities. */
export interface EntityField {
  readonly type: string;
  readonly field: string;
  readonly when: When;
}

/** The document of one fetch, as the planner made it. */
export class FetchDocument {
  readonly #operation: OperationDefinitionNode;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();

  constructor({ definitions }: DocumentNode) {
    const operation = definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    if (!operation) throw new Error('A fetch without an operation.');
    this.#operation = operation;
    for (const definition of definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  /** The keys of its root fields. */
  rootKeys(): RootTarget['keys'] {
    const keys = new Map<string, When>();
    const collect = (set: SelectionSetNode, outer: When): void => {
      for (const selection of set.selections) {
        const when = and(outer, conditionOf(selection.directives));
        if (isNever(when)) continue;
        if (selection.kind === Kind.FIELD) {
          const key = selection.alias?.value ?? selection.name.value;
          keys.set(key, keys.has(key) ? or(keys.get(key), when) : when);
        } else {
          const inner = this.#inner(selection);
          if (inner) collect(inner.set, when);
        }
      }
    };
    collect(this.#operation.selectionSet, undefined);
    return [...keys].map(([key, when]) => ({ key, ...(when && { when }) }));
  }

  /** The fields that it asks of entities themselves, each with the type that it is asked of, and when. */
  *entityFields(): Generator<EntityField> {
    if (this.#entities) yield* this.#fieldsOf(this.#entities.selectionSet, '_Entity');
  }

  /** The same with only those of the entities' fields that are wanted. */
  withEntityFields(isWanted: (type: string, field: string) => boolean): FetchDocument {
    const filtered = (set: SelectionSetNode, type: string): SelectionSetNode => ({
      ...set,
      selections: set.selections.flatMap((selection): SelectionNode[] => {
        if (selection.kind === Kind.FIELD) return isWanted(type, selection.name.value) ? [selection] : [];
        const inner = this.#inner(selection);
        const kept = inner && filtered(inner.set, inner.type ?? type);
        if (!inner || !kept?.selections.length) return [];
        const name = { kind: Kind.NAME, value: inner.type ?? type } as const;
        const typeCondition = { kind: Kind.NAMED_TYPE, name } as const;
        return [
          { kind: Kind.INLINE_FRAGMENT, typeCondition, directives: selection.directives ?? [], selectionSet: kept },
        ];
      }),
    });
    const selections = this.#operation.selectionSet.selections.map((entities) =>
      entities.kind === Kind.FIELD && entities.selectionSet
        ? { ...entities, selectionSet: filtered(entities.selectionSet, '_Entity') }
        : entities,
    );
    const operation = { ...this.#operation, selectionSet: { ...this.#operation.selectionSet, selections } };
    return new FetchDocument({ kind: Kind.DOCUMENT, definitions: withUsed(operation, this.#fragments) });
  }

  /**
   * The same with the fields of each object in the order in which the client asks for them, so that what comes can go out as it is;
   * undefined where that changes nothing. What only the plan needs stays ahead of them, and what a mutation does stays in its turn.
   * `order`: of what it joins.
   */
  inOrder(order: KeyOrder): FetchDocument | undefined {
    let isChanged = false;
    const sorted = (set: SelectionSetNode, order: KeyOrder | undefined, isSerial = false): SelectionSetNode => {
      if (!order) return set;
      const selections = set.selections.map((selection): SelectionNode => {
        if (selection.kind === Kind.FRAGMENT_SPREAD || !selection.selectionSet) return selection;
        const { selectionSet: inner } = selection;
        const selectionSet =
          selection.kind === Kind.FIELD
            ? sorted(inner, order.below(keyOfField(selection)))
            : sorted(inner, order, isSerial);
        return { ...selection, selectionSet };
      });
      // The order of what stands in fragments is another matter.
      if (isSerial || !selections.every((selection) => selection.kind === Kind.FIELD)) return { ...set, selections };
      const inOrder = selections.toSorted((a, b) => order.placeOf(keyOfField(a)) - order.placeOf(keyOfField(b)));
      isChanged ||= inOrder.some((selection, i) => selection !== selections[i]);
      return { ...set, selections: inOrder };
    };
    const { selectionSet: set, operation } = this.#operation;
    const entities = this.#entities;
    const selectionSet = entities
      ? { ...set, selections: [{ ...entities, selectionSet: sorted(entities.selectionSet, order) }] }
      : sorted(set, order, operation === 'mutation');
    const definitions = [{ ...this.#operation, selectionSet }, ...this.#fragments.values()];
    return isChanged ? new FetchDocument({ kind: Kind.DOCUMENT, definitions }) : undefined;
  }

  /** What comes back. */
  response(): ResponseForm {
    let isUniform = true;
    const fieldsOf = (sets: readonly SelectionSetNode[]): ResponseField[] => {
      const fields = new Map<string, SelectionSetNode[]>();
      const collect = ({ selections }: SelectionSetNode): void => {
        for (const selection of selections) {
          if (selection.directives?.length) isUniform = false;
          if (selection.kind === Kind.FIELD) {
            const key = keyOfField(selection);
            const known = fields.get(key);
            if (known) isUniform = false;
            fields.set(key, [...(known ?? []), ...(selection.selectionSet ? [selection.selectionSet] : [])]);
          } else {
            // An object of another type has nothing of this. Of entities, only those that fit are asked for.
            if (selections.length > 1 || selections !== this.#entities?.selectionSet.selections) isUniform = false;
            const inner = this.#inner(selection);
            if (inner) collect(inner.set);
          }
        }
      };
      for (const set of sets) collect(set);
      return [...fields].map(([key, sets]) => (sets.length > 0 ? { key, fields: fieldsOf(sets) } : { key }));
    };
    const fields = fieldsOf([this.#operation.selectionSet]);
    return { fields, isUniform };
  }

  /** The names of its variables. */
  variables(): string[] {
    return (this.#operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
  }

  /** Whether it has values beside variables. */
  holdsValues(): boolean {
    return holdsValues(this.#operation) || [...this.#fragments.values()].some(holdsValues);
  }

  /** Its text, in which added fields are what they stand for, under their own keys. */
  print(requirements: Requirements): string {
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [this.#operation, ...this.#fragments.values()] };
    const restored = visit(document, {
      Field: (node): FieldNode | undefined => {
        const field = requirements.fieldOf(node.name.value);
        if (field === undefined) return undefined;
        return { ...node, name: { kind: Kind.NAME, value: field }, alias: node.alias ?? node.name };
      },
    });
    return stripIgnoredCharacters(print(restored));
  }

  /** The field that asks for entities, if that is what it does. */
  get #entities(): (FieldNode & { readonly selectionSet: SelectionSetNode }) | undefined {
    const [first] = this.#operation.selectionSet.selections;
    if (first?.kind !== Kind.FIELD || first.name.value !== '_entities' || !first.selectionSet) return undefined;
    return { ...first, selectionSet: first.selectionSet };
  }

  *#fieldsOf(set: SelectionSetNode, type: string, outer?: When): Generator<EntityField> {
    for (const selection of set.selections) {
      const when = and(outer, conditionOf(selection.directives));
      if (selection.kind === Kind.FIELD) yield { type, field: selection.name.value, when };
      const inner = selection.kind === Kind.FIELD ? undefined : this.#inner(selection);
      if (inner) yield* this.#fieldsOf(inner.set, inner.type ?? type, when);
    }
  }

  #inner(
    selection: Exclude<SelectionNode, FieldNode>,
  ): { set: SelectionSetNode; type: string | undefined } | undefined {
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
    return fragment && { set: fragment.selectionSet, type: fragment.typeCondition?.name.value };
  }
}

function keyOfField({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

/** An operation with the fragments and the definitions of variables that it uses. */
function withUsed(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): [OperationDefinitionNode, ...FragmentDefinitionNode[]] {
  const used = new Map<string, FragmentDefinitionNode>();
  const variables = new Set<string>();
  const look = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      VariableDefinition: () => false,
      Variable: ({ name }) => void variables.add(name.value),
      FragmentSpread: ({ name }) => {
        const fragment = fragments.get(name.value);
        if (!fragment || used.has(name.value)) return;
        used.set(name.value, fragment);
        look(fragment);
      },
    });
  };
  look(operation);
  const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) =>
    variables.has(variable.name.value),
  );
  return [{ ...operation, ...(variableDefinitions && { variableDefinitions }) }, ...used.values()];
}
