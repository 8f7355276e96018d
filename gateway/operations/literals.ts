import {
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type ObjectValueNode,
  parseType,
  TypeInfo,
  type ValueNode,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** A document in which variables stand for its literals. */
export interface Literals {
  readonly document: DocumentNode;
  /** The definitions of the variables that were added to the operation. */
  readonly definitions: readonly VariableDefinitionNode[];
  /** Their values, as a client would give them. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Puts a variable in the place of each constant that is the whole value of a field's argument, so that texts that differ in them
 * share one program. Literals stay where a variable might change the result: `null` (a variable without a value is another
 * thing), numbers that JavaScript can't hold, and values of custom scalars that JSON has no word for; and in directives and in
 * introspection. Equal values of one type share one variable: fields that could be merged still can.
 *
 * `document`: one valid operation and its fragments.
 */
export function takeLiterals(schema: GraphQLSchema, document: DocumentNode): Literals {
  const taken = new Set(['representations']);
  const names = new Map<string, string>();
  const definitions: VariableDefinitionNode[] = [];
  const values: Record<string, unknown> = {};

  function variableFor({ name, type }: GraphQLArgument, value: unknown): string {
    const key = `${type} ${JSON.stringify(value)}`;
    const known = names.get(key);
    if (known) return known;
    let free = name;
    for (let i = 2; taken.has(free); i++) free = `${name}_${i}`;
    taken.add(free);
    names.set(key, free);
    values[free] = value;
    definitions.push({
      kind: Kind.VARIABLE_DEFINITION,
      variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: free } },
      type: parseType(String(type), { noLocation: true }),
    });
    return free;
  }

  visit(document, { VariableDefinition: ({ variable }) => void taken.add(variable.name.value) });
  const typeInfo = new TypeInfo(schema);
  const changed = visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: ({ name }) => (name.value === '__schema' || name.value === '__type' ? false : undefined),
      Directive: () => false,
      Argument(node) {
        const argument = typeInfo.getArgument();
        const value = argument && jsonOf(node.value, argument.type);
        if (!argument || value === undefined || value === null) return false;
        const name = { kind: Kind.NAME, value: variableFor(argument, value) } as const;
        return { ...node, value: { kind: Kind.VARIABLE, name } };
      },
    }),
  );
  if (definitions.length === 0) return { document, definitions, values };
  const withDefinitions = changed.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? { ...definition, variableDefinitions: [...(definition.variableDefinitions ?? []), ...definitions] }
      : definition,
  );
  return { document: { ...changed, definitions: withDefinitions }, definitions, values };
}

/** The JSON that means the same as a literal; undefined where there is none, or where it holds a variable. */
function jsonOf(node: ValueNode, type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return jsonOf(node, type.ofType);
  if (isListType(type) && node.kind !== Kind.LIST && node.kind !== Kind.NULL) {
    // A single value where a list is expected is a list of one (GraphQL specification, section 3.11); its length may be what it costs.
    const item = jsonOf(node, type.ofType);
    return item === undefined ? undefined : [item];
  }
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.ENUM:
      return isEnumType(getNamedType(type)) ? node.value : undefined;
    case Kind.INT:
    case Kind.FLOAT:
      // An ID may be written as a number of any length; as a string it is the same ID.
      if (String(getNamedType(type)) === 'ID') return node.kind === Kind.INT ? node.value : undefined;
      return String(Number(node.value)) === node.value ? Number(node.value) : undefined;
    case Kind.LIST: {
      const items = node.values.map((item) => jsonOf(item, isListType(type) ? type.ofType : type));
      return items.includes(undefined) ? undefined : items;
    }
    case Kind.OBJECT:
      return objectOf(node, type);
    case Kind.VARIABLE:
      return undefined;
  }
}

function objectOf({ fields }: ObjectValueNode, type: GraphQLInputType): unknown {
  const item = getNamedType(type);
  const known = isInputObjectType(item) ? item.getFields() : undefined;
  const entries: [string, unknown][] = [];
  for (const { name, value } of fields) {
    const fieldType = known ? known[name.value]?.type : type;
    const json = fieldType && jsonOf(value, fieldType);
    // A key that objects treat as special keeps its literal.
    if (json === undefined || name.value === '__proto__') return undefined;
    entries.push([name.value, json]);
  }
  return Object.fromEntries(entries);
}
