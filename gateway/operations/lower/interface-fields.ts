import { Kind } from 'graphql';
import type { Joins } from './joins.ts';
import { namedType, type SupergraphTypes } from './types.ts';

/**
 * Fields that must be asked of an interface, and not of its implementations: those of an interface object
 * (`@interfaceObject`) whose subgraph can't be entered, since its keys are marked `resolvable: false`. Asked of an implementation, the planner would
 * first find out the type elsewhere and then come back by such a key. The field is the same for every implementation.
 */
export class InterfaceFields {
  readonly #fields = new Map<string, ReadonlySet<string>>();
  readonly #names = new Set<string>();

  constructor(types: SupergraphTypes, joins: Joins) {
    for (const { kind, name, directives = [], fields = [] } of types.withFields()) {
      if (kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
      const closed = directives.flatMap((directive) => {
        const subgraph = directive.name.value === 'join__type' ? joins.subgraphOf(directive) : undefined;
        const keys = subgraph === undefined ? [] : joins.keys(subgraph, name.value);
        return keys.length > 0 && keys.every((key) => key.isInterfaceObject && !key.resolvable) ? [subgraph] : [];
      });
      if (closed.length === 0) continue;
      const movable = fields.filter((field) => {
        const owners = (field.directives ?? []).filter((directive) => directive.name.value === 'join__field');
        const isThere = owners.length === 0 || owners.some((directive) => closed.includes(joins.subgraphOf(directive)));
        const isSame = types.objects(name.value).every((object) => {
          const own = types.field(object, field.name.value);
          return own && namedType(own.type) === namedType(field.type);
        });
        return isThere && isSame;
      });
      this.#fields.set(name.value, new Set(movable.map((field) => field.name.value)));
      for (const field of movable) this.#names.add(field.name.value);
    }
  }

  /** Whether any interface has such a field of this name. */
  hasField(name: string): boolean {
    return this.#names.has(name);
  }

  /** The names of an interface's such fields. */
  of(type: string): ReadonlySet<string> | undefined {
    return this.#fields.get(type);
  }
}
