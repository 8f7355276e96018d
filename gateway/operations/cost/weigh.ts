import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import { keyOf } from '../lower/conditions.ts';
import type { CostDirectives } from './directives.ts';
import type { CostExpression, FieldCost, ObjectCost, Operand } from './expression.ts';
import { type MergedField, mergedFields, type Part } from './fields.ts';
import { InputCosts } from './inputs.ts';
import { sizeOf } from './sizes.ts';
import { Terms } from './terms.ts';

/** What weighing needs. */
export interface WeighOptions {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly costs: CostDirectives;
  /** How long a list is taken to be where the schema doesn't say: `limits.list_size`. */
  readonly listSize: number;
}

/** What a root field of a mutation costs beside what it gives. */
const mutationCost = 10;

/** What is asked of objects: the estimate, and the index in `CostExpression.objects`. */
interface Weighed {
  readonly cost: Operand;
  readonly index: number;
}

/** Fields whose lists are as long as the field around them says. */
interface Sized {
  readonly fields: readonly string[];
  readonly size: Operand;
}

/**
 * Works out what an operation costs, as `CostExpression` says. `operation`: a valid one, with its fragments in place
 * (`lower/expand.ts`). What is asked of one type by the same selection sets is weighed once. Errors:
 * OperationRefusedError where a field needs exactly one slicing argument; TooComplexError as of `lower/conditions.ts`.
 */
export function weigh(operation: OperationDefinitionNode, { schema, costs, listSize }: WeighOptions): CostExpression {
  const { weights, listSizes } = costs;
  const terms = new Terms();
  const inputs = new InputCosts(weights, terms);
  const defaults = new Map(
    (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
    ),
  );
  const mayBeNegative = [...weights.values()].some((weight) => weight < 0);
  const objects: ObjectCost[] = [];
  const indices = new Map<string, number>();
  const known = new Map<string, Weighed>();
  const setIds = new Map<SelectionSetNode, number>();

  function weighObject(type: GraphQLObjectType, parts: readonly Part[], sized?: Sized, extra = 0): Weighed {
    const asked = parts.map(({ set, when }) => idOf(set) + keyOf(when)).join();
    const key = `${type.name} ${asked} ${sized ? JSON.stringify(sized) : ''} ${extra}`;
    const weighed = known.get(key);
    if (weighed) return weighed;
    const estimates: Operand[] = [];
    const fields: FieldCost[] = [];
    let typename: string | undefined;
    for (const field of mergedFields(schema, type, parts)) {
      if (field.node.name.value === '__typename') typename = field.key;
      // Introspection costs nothing.
      if (field.node.name.value.startsWith('__')) continue;
      const { estimate, cost } = weighField(type, field, sized, extra);
      estimates.push(terms.when(field.when, estimate));
      if (cost) fields.push({ key: field.key, ...cost });
    }
    const weight = Math.max(0, weights.get(type.name) ?? 1);
    const result = {
      cost: terms.sum(estimates),
      index: indexOf({ weight, ...(typename !== undefined && { typename }), fields }),
    };
    known.set(key, result);
    return result;
  }

  function weighField(
    parent: GraphQLObjectType,
    { node, parts }: MergedField,
    sized: Sized | undefined,
    extra: number,
  ) {
    const name = node.name.value;
    const definition = parent.getFields()[name];
    if (!definition) throw new Error(`No field ${parent.name}.${name} in a valid operation.`);
    const weight = ofField(weights, parent, name);
    const directive = ofField(listSizes, parent, name);
    const size = directive && sizeOf(node, definition, directive, { terms, defaults, listSize });
    const sizesOthers = directive !== undefined && directive.sizedFields.length > 0;
    const count = countOf(definition.type, sized?.fields.includes(name) ? sized.size : sizesOthers ? undefined : size);
    const given = (node.arguments ?? []).map(({ name: { value: argument }, value }) => {
      const type = definition.args.find((one) => one.name === argument)?.type;
      return type ? inputs.costOf(value, type, ofField(weights, parent, `${name}(${argument}:)`)) : 0;
    });
    const once = terms.sum([extra, ...given]);

    const type = getNamedType(definition.type);
    const types = isObjectType(type) ? [type] : isAbstractType(type) ? schema.getPossibleTypes(type) : [];
    const isLeaf = types.length === 0;
    const leaf = (isLeaf && weights.get(type.name)) || 0;
    const below = sizesOthers && size !== undefined ? { fields: directive.sizedFields, size } : undefined;
    const weighed = types.map((each) => [each.name, weighObject(each, parts, below)] as const);
    const inside = weighed.map(([, { cost, index }]) =>
      terms.sum([weight === undefined ? (objects[index]?.weight ?? 0) : 0, cost]),
    );
    const each = inside.length === 1 ? (inside[0] ?? 0) : terms.largest(inside);
    const own = terms.sum([terms.product([count, weight ?? leaf]), once]);
    const estimate = terms.sum([mayBeNegative ? terms.largest([own]) : own, terms.product([count, each])]);

    const distinct = new Set(weighed.map(([, { index }]) => index));
    const [index] = distinct;
    const cost = {
      ...(once !== 0 && { once }),
      ...(weight !== undefined && { weight }),
      ...(leaf !== 0 && { leaf }),
      ...(index !== undefined && {
        of: distinct.size === 1 ? index : Object.fromEntries(weighed.map(([of, { index: at }]) => [of, at])),
      }),
    };
    return { estimate, cost: Object.keys(cost).length > 0 ? cost : undefined };
  }

  /** How many values a field gives; each list in a list is as long as an unknown one. */
  function countOf(type: GraphQLOutputType, size: Operand | undefined): Operand {
    const sizes: Operand[] = [];
    let inner = type;
    while (isNonNullType(inner) || isListType(inner)) {
      if (isListType(inner)) sizes.push(sizes.length === 0 ? (size ?? listSize) : listSize);
      inner = inner.ofType;
    }
    return terms.product(sizes);
  }

  function indexOf(object: ObjectCost): number {
    const key = JSON.stringify(object);
    const index = indices.get(key) ?? objects.push(object) - 1;
    indices.set(key, index);
    return index;
  }

  function idOf(set: SelectionSetNode): number {
    const id = setIds.get(set) ?? setIds.size;
    setIds.set(set, id);
    return id;
  }

  const type = schema.getRootType(operation.operation);
  if (!type) throw new Error(`No ${operation.operation} in the schema of a valid operation.`);
  const parts = [{ set: operation.selectionSet, when: undefined }];
  const { cost, index } = weighObject(type, parts, undefined, operation.operation === 'mutation' ? mutationCost : 0);
  return { terms: terms.all, total: cost, inputs: inputs.types, objects, root: index };
}

/** What is said of a field, or else of the same field of an interface that its type implements. */
function ofField<Value>(map: ReadonlyMap<string, Value>, type: GraphQLObjectType, name: string): Value | undefined {
  const own = map.get(`${type.name}.${name}`);
  if (own !== undefined) return own;
  const from = type.getInterfaces().find((one) => map.has(`${one.name}.${name}`));
  return from && map.get(`${from.name}.${name}`);
}
