import {
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type TypeNode,
} from 'graphql';

/** A type with fields, as the supergraph's text defines it. */
export type FieldsType = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** The supergraph's types, hidden ones (`@inaccessible`) included: what the data in the tree may be. */
export class SupergraphTypes {
  /** Interfaces that are objects in a subgraph (`@interfaceObject`), whose name may be an object's `__typename` there. */
  readonly interfaceObjects: ReadonlySet<string>;
  readonly #withFields = new Map<string, FieldsType>();
  /** The objects that a name stands for, and after them the interface objects. */
  readonly #runtime = new Map<string, string[]>();
  readonly #possible = new Map<string, string[]>();

  constructor({ definitions }: DocumentNode) {
    for (const definition of definitions)
      if (hasFields(definition)) this.#withFields.set(definition.name.value, definition);
    const objectsOf = (name: string): string[] => this.#listed(this.#possible, name);
    for (const [name, { kind, interfaces }] of this.#withFields) {
      if (kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
      objectsOf(name).push(name);
      for (const { name: implemented } of interfaces ?? []) objectsOf(implemented.value).push(name);
    }
    for (const definition of definitions) {
      if (definition.kind !== Kind.UNION_TYPE_DEFINITION) continue;
      objectsOf(definition.name.value).push(...(definition.types ?? []).map(({ name }) => name.value));
    }
    const isInterfaceObject = ({ kind, directives = [] }: FieldsType) =>
      kind === Kind.INTERFACE_TYPE_DEFINITION &&
      directives.some(
        ({ name, arguments: given = [] }) =>
          name.value === 'join__type' &&
          given.some(
            ({ name, value }) => name.value === 'isInterfaceObject' && value.kind === Kind.BOOLEAN && value.value,
          ),
      );
    this.interfaceObjects = new Set(
      [...this.#withFields].flatMap(([name, type]) => (isInterfaceObject(type) ? name : [])),
    );
    for (const [name, objects] of this.#possible) this.#listed(this.#runtime, name).push(...objects);
    for (const name of this.interfaceObjects) {
      this.#listed(this.#runtime, name).push(name);
      for (const { name: above } of this.#withFields.get(name)?.interfaces ?? []) {
        this.#listed(this.#runtime, above.value).push(name);
      }
    }
  }

  withFields(): Iterable<FieldsType> {
    return this.#withFields.values();
  }

  field(type: string, field: string): FieldDefinitionNode | undefined {
    return this.#withFields.get(type)?.fields?.find(({ name }) => name.value === field);
  }

  /** The object types that an object of the named type may have. */
  objects(name: string): readonly string[] {
    return this.#possible.get(name) ?? [];
  }

  /** The values that the `__typename` of an object of the named type may have. */
  runtime(name: string): readonly string[] {
    return this.#runtime.get(name) ?? [];
  }

  #listed(map: Map<string, string[]>, name: string): string[] {
    let list = map.get(name);
    if (!list) {
      list = [];
      map.set(name, list);
    }
    return list;
  }
}

/** `Order` for `[Order!]!`. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function hasFields(definition: DefinitionNode): definition is FieldsType {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION;
}
