import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  Kind,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql';
import { fieldSet, isResolvable, type Joins, stringIn } from './joins.ts';
import { type FieldsType, namedType, type SupergraphTypes } from './types.ts';

/**
 * The supergraph as our planner gets it. A field with arguments that a `@requires` names shares its response key with what a client,
 * or another `@requires`, asks of the same field with other arguments, and the planner doesn't see that. So each
 * such use gets a field of its own here: `@requires(fields: "price(currency: \"EUR\")")` becomes
 * `_required0_price(currency: "EUR")`, which `fetch-document.ts` turns back to `price` under that alias.
 */
export class Requirements {
  /** The changed supergraph. Keys that aren't resolvable stand behind the others: the planner takes the first that fits. */
  readonly document: DocumentNode;
  readonly #prefix: string;
  readonly #types: SupergraphTypes;
  /** The added names by field and arguments, and the types that need them. */
  readonly #added = new Map<string, { readonly name: string; readonly field: string; readonly types: Set<string> }>();
  readonly #fields = new Map<string, string>();
  readonly #names = new Set<string>();
  /** By subgraph, type and field: the paths to the fields that it requires. */
  readonly #paths = new Map<string, readonly string[]>();

  constructor(sdl: string, document: DocumentNode, types: SupergraphTypes, joins: Joins) {
    this.#types = types;
    this.#prefix = unusedPrefix('_required', sdl);
    for (const { fields } of joins.allKeys()) this.#collectNames(fields);
    const changed = new Map<FieldsType, readonly FieldDefinitionNode[]>();
    for (const type of types.withFields()) {
      changed.set(
        type,
        (type.fields ?? []).map((field) => this.#withAddedNames(type.name.value, field, joins)),
      );
    }
    this.document = {
      ...document,
      definitions: document.definitions.map((definition) => {
        const fields = changed.get(definition as FieldsType);
        if (!fields) return definition;
        const type = definition as FieldsType;
        const directives = [...(type.directives ?? [])].sort(
          (a, b) => Number(isResolvable(b)) - Number(isResolvable(a)),
        );
        return { ...type, directives, fields: [...fields, ...this.#addedFields(type.name.value, fields)] };
      }),
    };
  }

  /** Whether a client's alias of this name might stand in the way of what the plan itself selects. */
  isTaken(name: string): boolean {
    return this.#names.has(name) || this.#fields.has(name);
  }

  /** Whether a text may name an added field. */
  occursIn(text: string): boolean {
    return text.includes(this.#prefix);
  }

  /** `price` for `_required0_price`; undefined for any other name. */
  fieldOf(name: string): string | undefined {
    return this.#fields.get(name);
  }

  /** The paths to the fields that a subgraph's field requires: `category` and `category._required0_price`. */
  pathsOf(subgraph: string, type: string, field: string): readonly string[] {
    return this.#paths.get(`${subgraph} ${type}.${this.fieldOf(field) ?? field}`) ?? [];
  }

  #collectNames({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) this.#names.add(selection.name.value);
      if ('selectionSet' in selection && selection.selectionSet) this.#collectNames(selection.selectionSet);
    }
  }

  /** A field with the added names in its `requires:` arguments. */
  #withAddedNames(type: string, field: FieldDefinitionNode, joins: Joins): FieldDefinitionNode {
    const directives = field.directives?.map((directive): ConstDirectiveNode => {
      const requires = directive.name.value === 'join__field' ? stringIn(directive, 'requires') : undefined;
      if (requires === undefined) return directive;
      const set = fieldSet(requires);
      this.#collectNames(set);
      const paths: string[] = [];
      const renamed = this.#renamed(type, set, '', paths);
      this.#paths.set(`${joins.subgraphOf(directive)} ${type}.${field.name.value}`, paths);
      const value = stripIgnoredCharacters(print(renamed)).slice(1, -1);
      return {
        ...directive,
        arguments: (directive.arguments ?? []).map((given) =>
          given.name.value === 'requires' ? { ...given, value: { kind: Kind.STRING, value } } : given,
        ),
      };
    });
    return directives ? { ...field, directives } : field;
  }

  #renamed(parent: string, set: SelectionSetNode, path: string, paths: string[]): SelectionSetNode {
    const selections = set.selections.map((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const type = selection.typeCondition?.name.value ?? parent;
        return { ...selection, selectionSet: this.#renamed(type, selection.selectionSet, path, paths) };
      }
      const definition = this.#types.field(parent, selection.name.value);
      const name = definition?.arguments?.length ? this.#nameFor(parent, selection) : selection.name.value;
      paths.push(path + name);
      const inner = definition && selection.selectionSet;
      return {
        ...selection,
        name: { kind: Kind.NAME, value: name } as const,
        ...(inner && { selectionSet: this.#renamed(namedType(definition.type), inner, `${path}${name}.`, paths) }),
      };
    });
    return { ...set, selections };
  }

  #nameFor(parent: string, { name, arguments: given = [] }: FieldNode): string {
    const key = `${name.value}(${given.map((one) => print(one)).sort()})`;
    let added = this.#added.get(key);
    if (!added) {
      added = { name: `${this.#prefix}${this.#added.size}_${name.value}`, field: name.value, types: new Set() };
      this.#added.set(key, added);
      this.#fields.set(added.name, name.value);
    }
    added.types.add(parent);
    for (const { name: below, interfaces } of this.#types.withFields()) {
      if (interfaces?.some((one) => one.name.value === parent)) added.types.add(below.value);
    }
    return added.name;
  }

  #addedFields(type: string, fields: readonly FieldDefinitionNode[]): FieldDefinitionNode[] {
    return [...this.#added.values()].flatMap(({ name, field, types }) => {
      const original = types.has(type) && fields.find((one) => one.name.value === field);
      return original ? [{ ...original, name: { kind: Kind.NAME, value: name } }] : [];
    });
  }
}

/** The name, made longer until none of the texts has it. */
export function unusedPrefix(name: string, ...texts: readonly string[]): string {
  return texts.some((text) => text.includes(name)) ? unusedPrefix(`${name}_`, ...texts) : name;
}
