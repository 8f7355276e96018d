/** The directives that make rules. Each has a specification of its own: `https://specs.apollo.dev/policy`. */
export const ruleDirectives = ['authenticated', 'requiresScopes', 'policy'] as const;

/**
 * A rule that guards fields or types of a supergraph: one application of `@authenticated`, `@requiresScopes` or `@policy` (Apollo
 * Federation, "Access control directives"). Plain data: the planning process reads it from the schema, the serving process decides for each
 * caller whether it holds.
 */
export type Rule = {
  /** The same for the same rule, in any schema: letters and digits. */
  readonly id: string;
} & (
  | { readonly kind: 'authenticated' }
  /** Holds for callers with all scopes of one of the groups. */
  | { readonly kind: 'scopes'; readonly anyOf: readonly (readonly string[])[] }
  /** Holds where all policies of one of the groups do. */
  | { readonly kind: 'policies'; readonly anyOf: readonly (readonly string[])[] }
);

/**
 * Which rules of a schema fail for a caller: their ids in order, with commas; empty where all hold. Operations are prepared for each of these.
 */
export type Denied = string;

/** What a rule wants, as a message says it: `the scope customer:contact`, `authentication`. */
export function demandOf(rule: Rule): string {
  if (rule.kind === 'authenticated') return 'authentication';
  const word = rule.kind === 'scopes' ? 'scope' : 'policy';
  const words = rule.kind === 'scopes' ? 'scopes' : 'policies';
  return rule.anyOf.map((all) => `the ${all.length === 1 ? word : words} ${all.join(' and ')}`).join(', or ');
}
