import { demandOf, type Rule } from '../../rule.ts';
import type { SchemaRules } from './schema-rules.ts';

/** What a schema's rules refuse to a caller for whom some of them fail. */
export class Refusals {
  readonly #rules: SchemaRules;
  readonly #denied: ReadonlySet<string>;

  /** `denied`: the ids of the rules that fail. */
  constructor(rules: SchemaRules, denied: ReadonlySet<string>) {
    this.#rules = rules;
    this.#denied = denied;
  }

  /** Whether nothing is refused. */
  get isEmpty(): boolean {
    return this.#denied.size === 0;
  }

  /** Why a field is refused, as the client is told; undefined where it isn't. */
  ofField(type: string, field: string): string | undefined {
    return this.#sentence(`${type}.${field}`, this.#rules.ofField(type, field));
  }

  /** Why objects of a type are refused. */
  ofType(type: string): string | undefined {
    return this.#sentence(type, this.#rules.ofType(type));
  }

  #sentence(what: string, rules: readonly Rule[]): string | undefined {
    const failing = rules.filter(({ id }) => this.#denied.has(id));
    if (failing.length === 0) return undefined;
    return `Not allowed: ${what} requires ${failing.map(demandOf).join(', and ')}.`;
  }
}
