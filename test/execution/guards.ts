import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  parse,
  print,
  TypeInfo,
  type TypeNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { hash } from './hash.ts';

/** The scopes that rules want. */
export const scopes = ['a', 'b', 'c', 'd'] as const;

/** Rules all over a supergraph: each wants one of a few scopes. */
export class Guards {
  /** What the caller lacks. */
  missing: ReadonlySet<string> = new Set();
  /** What was fetched though it is refused. */
  readonly faults: string[] = [];
  readonly #wanted = new Map<string, string>();
  readonly #outputs = new Map<string, string>();
  readonly #free: readonly string[];
  /** Names of fields that plans ask for whoever asks: keys and requirements. */
  readonly #internal = new Set<string>();

  /** `free`: types without rules. */
  constructor(free: readonly string[]) {
    this.#free = free;
  }

  /** A supergraph's text with the rules, as composition would have written it. */
  addTo(sdl: string): string {
    for (const [, set] of sdl.matchAll(/(?:key|requires|provides): "((?:[^"\\]|\\.)*)"/g)) {
      for (const [name] of (set as string).matchAll(/\w+/g)) this.#internal.add(name);
    }
    const document = parse(sdl, { noLocation: true });
    const abstract = new Set(
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.INTERFACE_TYPE_DEFINITION || definition.kind === Kind.UNION_TYPE_DEFINITION
          ? [definition.name.value]
          : [],
      ),
    );
    const guarded = visit(document, {
      ObjectTypeDefinition: (type) => {
        const name = type.name.value;
        if (name.startsWith('join__')) return false;
        const isFree = this.#free.includes(name);
        const isRoot = name === 'Query' || name === 'Mutation';
        const fields = type.fields?.map((field) => {
          const output = namedType(field.type);
          if (!abstract.has(output)) this.#outputs.set(`${name}.${field.name.value}`, output);
          return isFree ? field : this.#guarded(field, `${name}.${field.name.value}`, 6);
        });
        return { ...(isRoot || isFree ? type : this.#guarded(type, name, 8)), ...(fields && { fields }) };
      },
      EnumTypeDefinition: (type) =>
        /^(join|link)__/.test(type.name.value) ? false : this.#guarded(type, type.name.value, 6),
      ScalarTypeDefinition: (type) =>
        /^(join|link)__/.test(type.name.value) ? false : this.#guarded(type, type.name.value, 4),
    });
    const head = `schema @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)`;
    const definitions = `
directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
scalar requiresScopes__Scope
`;
    return print(guarded).replace(/^schema/m, head) + definitions;
  }

  refuses(type: string, field: string): boolean {
    const coordinate = `${type}.${field}`;
    return [type, coordinate, this.#outputs.get(coordinate) ?? ''].some((place) => this.#isMissing(place));
  }

  refusesType(type: string): boolean {
    return this.#isMissing(type);
  }

  /** Looks at what a subgraph is asked. */
  look(schema: GraphQLSchema | undefined, document: DocumentNode): void {
    if (!schema) return;
    const typeInfo = new TypeInfo(schema);
    visit(
      document,
      visitWithTypeInfo(typeInfo, {
        Field: ({ name: { value: field } }) => {
          const parent = typeInfo.getParentType();
          if (field.startsWith('_') || this.#internal.has(field) || !parent) return;
          const types = isAbstractType(parent) ? schema.getPossibleTypes(parent) : isObjectType(parent) ? [parent] : [];
          for (const { name } of types)
            if (this.refuses(name, field)) this.faults.push(`${name}.${field}: ${print(document)}`);
        },
      }),
    );
  }

  #isMissing(place: string): boolean {
    const wanted = this.#wanted.get(place);
    return wanted !== undefined && this.missing.has(wanted);
  }

  /** One of so many places wants a scope. */
  #guarded<T extends { readonly directives?: readonly ConstDirectiveNode[] | undefined }>(
    node: T,
    place: string,
    oneOf: number,
  ): T {
    if (hash(`${place} guarded`) % oneOf !== 0) return node;
    const scope = scopes[hash(`${place} scope`) % scopes.length] as string;
    this.#wanted.set(place, scope);
    return { ...node, directives: [...(node.directives ?? []), requires(scope)] };
  }
}

function requires(scope: string): ConstDirectiveNode {
  const value = {
    kind: Kind.LIST,
    values: [{ kind: Kind.LIST, values: [{ kind: Kind.STRING, value: scope }] }],
  } as const;
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: 'requiresScopes' },
    arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'scopes' }, value }],
  };
}

function namedType(type: FieldDefinitionNode['type'] | TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
