import {
  type FieldNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import type { Rule } from '../../rule.ts';
import { conditionOf, isNever } from '../conditions.ts';
import type { SupergraphTypes } from '../types.ts';
import type { SchemaRules } from './schema-rules.ts';

/** A rule where it stands: at a field (`Order.margin`), or at the type that a field stands in or gives (`Order`). */
export interface PlacedRule {
  readonly rule: Rule;
  readonly at: string;
  readonly place: 'field' | 'parent' | 'given';
}

/** A field of an operation and what guards it. */
export interface GuardedField {
  /** Its key in the answer. */
  readonly key: string;
  readonly name: string;
  /** For each type that the object may have which is asked. */
  readonly of: readonly {
    readonly type: string;
    /** Whether it can't be null: where it is refused, its object is null. */
    readonly required: boolean;
    readonly rules: readonly PlacedRule[];
  }[];
  readonly fields: readonly GuardedField[];
}

/** A rule of the schema and all places where it stands, in the schema's order. */
export interface RulePlaces {
  readonly rule: Rule;
  readonly places: readonly string[];
}

/** What explaining needs of a supergraph. */
export interface GuardedSchema {
  readonly schema: GraphQLSchema;
  readonly types: SupergraphTypes;
  readonly rules: SchemaRules;
}

/** What is asked for under one key. */
interface Asked {
  readonly key: string;
  readonly name: string;
  readonly types: Set<string>;
  readonly sets: Set<SelectionSetNode>;
}

/**
 * The fields of an expanded operation with all rules that decide about each. Fields of one key and name are one, whichever fragments they
 * stand in. What a variable may skip is there; what is always skipped isn't.
 */
export function guardedFields(
  operation: OperationDefinitionNode,
  guardedSchema: GuardedSchema,
): readonly GuardedField[] {
  const { schema, types } = guardedSchema;
  const visible = (type: string) => types.runtime(type).filter((each) => schema.getType(each));

  function fieldsOf(sets: Iterable<SelectionSetNode>, possible: readonly string[]): GuardedField[] {
    const asked = new Map<string, Asked>();
    for (const set of sets) collect(set, possible, asked);
    return [...asked.values()].map(guarded);
  }

  function collect(set: SelectionSetNode, possible: readonly string[], asked: Map<string, Asked>): void {
    for (const selection of set.selections) {
      if (isNever(conditionOf(selection.directives))) continue;
      if (selection.kind === Kind.FIELD) add(selection, possible, asked);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const fitting = selection.typeCondition && types.runtime(selection.typeCondition.name.value);
        const inside = possible.filter((type) => !fitting || fitting.includes(type));
        if (inside.length > 0) collect(selection.selectionSet, inside, asked);
      } else throw new Error('Expected an expanded operation.');
    }
  }

  function add({ alias, name, selectionSet }: FieldNode, possible: readonly string[], asked: Map<string, Asked>): void {
    const key = alias?.value ?? name.value;
    const id = `${key}:${name.value}`;
    const one = asked.get(id) ?? { key, name: name.value, types: new Set(), sets: new Set() };
    asked.set(id, one);
    for (const type of possible) one.types.add(type);
    if (selectionSet) one.sets.add(selectionSet);
  }

  function guarded({ key, name, types: parents, sets }: Asked): GuardedField {
    const of = [...parents].map((type) => ({
      type,
      required: isNonNullType(outputOf(schema, type, name)),
      rules: rulesAt(type, name, guardedSchema),
    }));
    const given = new Set(
      [...parents].flatMap((type) => visible(getNamedType(outputOf(schema, type, name))?.name ?? '')),
    );
    // What introspection asks for is guarded by nothing.
    const fields = name.startsWith('__') ? [] : fieldsOf(sets, [...given]);
    return { key, name, of, fields };
  }

  const root = schema.getRootType(operation.operation);
  return fieldsOf([operation.selectionSet], root ? [root.name] : []);
}

/** All rules of what clients see. */
export function placesOfRules(guarded: GuardedSchema): readonly RulePlaces[] {
  const { schema, rules } = guarded;
  const places = new Map<Rule, string[]>(rules.all.map((rule) => [rule, []]));
  for (const type of Object.values(schema.getTypeMap())) {
    // What stands at an interface is what its objects say.
    if (isAbstractType(type)) continue;
    for (const rule of rules.ofType(type.name)) places.get(rule)?.push(type.name);
    for (const field of isObjectType(type) ? Object.keys(type.getFields()) : []) {
      for (const { rule, place, at } of rulesAt(type.name, field, guarded))
        if (place === 'field') places.get(rule)?.push(at);
    }
  }
  return [...places].map(([rule, each]) => ({ rule, places: each })).filter((one) => one.places.length > 0);
}

/** What stands at several of them is said of the type that the field gives, or else of the type that it stands in. */
function rulesAt(type: string, field: string, { schema, rules }: GuardedSchema): PlacedRule[] {
  const ofParent = rules.ofType(type);
  const output = getNamedType(outputOf(schema, type, field));
  const ofOutput = output && !isAbstractType(output) ? rules.ofType(output.name) : [];
  // An object that is refused has no __typename either; the root is never refused as such.
  const ofField = field.startsWith('__') ? (isRoot(schema, type) ? [] : ofParent) : rules.ofField(type, field);
  return ofField.map((rule) => {
    if (output && ofOutput.includes(rule)) return { rule, at: output.name, place: 'given' };
    if (ofParent.includes(rule)) return { rule, at: type, place: 'parent' };
    return { rule, at: `${type}.${field}`, place: 'field' };
  });
}

function outputOf(schema: GraphQLSchema, type: string, field: string): GraphQLOutputType | undefined {
  const parent = schema.getType(type);
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field]?.type : undefined;
}

function isRoot(schema: GraphQLSchema, type: string): boolean {
  return Object.values(OperationTypeNode).some((kind) => schema.getRootType(kind)?.name === type);
}
