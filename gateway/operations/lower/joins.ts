import { type ConstDirectiveNode, type DocumentNode, Kind, parse, type SelectionSetNode } from 'graphql';
import type { SupergraphTypes } from './types.ts';

/** A `@key` of a type in one subgraph. */
export interface Key {
  readonly type: string;
  readonly fields: SelectionSetNode;
  readonly resolvable: boolean;
  readonly isInterfaceObject: boolean;
}

/** What the `@join__…` directives of a supergraph say, as far as lowering asks. */
export class Joins {
  /** By subgraph, then by type. */
  readonly #keys = new Map<string, Map<string, Key[]>>();
  readonly #subgraphs = new Map<string, string>();

  constructor({ definitions }: DocumentNode, types: SupergraphTypes) {
    for (const definition of definitions) {
      if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
      for (const { name, directives = [] } of definition.values ?? []) {
        const subgraph = directives.map((directive) => stringIn(directive, 'name')).find(Boolean);
        this.#subgraphs.set(name.value, subgraph ?? name.value);
      }
    }
    for (const { name, directives = [] } of types.withFields()) {
      for (const directive of directives)
        if (directive.name.value === 'join__type') this.#addKey(name.value, directive);
    }
  }

  /** The subgraph's name for `graph: ORDERS`. */
  subgraphOf(directive: ConstDirectiveNode): string | undefined {
    const value = argument(directive, 'graph');
    return value?.kind === Kind.ENUM ? this.#subgraphs.get(value.value) : undefined;
  }

  /** The keys of a type in a subgraph. */
  keys(subgraph: string, type: string): readonly Key[] {
    return this.#keys.get(subgraph)?.get(type) ?? [];
  }

  /** Every key. */
  *allKeys(): Generator<Key> {
    for (const types of this.#keys.values()) for (const keys of types.values()) yield* keys;
  }

  #addKey(type: string, directive: ConstDirectiveNode): void {
    const subgraph = this.subgraphOf(directive);
    const fields = stringIn(directive, 'key');
    if (subgraph === undefined || fields === undefined) return;
    const types = this.#keys.get(subgraph) ?? new Map<string, Key[]>();
    this.#keys.set(subgraph, types);
    const keys = types.get(type) ?? [];
    types.set(type, keys);
    keys.push({
      type,
      fields: fieldSet(fields),
      resolvable: isResolvable(directive),
      isInterfaceObject: isTrue(directive, 'isInterfaceObject'),
    });
  }
}

export function isResolvable(directive: ConstDirectiveNode): boolean {
  const value = argument(directive, 'resolvable');
  return !(value?.kind === Kind.BOOLEAN && !value.value);
}

function isTrue(directive: ConstDirectiveNode, name: string): boolean {
  const value = argument(directive, name);
  return value?.kind === Kind.BOOLEAN && value.value;
}

/** `id sku` or `{ id }` as a selection set. */
export function fieldSet(text: string): SelectionSetNode {
  const [definition] = parse(`{${text}}`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`Expected a set of fields, got "${text}".`);
  const [only] = definition.selectionSet.selections;
  // A set may stand in braces of its own.
  return only?.kind === Kind.INLINE_FRAGMENT && !only.typeCondition ? only.selectionSet : definition.selectionSet;
}

export function stringIn(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = argument(directive, name);
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function argument({ arguments: given = [] }: ConstDirectiveNode, name: string) {
  return given.find((one) => one.name.value === name)?.value;
}
