import {
  type GraphQLCompositeType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { FieldRefusal, SelectedField, Selection, ValueShape } from '../program.ts';
import { and, conditionOf, firstHolding, isNever, keyOf, or, same, type When } from './conditions.ts';
import { TooComplexError } from './errors.ts';
import { lowerIntrospection, type Occurrence } from './introspection.ts';
import type { Refusals } from './rules/refusals.ts';
import { allRefusals, refusalsBelow } from './rules/refused.ts';
import type { TreeKeys } from './tree-keys.ts';
import type { SupergraphTypes } from './types.ts';

/** What objects are asked for, and what that needs to be completed. */
export interface Selections {
  readonly selections: readonly Selection[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly interfaceObjects: readonly string[];
  readonly refusals?: readonly FieldRefusal[];
}

/** A selection set, and when it is asked for. */
interface Part {
  readonly set: SelectionSetNode;
  readonly when: When;
}

/** The how-manieth of its selection set it is. */
interface Placed extends Occurrence {
  readonly place: number;
}

/** What an object's `__typename` names: an interface, too, where a subgraph knows it as an object. */
type RuntimeType = GraphQLObjectType | GraphQLInterfaceType;

/** A program of 2 MB has fewer. */
const maxFields = 100_000;

export interface SelectionsOptions {
  readonly schema: GraphQLSchema;
  readonly types: SupergraphTypes;
  readonly keys: TreeKeys;
  readonly refusals: Refusals;
}

/**
 * Collects the fields of an expanded operation for every type that an object may have (GraphQL specification, section 6.3.2). Errors:
 * TooComplexError.
 */
export function lowerSelections(
  operation: OperationDefinitionNode,
  { schema, types, keys, refusals }: SelectionsOptions,
): Selections {
  const selections: Selection[] = [];
  const enums: Record<string, readonly string[]> = {};
  const interfaceObjects = new Set<string>();
  const known = new Map<string, number>();
  const setIds = new Map<SelectionSetNode, number>();
  let fieldCount = 0;

  /** The index of what the parts ask of a type. */
  function selectionOf(type: RuntimeType, parts: readonly Part[]): number {
    const key = `${type.name} ${parts.map(({ set, when }) => idOf(set) + keyOf(when)).join()}`;
    const index = known.get(key);
    if (index !== undefined) return index;
    const fields: SelectedField[] = [];
    const next = selections.push({ type: type.name, fields }) - 1;
    known.set(key, next);
    const placed = [...collect(type, parts)].flatMap(([key, occurrences]) => placesOf(key, occurrences, type));
    fields.push(...placed.sort((a, b) => a.place - b.place).map(({ field }) => field));
    fieldCount += fields.length;
    if (fieldCount > maxFields)
      throw new TooComplexError(`it asks objects of different types for over ${maxFields} fields`);
    return next;
  }

  function idOf(set: SelectionSetNode): number {
    const id = setIds.get(set) ?? setIds.size;
    setIds.set(set, id);
    return id;
  }

  function collect(type: RuntimeType, parts: readonly Part[]): Map<string, Placed[]> {
    const fields = new Map<string, Placed[]>();
    const seen = new Set<string>();
    let place = 0;
    const visit = (set: SelectionSetNode, outer: When): void => {
      const visited = idOf(set) + keyOf(outer);
      if (seen.has(visited)) return;
      seen.add(visited);
      for (const selection of set.selections) {
        const when = and(outer, conditionOf(selection.directives));
        if (isNever(when)) continue;
        if (selection.kind === Kind.INLINE_FRAGMENT) {
          const condition = selection.typeCondition && schema.getType(selection.typeCondition.name.value);
          if (!condition || (isCompositeType(condition) && applies(condition, type)))
            visit(selection.selectionSet, when);
        } else if (selection.kind === Kind.FIELD) {
          const key = selection.alias?.value ?? selection.name.value;
          const occurrences = fields.get(key);
          const placed = { node: selection, when, place };
          place += 1;
          if (!occurrences) fields.set(key, [placed]);
          else if (!occurrences.some((one) => one.node === selection && same(one.when, when))) occurrences.push(placed);
        }
      }
    };
    for (const { set, when } of parts) visit(set, when);
    return fields;
  }

  function applies(condition: GraphQLCompositeType, type: RuntimeType): boolean {
    return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
  }

  /** A field at each place that is the first which isn't skipped in some runs: its order is that of the answer. */
  function placesOf(key: string, occurrences: readonly Placed[], parent: RuntimeType) {
    const field = fieldOf(key, occurrences, parent);
    const start = occurrences[0]?.place ?? 0;
    const firsts = firstHolding(occurrences.map(({ when }) => when));
    const places = occurrences.flatMap(({ place }, index) => {
      const when = firsts?.[index];
      return isNever(when) ? [] : [{ place, field: { ...field, ...(when && { when }) } }];
    });
    const isTogether = !firsts || places.every(({ place }, index) => place === start + index);
    return isTogether ? [{ place: start, field }] : places;
  }

  function fieldOf(key: string, occurrences: readonly Occurrence[], parent: RuntimeType): SelectedField {
    const [first] = occurrences;
    if (!first) throw new Error('A field is asked for at least once.');
    const name = first.node.name.value;
    const from = keys.of(first.node);
    const when = occurrences.reduce<When>((all, one) => or(all, one.when), []);
    return {
      key,
      ...(from !== key && { from }),
      ...(name !== key && { name }),
      value: valueShape(name, occurrences, parent),
      ...(when && { when }),
    };
  }

  function valueShape(name: string, occurrences: readonly Occurrence[], parent: RuntimeType): ValueShape {
    if (name === '__typename') {
      return { required: true, kind: 'typename', name: isObjectType(parent) ? parent.name : null };
    }
    if (name === '__schema' || name === '__type') {
      const shape = lowerIntrospection(schema, occurrences, operation);
      return name === '__schema' ? { required: true, ...shape } : shape;
    }
    const type = parent.getFields()[name]?.type;
    if (!type) throw new Error(`A valid operation asks for ${parent.name}.${name}, which isn't there.`);
    const message = refusals.ofField(parent.name, name);
    if (message !== undefined)
      return { ...(isNonNullType(type) && { required: true }), kind: 'refused', refusals: [{ path: [], message }] };
    // Where all occurrences hold at the same time, the field itself holds then: nothing more to ask below it.
    const isAlike = occurrences.every(({ when }) => same(when, occurrences[0]?.when));
    const parts = occurrences.flatMap(({ node: { selectionSet }, when }): Part[] =>
      selectionSet ? [{ set: selectionSet, when: isAlike ? undefined : when }] : [],
    );
    const shape = shapeOf(type, parts);
    const isFetched = refusals.isEmpty || shape.required || parent === schema.getMutationType();
    const below = isFetched ? undefined : refusalsBelow(shape, selections);
    return below ? { kind: 'refused', refusals: below } : shape;
  }

  function shapeOf(type: GraphQLOutputType, parts: readonly Part[]): ValueShape {
    if (isNonNullType(type)) return { required: true, ...shapeOf(type.ofType, parts) };
    if (isListType(type)) return { kind: 'list', of: shapeOf(type.ofType, parts) };
    if (isObjectType(type)) return { kind: 'object', selection: selectionOf(type, parts) };
    if (isAbstractType(type)) {
      const runtime = runtimeTypes(type.name);
      const refused = runtime.flatMap(({ name }) => {
        const message = refusals.ofType(name);
        return message === undefined ? [] : [[name, message] as const];
      });
      const byType = runtime.map((one) => [one.name, selectionOf(one, parts)] as const);
      return {
        kind: 'abstract',
        type: type.name,
        selections: Object.fromEntries(byType),
        ...(refused.length > 0 && { refused: Object.fromEntries(refused) }),
      };
    }
    if (isEnumType(type)) {
      enums[type.name] = type.getValues().map(({ name }) => name);
      return { kind: 'enum', type: type.name };
    }
    switch (type.name) {
      case 'Int':
      case 'Float':
      case 'String':
      case 'Boolean':
      case 'ID':
        return { kind: 'leaf', type: type.name };
      default:
        return { kind: 'scalar', type: type.name };
    }
  }

  /** Those that clients may see. */
  function runtimeTypes(name: string): RuntimeType[] {
    return types.runtime(name).flatMap((one) => {
      const type = schema.getType(one);
      if (isInterfaceType(type)) interfaceObjects.add(one);
      return isObjectType(type) || isInterfaceType(type) ? [type] : [];
    });
  }

  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`A valid ${operation.operation} has a root type.`);
  selectionOf(root, [{ set: operation.selectionSet, when: undefined }]);
  return {
    selections,
    enums,
    interfaceObjects: [...interfaceObjects],
    ...(!refusals.isEmpty && { refusals: allRefusals(selections) }),
  };
}
