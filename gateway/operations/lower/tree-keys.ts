import { type FieldNode, print } from 'graphql';
import type { InterfaceFields } from './interface-fields.ts';
import { type Requirements, unusedPrefix } from './requirements.ts';

/**
 * The keys under which a client's fields are in the tree. Mostly the client's own; but an alias that is the name of
 * something that the plan selects for itself (a key, what a `@requires` names, `__typename`) would give that another meaning, so
 * those are asked for under a name that nobody uses; and so are fields that different types have under one alias, where they
 * are asked of the types' interface.
 */
export class TreeKeys {
  readonly #requirements: Requirements;
  readonly #interfaceFields: InterfaceFields;
  readonly #prefix: string;
  readonly #names = new Map<string, string>();

  /** `text`: the operation's. */
  constructor(requirements: Requirements, interfaceFields: InterfaceFields, text: string) {
    this.#requirements = requirements;
    this.#interfaceFields = interfaceFields;
    this.#prefix = unusedPrefix('_alias', text);
  }

  of(field: FieldNode): string {
    const alias = field.alias?.value;
    const name = field.name.value;
    const isPlain = alias === undefined || alias === name;
    const isMovable = this.#interfaceFields.hasField(name) && (!isPlain || field.arguments?.length);
    if (!isMovable && (isPlain || !this.#isTaken(alias))) return alias ?? name;
    // Fields that can be merged keep one key, others get different ones.
    const meaning = `${alias ?? name}:${name}(${(field.arguments ?? []).map((one) => print(one)).sort()})`;
    let key = this.#names.get(meaning);
    if (key === undefined) {
      key = `${this.#prefix}${this.#names.size}`;
      this.#names.set(meaning, key);
    }
    return key;
  }

  #isTaken(alias: string): boolean {
    // The planner itself makes aliases of the last kind.
    return alias.startsWith('__') || this.#requirements.isTaken(alias) || /__alias_\d+$/.test(alias);
  }
}
