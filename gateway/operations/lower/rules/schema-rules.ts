import { createHash } from 'node:crypto';
import type { CoreFeatures } from '@apollo/federation-internals';
import {
  type ConstDirectiveNode,
  type DocumentNode,
  isTypeDefinitionNode,
  Kind,
  type TypeDefinitionNode,
  valueFromASTUntyped,
} from 'graphql';
import { type Rule, ruleDirectives } from '../../rule.ts';
import { namedType } from '../types.ts';

type RuleDirective = (typeof ruleDirectives)[number];

/**
 * The rules of a supergraph by type and field (Apollo Federation, "Access control directives"). What several subgraphs say of one field
 * has been joined by composition: all of it has to hold. Composition also sees to it that a field which `@requires` a guarded one is guarded
 * alike, and that no rule stands on an interface alone: what it writes there is what all the interface's objects want together.
 */
export class SchemaRules {
  /** Each rule once. */
  readonly all: readonly Rule[];
  readonly #byType = new Map<string, readonly Rule[]>();
  readonly #byField = new Map<string, readonly Rule[]>();

  /** `features`: of the same document; they tell by which names the directives go there. */
  constructor({ definitions }: DocumentNode, features: CoreFeatures | undefined) {
    const names = new Map<string, RuleDirective>();
    for (const name of ruleDirectives) {
      const feature = features?.getByIdentity(`https://specs.apollo.dev/${name}`);
      if (feature) names.set(feature.directiveNameInSchema(name), name);
    }
    const known = new Map<string, Rule>();
    const read = (directives: readonly ConstDirectiveNode[] = []): Rule[] =>
      directives.flatMap((directive) => {
        const name = names.get(directive.name.value);
        return name ? ruleOf(name, directive, known) : [];
      });
    const types = definitions.filter(isTypeDefinitionNode);
    for (const { name, directives } of types) this.#byType.set(name.value, read(directives));
    const abstract = new Set(types.filter(isAbstract).map(({ name }) => name.value));
    for (const type of types) {
      if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
      for (const { name, type: given, directives } of type.fields ?? []) {
        const output = namedType(given);
        // Of what is one of several types, each object says for itself what it wants.
        const ofOutput = abstract.has(output) ? [] : this.ofType(output);
        const rules = new Set([...this.ofType(type.name.value), ...read(directives), ...ofOutput]);
        if (rules.size > 0) this.#byField.set(`${type.name.value}.${name.value}`, [...rules]);
      }
    }
    this.all = [...known.values()];
  }

  /** What objects of a type want, or the values of a scalar or an enum. */
  ofType(type: string): readonly Rule[] {
    return this.#byType.get(type) ?? none;
  }

  /** What a field wants: itself, the type that it stands in, and the type that it gives. */
  ofField(type: string, field: string): readonly Rule[] {
    return this.#byField.get(`${type}.${field}`) ?? none;
  }
}

const none: readonly Rule[] = [];

function ruleOf(name: RuleDirective, directive: ConstDirectiveNode, known: Map<string, Rule>): Rule[] {
  const groups = name === 'authenticated' ? [] : groupsOf(directive, name === 'policy' ? 'policies' : 'scopes');
  // One group that wants nothing is met by everybody.
  if (name !== 'authenticated' && groups.some((group) => group.length === 0)) return [];
  const id = createHash('sha256')
    .update(JSON.stringify([name, groups]))
    .digest('hex')
    .slice(0, 12);
  const rule: Rule =
    name === 'authenticated'
      ? { id, kind: 'authenticated' }
      : { id, kind: name === 'policy' ? 'policies' : 'scopes', anyOf: groups };
  const same = known.get(id) ?? rule;
  known.set(id, same);
  return [same];
}

/** `[["a", "b"], ["c"]]`, in an order of its own. A single value stands for a list of it (GraphQL specification, section 3.11). */
function groupsOf({ arguments: given = [] }: ConstDirectiveNode, name: string): string[][] {
  const value = given.find((one) => one.name.value === name)?.value;
  const groups: unknown = value && valueFromASTUntyped(value);
  const lists = Array.isArray(groups) ? groups : [groups];
  return lists.map((list) => (Array.isArray(list) ? list : [list]).map(String).sort()).sort();
}

function isAbstract({ kind }: TypeDefinitionNode): boolean {
  return kind === Kind.INTERFACE_TYPE_DEFINITION || kind === Kind.UNION_TYPE_DEFINITION;
}
