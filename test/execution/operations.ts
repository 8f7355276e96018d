import fc, { type Arbitrary } from 'fast-check';
import {
  doTypesOverlap,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isUnionType,
} from 'graphql';
import type { DirectiveDraft, OperationDraft, SelectionDraft } from './draft.ts';
import { argument } from './values.ts';

/** Operations on a schema: aliases, fragments of both kinds, type conditions, `@skip` and `@include`, variables, introspection. */
export function operations(schema: GraphQLSchema, options: { readonly aliases: AliasKind }): Arbitrary<OperationDraft> {
  return new Operations(schema, options.aliases).arbitrary();
}

/** `any`: names of other fields among them, such as `id: name`, which stock gets wrong. `apart`: only names that no field has. */
export type AliasKind = 'any' | 'apart';

/** How many selections there are at most, by the levels that are left. */
const widths = [2, 2, 3, 3, 4, 4];
const depth = 5;
/** How many variables conditions share. */
const conditions = 3;
/** Names that no field has. */
const aliases = ['one', 'two', 'constructor', '__proto__', 'toString', 'representations', '_entities', 'length'];

class Operations {
  readonly #schema: GraphQLSchema;
  readonly #aliases: AliasKind;
  readonly #types: readonly GraphQLCompositeType[];
  readonly #selections = new Map<string, Arbitrary<SelectionDraft[]>>();

  constructor(schema: GraphQLSchema, aliases: AliasKind) {
    this.#schema = schema;
    this.#aliases = aliases;
    const roots = [schema.getQueryType(), schema.getMutationType()];
    this.#types = Object.values(schema.getTypeMap())
      .filter(isCompositeType)
      .filter((type) => !type.name.startsWith('__') && !roots.includes(type as never));
  }

  arbitrary(): Arbitrary<OperationDraft> {
    const query = this.#operation('query', this.#schema.getQueryType() as GraphQLCompositeType);
    const mutationType = this.#schema.getMutationType();
    if (!mutationType) return query;
    return fc.oneof(
      { weight: 3, arbitrary: query },
      { weight: 1, arbitrary: this.#operation('mutation', mutationType) },
    );
  }

  #operation(kind: OperationDraft['kind'], root: GraphQLCompositeType): Arbitrary<OperationDraft> {
    const fragment = fc.oneof(
      ...this.#types.map((type) =>
        fc.record({ type: fc.constant(type.name), selections: this.#selectionsOf(type, 2) }),
      ),
    );
    return fc.record({
      kind: fc.constant(kind),
      selections: this.#selectionsOf(root, depth),
      fragments: fc.array(fragment, { maxLength: 2 }),
      conditions: fc.array(fc.record({ value: fc.boolean(), byDefault: fc.boolean() }), {
        minLength: conditions,
        maxLength: conditions,
      }),
    });
  }

  #selectionsOf(type: GraphQLCompositeType, left: number): Arbitrary<SelectionDraft[]> {
    const of = `${type.name} ${left}`;
    const known = this.#selections.get(of);
    if (known) return known;
    const made = fc.array(this.#selection(type, left), { minLength: 1, maxLength: widths[left] ?? 2, size: 'max' });
    this.#selections.set(of, made);
    return made;
  }

  #selection(type: GraphQLCompositeType, left: number): Arbitrary<SelectionDraft> {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const typename = this.#leaf('__typename', fields);
    const own = fields.map((field) => this.#field(field, fields, left));
    const ways = [{ weight: 1, arbitrary: typename }];
    if (own.length > 0) ways.push({ weight: 12, arbitrary: fc.oneof(...own) });
    if (left > 0) {
      const around = [type, ...this.#types.filter((other) => doTypesOverlap(this.#schema, type, other))];
      ways.push({
        weight: isUnionType(type) ? 9 : 2,
        arbitrary: fc.oneof(...around.map((other) => this.#inline(other, type, left - 1))),
      });
      ways.push({ weight: 2, arbitrary: spread });
    }
    if (type === this.#schema.getQueryType()) ways.push({ weight: 1, arbitrary: introspection(this.#types) });
    return fc.oneof(...ways);
  }

  #inline(type: GraphQLCompositeType, parent: GraphQLCompositeType, left: number): Arbitrary<SelectionDraft> {
    const named: Arbitrary<string | null> = fc.constant(type.name);
    return fc.record<SelectionDraft & { kind: 'inline' }>({
      kind: fc.constant('inline' as const),
      type: type === parent ? fc.option(named) : named,
      directives,
      selections: fc.array(this.#fieldOrTypename(type, left), { minLength: 1, maxLength: 3, size: 'max' }),
    });
  }

  #fieldOrTypename(type: GraphQLCompositeType, left: number): Arbitrary<SelectionDraft> {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const typename = this.#leaf('__typename', fields);
    const own = fields.map((field) => this.#field(field, fields, left));
    return own.length > 0
      ? fc.oneof({ weight: 6, arbitrary: fc.oneof(...own) }, { weight: 1, arbitrary: typename })
      : typename;
  }

  #field(
    field: GraphQLField<unknown, unknown>,
    siblings: readonly GraphQLField<unknown, unknown>[],
    left: number,
  ): Arbitrary<SelectionDraft> {
    const type = getNamedType(field.type);
    const args = fc.record(Object.fromEntries(field.args.map((arg) => [arg.name, argument(arg)])));
    if (!isCompositeType(type)) return this.#leaf(field.name, siblings, args);
    const selections = left > 0 ? this.#selectionsOf(type, left - 1) : fc.array(this.#leaf('__typename', []), one);
    return fc.record({ ...this.#parts(field.name, siblings), args, selections });
  }

  #leaf(
    name: string,
    siblings: readonly GraphQLField<unknown, unknown>[],
    args: Arbitrary<Record<string, never>> | ReturnType<typeof fc.record> = fc.constant({}),
  ): Arbitrary<SelectionDraft> {
    return fc.record({ ...this.#parts(name, siblings), args }) as Arbitrary<SelectionDraft>;
  }

  #parts(name: string, siblings: readonly GraphQLField<unknown, unknown>[]) {
    const names = this.#aliases === 'any' ? [...aliases, ...siblings.map((field) => field.name)] : aliases;
    return {
      kind: fc.constant('field' as const),
      name: fc.constant(name),
      alias: fc.option(fc.constantFrom(...names), { freq: 4 }).map((alias) => (alias === name ? null : alias)),
      directives,
      merge: fc.boolean(),
    };
  }
}

const one = { minLength: 1, maxLength: 1 };

const directive: Arbitrary<DirectiveDraft> = fc.record({
  name: fc.constantFrom('skip' as const, 'include' as const),
  when: fc.oneof(fc.nat({ max: conditions - 1 }), fc.nat({ max: conditions - 1 }), fc.boolean()),
});
const directives: Arbitrary<readonly DirectiveDraft[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.uniqueArray(directive, { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
  },
);
const spread: Arbitrary<SelectionDraft> = fc.record({
  kind: fc.constant('spread' as const),
  index: fc.nat({ max: 3 }),
  directives,
});

function introspection(types: readonly GraphQLCompositeType[]): Arbitrary<SelectionDraft> {
  const type = '{ kind name fields { name type { name ofType { name } } } possibleTypes { name } }';
  return fc
    .constantFrom(
      '__schema { queryType { name } directives { name } }',
      `__type(name: "${types[0]?.name}") ${type}`,
      `__type(name: "Nothing") { name }`,
    )
    .map((text) => ({ kind: 'text', key: 'about', text }));
}
