import {
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
  isNonNullType,
  isScalarType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { Catalogue, type FieldDefinition } from './catalogue.ts';
import { hash, pick, stable } from './hash.ts';
import type { TestSupergraph } from './supergraphs/supergraph.ts';

/** An object of the made-up data. Entities have a number, by which every subgraph knows them. */
export interface Thing {
  readonly __typename: string;
  readonly seed: string;
  readonly number?: number;
  /** What a subgraph was told of it. */
  readonly representation?: Readonly<Record<string, unknown>>;
}

/** What belongs to one request: the mutations so far. */
export interface Request {
  readonly history: string[];
}

/** How many entities of each type there are: few, so that lists have some of them twice. */
const population = 6;

/**
 * Made-up data behind a supergraph: every value follows from the object, the field and its arguments alone, so it is the same
 * from whichever subgraph it comes. A field with `@requires` says what its subgraph was told.
 */
export class World {
  readonly catalogue: Catalogue;

  constructor(supergraph: TestSupergraph) {
    this.catalogue = new Catalogue(supergraph, (subgraph, sdl) => this.#references(subgraph, sdl));
  }

  /** Resolves the fields of one subgraph. */
  resolverOf(subgraph: string): GraphQLFieldResolver<Thing | undefined, Request> {
    return (source, args, request, { fieldName, parentType }) => {
      const type = parentType.name;
      if (this.catalogue.isOverridden(subgraph, type, fieldName)) return 'overridden';
      return this.#resolve(source ?? rootThing(type), fieldName, args, request, (requires, thing) =>
        thing.representation ? told(requires, thing.representation) : 'no representation',
      );
    };
  }

  /** Resolves the fields of the whole: what a client should see. */
  readonly resolver: GraphQLFieldResolver<Thing | undefined, Request> = (
    source,
    args,
    request,
    { fieldName, parentType },
  ) =>
    this.#resolve(source ?? rootThing(parentType.name), fieldName, args, request, (requires, thing) =>
      this.#known(requires, thing),
    );

  #resolve(
    thing: Thing,
    name: string,
    args: Record<string, unknown>,
    request: Request,
    required: (requires: SelectionSetNode, thing: Thing) => unknown,
  ): unknown {
    const { __typename, seed } = this.#concrete(thing);
    const definitions = this.catalogue.definitions(__typename, name);
    const requires = definitions.find((definition) => definition.requires)?.requires;
    const { field } = definitions[0] as FieldDefinition;
    if (requires) {
      const text = stable(required(requires, this.#concrete(thing)));
      return getNamedType(field.type).name === 'String' ? text : this.#value([field.type], definitions, text);
    }
    if (thing.number !== undefined && this.catalogue.isKeyField(__typename, name)) {
      const text = `${name}-${this.catalogue.familyOf(__typename)}-${thing.number}`;
      return getNamedType(field.type).name === 'Int' ? thing.number : text;
    }
    const text = `${seed}.${name}(${stable(args)})`;
    if (__typename === 'Mutation') request.history.push(text);
    const types = definitions.map((definition) => definition.field.type);
    return this.#value(types, definitions, __typename === 'Mutation' ? request.history.join() : text);
  }

  /** `types`: the field's type in each subgraph that has it. Null only where none of them says that it can't be. */
  #value(types: readonly GraphQLOutputType[], definitions: FieldDefinition[], seed: string): unknown {
    if (!types.some(isNonNullType) && hash(`${seed}?`) % 7 === 0) return null;
    const bare = types.map((type) => getNullableType(type));
    const type = bare[0];
    if (isListType(type)) {
      const items = bare.flatMap((list) => (isListType(list) ? [list.ofType as GraphQLOutputType] : []));
      return Array.from({ length: hash(`${seed}#`) % 4 }, (_, i) => this.#value(items, definitions, `${seed}[${i}]`));
    }
    if (isScalarType(type) || isEnumType(type)) return this.#leaf(type, seed);
    return this.#object(pick(this.catalogue.possibleTypes(definitions), `${seed}:`), seed);
  }

  #leaf(type: GraphQLNamedType, seed: string): unknown {
    const number = hash(seed);
    if (isEnumType(type)) return pick(this.catalogue.enumValues(type.name), seed);
    if (type.name === 'Int') return pick([0, -1, 2147483647, -2147483648, number % 1000, number % 10], `${seed}i`);
    if (type.name === 'Float') return pick([0, 1e21, 1.5e-7, -3, (number % 1000) / 4, number / 1000], `${seed}f`);
    if (type.name === 'Boolean') return number % 2 === 0;
    const text = `${pick(['é', '"q"', 'line\nline', '\u2028', '\\', 'x', 'y', '😀'], `${seed}t`)}${number.toString(36)}`;
    if (type.name === 'String' || type.name === 'ID') return text;
    return pick([text, number, true, { a: [1, null, { b: text }] }, [text, []], {}], `${seed}s`);
  }

  #object(type: string, seed: string): Thing {
    const { catalogue } = this;
    if (!catalogue.isEntity(type)) return { __typename: type, seed };
    const members = catalogue.families[catalogue.familyOf(type)];
    const number = hash(`${seed}n`) % population;
    if (!members) return this.#entity(type, number);
    return this.#entity(type, number - (number % members.length) + members.indexOf(type));
  }

  #entity(type: string, number: number): Thing {
    return { __typename: type, number, seed: `${this.catalogue.familyOf(type)}#${number}` };
  }

  /** An interface object as the object that it is. */
  #concrete(thing: Thing): Thing {
    const members = this.catalogue.families[thing.__typename];
    return members ? { ...thing, __typename: pickMember(members, thing.number ?? 0) } : thing;
  }

  #references(subgraph: string, sdl: string): object {
    const names = [...sdl.matchAll(/^(?:type|interface) (\w+).*@key/gm)].map(([, name]) => name as string);
    return Object.fromEntries(
      names.map((name) => [
        name,
        // Rejected by itself, an entity that can't be found costs none of the others.
        {
          __resolveReference: async (representation: Record<string, unknown>) =>
            this.#find(subgraph, name, representation),
        },
      ]),
    );
  }

  #find(subgraph: string, type: string, representation: Record<string, unknown>): Thing {
    const { catalogue } = this;
    const members = catalogue.families[catalogue.familyOf(type)];
    for (let number = 0; number < population; number += 1) {
      const is = members ? pickMember(members, number) : type;
      if (is !== type && catalogue.families[type] !== members) continue;
      const thing = this.#entity(is, number);
      const fits = (key: SelectionSetNode) => stable(told(key, representation)) === stable(this.#known(key, thing));
      if (catalogue.keys(subgraph, type).some(fits)) return { ...thing, representation };
    }
    throw new Error(`${subgraph} knows no ${type} ${stable(representation)}`);
  }

  /** What a selection of an object should hold. */
  #known(selectionSet: SelectionSetNode, thing: Thing): Record<string, unknown> {
    const known: Record<string, unknown> = {};
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        const { name, selectionSet: inner } = selection;
        const field = this.catalogue.definitions(thing.__typename, name.value)[0]?.field;
        if (!field) continue;
        const value = this.#resolve(thing, name.value, getArgumentValues(field, selection), { history: [] }, (...of) =>
          this.#known(...of),
        );
        known[name.value] = inner ? mapped(value, (item) => this.#known(inner, item as Thing)) : value;
      } else if (selection.kind === Kind.INLINE_FRAGMENT && selection.typeCondition?.name.value === thing.__typename) {
        Object.assign(known, this.#known(selection.selectionSet, thing));
      }
    }
    return known;
  }
}

function rootThing(type: string): Thing {
  return { __typename: type, seed: type };
}

function pickMember(members: readonly string[], number: number): string {
  return members[number % members.length] as string;
}

/**
 * What a representation holds of a selection. An object inside it need not say what type it is: then whatever is there of the
 * fields for one type.
 */
function told(
  { selections }: SelectionSetNode,
  representation: Readonly<Record<string, unknown>>,
  partly = false,
): object {
  const found: Record<string, unknown> = {};
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const { name, selectionSet } = selection;
      if (partly && !(name.value in representation)) continue;
      const value = name.value in representation ? representation[name.value] : 'not told';
      found[name.value] = selectionSet ? mapped(value, (item) => told(selectionSet, item as never)) : value;
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const { __typename } = representation;
      if ((__typename ?? selection.typeCondition?.name.value) !== selection.typeCondition?.name.value) continue;
      Object.assign(found, told(selection.selectionSet, representation, __typename === undefined));
    }
  }
  return found;
}

function mapped(value: unknown, change: (item: object) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  return value && typeof value === 'object' ? change(value) : value;
}
