import {
  buildASTSchema,
  type DirectiveNode,
  type DocumentNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  parse,
  type SelectionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { DemoCaller } from '../../gateway/access/identity/demo-callers.ts';

/** Who asks; undefined for somebody without a credential. */
export type Asking = Pick<DemoCaller, 'scopes'> | undefined;

/**
 * The rules of a supergraph, read from its composed text by the words of Apollo's "Access control directives" and by nothing that the gateway
 * reads them with.
 */
export class MatrixRules {
  readonly schema: GraphQLSchema;
  /** Directives by type (`Order`) and by field (`Order.margin`). */
  readonly #wants = new Map<string, readonly DirectiveNode[]>();
  /** The subgraphs that have a field, by field or, for all fields of a type, by type. */
  readonly #owners = new Map<string, readonly string[]>();

  constructor(sdl: string) {
    const document = parse(sdl);
    this.schema = buildASTSchema(document, { assumeValidSDL: true });
    for (const definition of document.definitions) {
      if (!('name' in definition) || definition.name === undefined) continue;
      const type = definition.name.value;
      this.#wants.set(type, definition.directives ?? []);
      this.#owners.set(type, ownersIn(definition.directives, 'join__type'));
      if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
      for (const { name, directives } of definition.fields ?? []) {
        this.#wants.set(`${type}.${name.value}`, directives ?? []);
        this.#owners.set(`${type}.${name.value}`, ownersIn(directives, 'join__field'));
      }
    }
  }

  /** Each object type that clients may see, the root first. */
  get objects(): readonly GraphQLObjectType[] {
    const types = Object.values(this.schema.getTypeMap()).filter(
      (type) => isObjectType(type) && !/^(__|join__|link__)/.test(type.name),
    ) as GraphQLObjectType[];
    return types.sort((a, b) => Number(b.name === 'Query') - Number(a.name === 'Query'));
  }

  /** What a field wants that a caller lacks: scopes, or `authentication`. Empty where it is allowed. */
  lacks(asking: Asking, type: string, field: string): readonly string[] {
    const output = getNamedType(this.outputOf(type, field));
    const places = [type, `${type}.${field}`, ...(isAbstractType(output) ? [] : [output.name])];
    return [
      ...new Set(places.flatMap((place) => (this.#wants.get(place) ?? []).flatMap((each) => lacking(asking, each)))),
    ];
  }

  outputOf(type: string, field: string): GraphQLOutputType {
    const output = (this.schema.getType(type) as GraphQLObjectType).getFields()[field]?.type;
    if (!output) throw new Error(`expected ${type} to have ${field}`);
    return output;
  }

  /** The subgraphs that have a field. */
  ownersOf(type: string, field: string): readonly string[] {
    const own = this.#owners.get(`${type}.${field}`) ?? [];
    return own.length > 0 ? own : (this.#owners.get(type) ?? []);
  }

  /** The fields that a subgraph is asked for, such as `Order.margin`. */
  asked(query: string): readonly string[] {
    const typeInfo = new TypeInfo(this.schema);
    const fields = new Set<string>();
    visit(
      withoutEntities(parse(query)),
      visitWithTypeInfo(typeInfo, {
        Field({ name: { value: name } }) {
          const parent = typeInfo.getParentType();
          if (name === '__typename') return;
          if (!parent || !typeInfo.getFieldDef()) throw new Error(`${name} is in no type, in ${query}`);
          fields.add(`${parent.name}.${name}`);
        },
      }),
    );
    return [...fields];
  }
}

function lacking(asking: Asking, { name, arguments: given = [] }: DirectiveNode): string[] {
  if (name.value === 'authenticated') return asking ? [] : ['authentication'];
  if (name.value !== 'requiresScopes') return [];
  const [scopes] = given;
  if (scopes?.value.kind !== Kind.LIST) throw new Error('@requiresScopes has one argument, a list of lists.');
  const groups = scopes.value.values.map((group) =>
    group.kind === Kind.LIST ? group.values.map((one) => (one.kind === Kind.STRING ? one.value : '')) : [],
  );
  const has = new Set(asking?.scopes);
  return groups.some((group) => group.every((one) => has.has(one))) ? [] : groups.flat();
}

/** The graphs that `@join__type` or `@join__field` name, but for those that have a field from elsewhere: `FINANCE` is `finance`. */
function ownersIn(directives: readonly DirectiveNode[] = [], name: string): string[] {
  return directives
    .filter((directive) => directive.name.value === name)
    .flatMap(({ arguments: given = [] }) => {
      const graph = given.find((one) => one.name.value === 'graph')?.value;
      const isExternal = given.some((one) => one.name.value === 'external');
      return graph?.kind === Kind.ENUM && !isExternal ? [graph.value.toLowerCase()] : [];
    });
}

/** `_entities { ... on Order { … } }` as if its fragments stood at the root, whose type conditions alone tell what is asked. */
function withoutEntities(document: DocumentNode): DocumentNode {
  const inner = (selection: SelectionNode) =>
    selection.kind === Kind.FIELD && selection.name.value === '_entities'
      ? (selection.selectionSet?.selections ?? [])
      : [selection];
  return visit(document, { SelectionSet: (set) => ({ ...set, selections: set.selections.flatMap(inner) }) });
}
