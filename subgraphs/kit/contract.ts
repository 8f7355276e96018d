import {
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';

/** The object types of a contract that stand for records or values: not the root types, and not what the kit makes itself. */
export function recordTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  return Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType =>
      isObjectType(type) && !roots.has(type) && !type.name.startsWith('_') && !isMadeByKit(type),
  );
}

/** The type of a connection's nodes, after the Relay cursor connections specification; undefined for any other type. */
export function nodeType(type: GraphQLNamedType): GraphQLObjectType | undefined {
  const node = edgeType(type)?.getFields().node;
  const named = node && getNamedType(node.type);
  return isObjectType(named) ? named : undefined;
}

/** The type of a connection's edges. */
export function edgeType(type: GraphQLNamedType): GraphQLObjectType | undefined {
  if (!isObjectType(type) || !type.name.endsWith('Connection')) return undefined;
  const edges = type.getFields().edges;
  const edge = edges && getNamedType(edges.type);
  return isObjectType(edge) ? edge : undefined;
}

/** Whether a field returns a plain list. */
export function isPlainList(field: GraphQLField<unknown, unknown>): boolean {
  return isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
}

/** The `@key`s of a type: the names of their fields, and whether this subgraph resolves references to it. */
export function entityKeys(type: GraphQLObjectType): { fields: string[]; resolvable: boolean }[] {
  return directives(type, 'key').map((directive) => {
    const argument = (name: string) => directive.arguments?.find((each) => each.name.value === name)?.value;
    const fields = argument('fields');
    const resolvable = argument('resolvable');
    return {
      fields: fields?.kind === Kind.STRING ? fields.value.trim().split(/[\s,]+/) : [],
      resolvable: !(resolvable?.kind === Kind.BOOLEAN && resolvable.value === false),
    };
  });
}

/** Whether another subgraph resolves this field. */
export function isExternal(field: GraphQLField<unknown, unknown>): boolean {
  return field.astNode?.directives?.some(({ name }) => isNamed(name.value, 'external')) ?? false;
}

/** `:12`: the line of a field in its schema file, for messages. */
export function lineOf(field: GraphQLField<unknown, unknown>): string {
  const start = field.astNode?.loc?.startToken.line;
  return start === undefined ? '' : `:${start}`;
}

/** `PLACED_AT` → `placedAt`: the field that a value of a sort enum names. */
export function fieldOfSortValue(value: string): string {
  return value.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function isMadeByKit(type: GraphQLObjectType): boolean {
  return type.name === 'PageInfo' || type.name.endsWith('Edge') || nodeType(type) !== undefined;
}

function directives(type: GraphQLObjectType, name: string): ConstDirectiveNode[] {
  return [type.astNode, ...type.extensionASTNodes].flatMap(
    (node) => node?.directives?.filter((directive) => isNamed(directive.name.value, name)) ?? [],
  );
}

/** A federation directive may be imported by its own name or used as `@federation__key`. */
function isNamed(written: string, name: string): boolean {
  return written === name || written === `federation__${name}`;
}
