import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type DirectiveNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import type { TestSupergraph } from './supergraphs/supergraph.ts';

/** A field as one subgraph defines it. */
export interface FieldDefinition {
  readonly subgraph: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly requires?: SelectionSetNode;
}

/** What the subgraphs' schemas say: which fields there are, keys, requirements. */
export class Catalogue {
  readonly schemas: ReadonlyMap<string, GraphQLSchema>;
  readonly families: Readonly<Record<string, readonly string[]>>;
  readonly #fields = new Map<string, FieldDefinition[]>();
  readonly #keys = new Map<string, SelectionSetNode[]>();
  readonly #keyFields = new Set<string>();
  readonly #entities = new Set<string>();
  readonly #enums = new Map<string, readonly string[]>();
  readonly #possible = new Map<FieldDefinition[], readonly string[]>();
  readonly #overridden = new Set<string>();

  constructor({ subgraphs, families = {} }: TestSupergraph, resolvers: (subgraph: string, sdl: string) => object) {
    this.families = families;
    this.schemas = new Map(
      Object.entries(subgraphs).map(([name, sdl]) => [
        name,
        buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers(name, sdl) as never }]),
      ]),
    );
    for (const [subgraph, schema] of this.schemas)
      for (const type of Object.values(schema.getTypeMap())) this.#read(subgraph, type);
  }

  /** The interface object's name for a type that stands behind one, else the type's own. */
  familyOf(type: string): string {
    return Object.keys(this.families).find((name) => this.families[name]?.includes(type)) ?? type;
  }

  isEntity(type: string): boolean {
    return this.#entities.has(this.familyOf(type));
  }

  isKeyField(type: string, field: string): boolean {
    return this.#keyFields.has(`${this.familyOf(type)}.${field}`);
  }

  isOverridden(subgraph: string, type: string, field: string): boolean {
    return this.#overridden.has(`${subgraph}:${type}.${field}`);
  }

  /** The keys by which a subgraph can be entered for a type. */
  keys(subgraph: string, type: string): readonly SelectionSetNode[] {
    return this.#keys.get(`${subgraph}:${type}`) ?? [];
  }

  /** The definitions of a field, its owners' before those that only refer to it. */
  definitions(type: string, field: string): FieldDefinition[] {
    const found = this.#fields.get(`${type}.${field}`) ?? this.#fields.get(`${this.familyOf(type)}.${field}`);
    if (!found) throw new Error(`No subgraph defines ${type}.${field}`);
    return found;
  }

  /** The values that all subgraphs know which define the enum. */
  enumValues(name: string): readonly string[] {
    return this.#enums.get(name) ?? [];
  }

  /** The object types that each of a field's owners may give. */
  possibleTypes(definitions: FieldDefinition[]): readonly string[] {
    let possible = this.#possible.get(definitions);
    if (!possible) {
      const sets = definitions.map(({ subgraph, field }) => this.#possibleIn(subgraph, getNamedType(field.type)));
      possible = (sets[0] ?? []).filter((name) => sets.every((set) => set.includes(name)));
      this.#possible.set(definitions, possible);
    }
    return possible;
  }

  #possibleIn(subgraph: string, type: GraphQLNamedType): readonly string[] {
    if (!isAbstractType(type)) return this.families[type.name] ?? [type.name];
    return (this.schemas.get(subgraph)?.getPossibleTypes(type) ?? []).map(({ name }) => name);
  }

  #read(subgraph: string, type: GraphQLNamedType): void {
    if (type.name.startsWith('_')) return;
    if (isEnumType(type)) {
      const values = type.getValues().map(({ name }) => name);
      this.#enums.set(
        type.name,
        values.filter((value) => this.#enums.get(type.name)?.includes(value) ?? true),
      );
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return;
    for (const directive of type.astNode?.directives ?? []) {
      if (directive.name.value !== 'key') continue;
      const fields = fieldsOf(directive);
      this.#entities.add(this.familyOf(type.name));
      for (const name of leavesOf(fields)) this.#keyFields.add(`${this.familyOf(type.name)}.${name}`);
      const of = `${subgraph}:${type.name}`;
      if (!isNotResolvable(directive)) this.#keys.set(of, [...(this.#keys.get(of) ?? []), fields]);
    }
    for (const field of Object.values(type.getFields())) {
      if (field.name.startsWith('_')) continue;
      const directives = field.astNode?.directives ?? [];
      const from = directives.find(({ name }) => name.value === 'override')?.arguments?.[0]?.value;
      if (from?.kind === Kind.STRING) this.#overridden.add(`${from.value}:${type.name}.${field.name}`);
      if (directives.some(({ name }) => name.value === 'external')) continue;
      const requires = directives.find(({ name }) => name.value === 'requires');
      const of = `${type.name}.${field.name}`;
      const definition = { subgraph, field, ...(requires && { requires: fieldsOf(requires) }) };
      this.#fields.set(of, [...(this.#fields.get(of) ?? []), definition]);
    }
  }
}

function fieldsOf(directive: DirectiveNode): SelectionSetNode {
  const value = directive.arguments?.find(({ name }) => name.value === 'fields')?.value;
  const definition = value?.kind === Kind.STRING ? parse(`{ ${value.value} }`).definitions[0] : undefined;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`@${directive.name.value} without fields`);
  return definition.selectionSet;
}

function leavesOf({ selections }: SelectionSetNode): string[] {
  return selections.flatMap((selection) =>
    selection.kind === Kind.FIELD && !selection.selectionSet ? [selection.name.value] : [],
  );
}

function isNotResolvable({ arguments: given }: DirectiveNode): boolean {
  return (
    given?.some(({ name, value }) => name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value) ??
    false
  );
}
