import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { SupergraphTypes } from '../types.ts';
import type { Refusals } from './refusals.ts';

/**
 * An expanded operation without what is refused: what is planned is never more than the caller may see. A field with nothing left below it
 * is left out, too, if it may be null and changes nothing. What is asked of an interface is asked of those of its objects that may tell.
 * Undefined where nothing is left.
 */
export function withhold(
  operation: OperationDefinitionNode,
  refusals: Refusals,
  { schema, types }: { readonly schema: GraphQLSchema; readonly types: SupergraphTypes },
): OperationDefinitionNode | undefined {
  if (refusals.isEmpty) return operation;

  /** `possible`: the objects that it may be asked of. */
  function keptSet(
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    possible: readonly string[],
  ): SelectionSetNode | undefined {
    const selections = set.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return keptField(selection, parent, possible);
      if (selection.kind === Kind.INLINE_FRAGMENT) return keptFragment(selection, parent, possible);
      throw new Error('Expected an expanded operation.');
    });
    return selections.length > 0 ? { ...set, selections } : undefined;
  }

  function keptFragment(
    fragment: InlineFragmentNode,
    parent: GraphQLCompositeType,
    possible: readonly string[],
  ): InlineFragmentNode[] {
    const type = fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : parent;
    if (!isCompositeType(type)) throw new Error(`${fragment.typeCondition?.name.value} has no fields.`);
    const objects = types.objects(type.name);
    const selectionSet = keptSet(
      fragment.selectionSet,
      type,
      possible.filter((name) => objects.includes(name)),
    );
    return selectionSet ? [{ ...fragment, selectionSet }] : [];
  }

  function keptField(field: FieldNode, parent: GraphQLCompositeType, possible: readonly string[]): SelectionNode[] {
    const name = field.name.value;
    if (name.startsWith('__')) return [field];
    const candidates = isAbstractType(parent) && possible.length > 0 ? possible : [parent.name];
    const allowed = candidates.filter((type) => !refusals.ofField(type, name) && !refusals.ofType(type));
    if (allowed.length === 0) return [];
    const kept = field.selectionSet ? withKept(field, field.selectionSet, parent, allowed) : field;
    if (!kept) return [];
    if (allowed.length === candidates.length) return [kept];
    return allowed.filter((type) => schema.getType(type)).map((type) => on(type, kept));
  }

  function withKept(
    field: FieldNode,
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    allowed: readonly string[],
  ): FieldNode | undefined {
    const type = getNamedType(typeOf(field, parent));
    if (!isCompositeType(type)) throw new Error(`${parent.name}.${field.name.value} has no fields.`);
    const selectionSet = keptSet(set, type, types.objects(type.name));
    if (selectionSet) return { ...field, selectionSet };
    const isRequired = [parent.name, ...allowed].some((name) => isNonNullType(typeOf(field, schema.getType(name))));
    return isRequired || parent === schema.getMutationType()
      ? { ...field, selectionSet: { ...set, selections: [typename] } }
      : undefined;
  }

  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`A valid ${operation.operation} has a root type.`);
  const selectionSet = keptSet(operation.selectionSet, root, [root.name]);
  return selectionSet && { ...operation, selectionSet };
}

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function typeOf({ name }: FieldNode, parent: GraphQLNamedType | undefined): GraphQLOutputType | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name.value]?.type : undefined;
}

function on(type: string, field: FieldNode): InlineFragmentNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } },
    selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
  };
}
