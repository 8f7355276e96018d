import {
  type DirectiveNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { and, conditionOf, isNever, keyOf, type When } from './conditions.ts';
import type { InterfaceFields } from './interface-fields.ts';
import type { TreeKeys } from './tree-keys.ts';
import { besides, inTurn } from './turns.ts';
import type { SupergraphTypes } from './types.ts';

export interface PlannedOptions {
  readonly schema: GraphQLSchema;
  readonly types: SupergraphTypes;
  readonly keys: TreeKeys;
  readonly interfaceFields: InterfaceFields;
  /** Another name for the client's variable `representations`, which the planner uses itself. */
  readonly representationsAs: string;
}

/** The types that fields are asked of where an object may have several, with the condition under which: `Book`, `Film?a`. By `coordinate`. */
export type Narrowed = ReadonlyMap<string, ReadonlySet<string>>;

/** A field of the objects at a path of the tree: `shelf.best Node.price`. */
export function coordinate(path: readonly string[], type: string, field: string): string {
  return `${path.join('.')} ${type}.${field}`;
}

/** The field that selections belong to: its type, and its path in the tree, without lists; and when they are asked for. */
interface Scope {
  readonly type: GraphQLCompositeType;
  readonly path: readonly string[];
  readonly when: When;
}

/** What the planner gets. */
export interface PlannedOperation {
  readonly operation: OperationDefinitionNode;
  readonly narrowed: Narrowed;
}

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * An expanded operation as the planner gets it; undefined where there is nothing to fetch.
 * - Without what isn't fetched at the root: introspection, `__typename`; and without what is never asked for.
 * - With the keys of the tree as aliases.
 * - With an unconditional field in sets that have none: the planner forgets an object of which it may be that nothing is asked.
 * - With the root fields of mutations in the order in which they are to be done: see `inTurn`.
 * - With what is asked of the implementations of some interfaces asked of the interface: see `InterfaceFields`.
 * - With types in the place of other interfaces where an interface is an object in some subgraph, and without conditions on types that no
 *   object has there: the planner fails on those.
 */
export function plannedOperation(
  operation: OperationDefinitionNode,
  options: PlannedOptions,
): PlannedOperation | undefined {
  const { schema, types, keys, interfaceFields } = options;
  const narrowed = new Map<string, Set<string>>();

  /** `possible`: the objects that it may be asked of. */
  function changedSet(
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    scope: Scope,
    possible: readonly string[],
  ): SelectionSetNode {
    return { ...set, selections: set.selections.flatMap((selection) => changed(selection, parent, scope, possible)) };
  }

  function changed(
    selection: SelectionNode,
    parent: GraphQLCompositeType,
    outer: Scope,
    possible: readonly string[],
  ): SelectionNode[] {
    const scope = { ...outer, when: and(outer.when, conditionOf(selection.directives)) };
    if (isNever(scope.when)) return [];
    if (selection.kind === Kind.FIELD) return [changedField(selection, parent, scope, possible)];
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('Expected an expanded operation.');
    const type = conditionTypeOf(selection, parent);
    const objects = types.objects(type.name);
    const common = possible.filter((name) => objects.includes(name));
    // Nothing is asked of it. The planner fails on this where an interface is an object.
    if (possible.length > 0 && common.length === 0) return [];
    // It is met by every object here.
    if (isObjectType(parent) && isAbstractType(type)) {
      const { typeCondition, ...inner } = selection;
      return typeCondition ? changed(inner, parent, outer, possible) : [];
    }
    if (isForeign(type, parent)) {
      return common
        .filter((name) => schema.getType(name))
        .flatMap((name) => changed(on(name, selection), parent, outer, possible));
    }
    const own = { ...selection, selectionSet: changedSet(selection.selectionSet, type, scope, common) };
    if (own.selectionSet.selections.length === 0) return [];
    const movable = isInterfaceType(parent) && isObjectType(type) ? interfaceFields.of(parent.name) : undefined;
    if (!movable) return [own];
    const { inside, beside } = moved(own, movable);
    return [inside, ...beside];
  }

  function changedField(
    field: FieldNode,
    parent: GraphQLCompositeType,
    scope: Scope,
    possible: readonly string[],
  ): FieldNode {
    if (isAbstractType(scope.type)) {
      for (const { name } of 'getInterfaces' in parent ? [parent, ...parent.getInterfaces()] : []) {
        const at = coordinate(scope.path, name, field.name.value);
        const asked = possible.map((type) => type + keyOf(scope.when));
        narrowed.set(at, new Set([...(narrowed.get(at) ?? []), ...asked]));
      }
    }
    const key = keys.of(field);
    const aliased: FieldNode =
      key === (field.alias?.value ?? field.name.value) ? field : { ...field, alias: { kind: Kind.NAME, value: key } };
    if (!field.selectionSet) return aliased;
    const fields = 'getFields' in parent ? parent.getFields() : {};
    const type = getNamedType(fields[field.name.value]?.type);
    if (!isCompositeType(type)) throw new Error(`${parent.name}.${field.name.value} has no fields.`);
    const scopeWithin = { type, path: [...scope.path, key], when: undefined };
    const inner = changedSet(field.selectionSet, type, scopeWithin, types.objects(type.name));
    const selections = isConditional(inner) ? [typename, ...inner.selections] : inner.selections;
    return { ...aliased, selectionSet: { ...inner, selections } };
  }

  /** Whether a condition names an interface or union beside one that is an object in some subgraph. */
  function isForeign(type: GraphQLCompositeType, parent: GraphQLCompositeType): boolean {
    if (!types.interfaceObjects.has(parent.name) || type === parent || !isAbstractType(type)) return false;
    return !(isInterfaceType(parent) && schema.isSubType(type, parent));
  }

  function conditionTypeOf({ typeCondition }: InlineFragmentNode, parent: GraphQLCompositeType): GraphQLCompositeType {
    const type = typeCondition ? schema.getType(typeCondition.name.value) : parent;
    if (!isCompositeType(type)) throw new Error(`${typeCondition?.name.value} has no fields.`);
    return type;
  }

  const root = schema.getRootType(operation.operation);
  const isMutation = operation.operation === 'mutation';
  const rootSelections = fetched(operation.selectionSet, isMutation);
  const selections = isMutation ? inTurn(rootSelections) : rootSelections;
  if (!isObjectType(root) || selections.length === 0) return undefined;
  const scope = { type: root, path: [], when: undefined };
  const selectionSet = changedSet({ ...operation.selectionSet, selections }, root, scope, types.objects(root.name));
  const planned = { ...operation, selectionSet };
  const isClash = operation.variableDefinitions?.some(({ variable }) => variable.name.value === 'representations');
  if (!isClash) return { operation: planned, narrowed };
  const renamed = { kind: Kind.NAME, value: options.representationsAs } as const;
  const changedNames: OperationDefinitionNode = visit(planned, {
    Variable: (node) => (node.name.value === 'representations' ? { ...node, name: renamed } : undefined),
  });
  return { operation: changedNames, narrowed };
}

/** The root's selections that are fetched; `isFlat`: without fragments around them, where that is the same. */
function fetched({ selections }: SelectionSetNode, isFlat: boolean): SelectionNode[] {
  return selections.flatMap((selection): SelectionNode[] => {
    if (isNever(conditionOf(selection.directives))) return [];
    if (selection.kind === Kind.FIELD) return selection.name.value.startsWith('__') ? [] : [selection];
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('Expected an expanded operation.');
    const inner = fetched(selection.selectionSet, isFlat);
    const { directives = [] } = selection;
    if (isFlat) return inner.map((one) => withDirectives(one, directives));
    return inner.length > 0 ? [{ ...selection, selectionSet: { ...selection.selectionSet, selections: inner } }] : [];
  });
}

/** The selection with a fragment's directives of its own; in a fragment where it has others of the same name. */
function withDirectives(selection: SelectionNode, directives: readonly DirectiveNode[]): SelectionNode {
  const own = selection.directives ?? [];
  if (directives.length === 0) return selection;
  const isClash = directives.some(({ name }) => own.some((other) => other.name.value === name.value));
  return isClash ? besides(directives, [selection]) : { ...selection, directives: [...own, ...directives] };
}

/** What is asked of an implementation, and the movable fields beside it instead of in it. */
function moved(
  fragment: InlineFragmentNode,
  movable: ReadonlySet<string>,
): { readonly inside: InlineFragmentNode; readonly beside: readonly SelectionNode[] } {
  const beside: SelectionNode[] = [];
  const selections = fragment.selectionSet.selections.map((selection): SelectionNode => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const inner = moved(selection, movable);
      beside.push(...inner.beside);
      return inner.inside;
    }
    if (!movable.has(selection.kind === Kind.FIELD ? selection.name.value : '')) return selection;
    beside.push(selection);
    // Which of the objects it is asked of still depends on their type.
    return typename;
  });
  const { directives = [] } = fragment;
  const inside = { ...fragment, selectionSet: { ...fragment.selectionSet, selections } };
  return { inside, beside: directives.length > 0 && beside.length > 0 ? [besides(directives, beside)] : beside };
}

/** Whether it depends on variables if anything is asked for at all. */
function isConditional({ selections }: SelectionSetNode): boolean {
  return selections.every(
    (selection) =>
      keyOf(conditionOf(selection.directives)) !== '' ||
      (selection.kind === Kind.INLINE_FRAGMENT && isConditional(selection.selectionSet)),
  );
}

function on(type: string, fragment: InlineFragmentNode): InlineFragmentNode {
  return { ...fragment, typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } } };
}
