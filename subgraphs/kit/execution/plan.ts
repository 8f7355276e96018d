import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';

/** A type as its values are completed. */
export type Shape = { readonly nonNull: boolean } & (
  | { readonly kind: 'leaf'; readonly type: GraphQLLeafType }
  | { readonly kind: 'list'; readonly item: Shape }
  | { readonly kind: 'object'; readonly type: GraphQLObjectType }
  | { readonly kind: 'abstract'; readonly type: GraphQLAbstractType }
);

/** A field that an operation selects at one place, of one object type. */
export interface PlannedField {
  /** Its name in the answer. */
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly parent: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly shape: Shape;
  /** What is selected below it of an object type. */
  readonly below: Map<GraphQLObjectType, readonly PlannedField[]>;
}

/**
 * Which fields an operation selects, where `@skip` and `@include` turn out alike. Made once for many runs, and of each place only
 * when a run first gets there.
 */
export class Plan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  readonly #conditions: Readonly<Record<string, unknown>>;
  #root: readonly PlannedField[] | undefined;

  /** `conditions`: values of the variables that `@skip` and `@include` name. */
  constructor(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Record<string, FragmentDefinitionNode>,
    conditions: Readonly<Record<string, unknown>>,
  ) {
    this.schema = schema;
    this.operation = operation;
    this.fragments = fragments;
    this.#conditions = conditions;
  }

  /** What is selected of the query type. Errors: GraphQLError for a condition that has no value, as `below`. */
  get root(): readonly PlannedField[] {
    if (!this.#root) {
      const { schema, fragments, operation } = this;
      const type = schema.getRootType(operation.operation) as GraphQLObjectType;
      const { selectionSet } = operation;
      this.#root = this.#planned(type, collectFields(schema, fragments, this.#conditions, type, selectionSet));
    }
    return this.#root;
  }

  /** What is selected of an object type below a field. */
  below(field: PlannedField, type: GraphQLObjectType): readonly PlannedField[] {
    let fields = field.below.get(type);
    if (!fields) {
      fields = this.#planned(type, collectSubfields(this.schema, this.fragments, this.#conditions, type, field.nodes));
      field.below.set(type, fields);
    }
    return fields;
  }

  #planned(parent: GraphQLObjectType, selected: ReadonlyMap<string, readonly FieldNode[]>): readonly PlannedField[] {
    return [...selected].flatMap(([key, nodes]) => {
      const definition = this.#definitionOf(parent, nodes[0]?.name.value ?? '');
      return definition ? [{ key, nodes, parent, definition, shape: shapeOf(definition.type), below: new Map() }] : [];
    });
  }

  #definitionOf(parent: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (parent === this.schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    return parent.getFields()[name];
  }
}

function shapeOf(type: GraphQLOutputType, nonNull = false): Shape {
  if (isNonNullType(type)) return shapeOf(type.ofType, true);
  if (isListType(type)) return { nonNull, kind: 'list', item: shapeOf(type.ofType) };
  if (isLeafType(type)) return { nonNull, kind: 'leaf', type };
  return isObjectType(type) ? { nonNull, kind: 'object', type } : { nonNull, kind: 'abstract', type };
}
