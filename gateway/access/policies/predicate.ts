import type { Predicate } from '../../config-file.ts';
import type { Caller } from '../caller.ts';

/** Whether a condition holds for a caller. Never throws, whatever a token claims. */
export type Holds = (caller: Caller) => boolean;

/**
 * Compiles a condition of gateway.yaml.
 *
 * - A claim is found by its whole name first (`https://acme.example/roles`), then as one inside another (`realm_access.roles`), where
 *   the longer name goes first. Only what a token says itself counts, never what JavaScript objects inherit.
 * - Values are equal where type and value are: `'1'` is not `1`.
 * - `contains` is about lists alone. A text that happens to have the word in it, such as a name that people give themselves, does
 *   not contain it; scopes in a text are what `scope` is for.
 * - A claim that is `null` doesn't exist, as OpenID Connect Core 1.0 has it, section 5.3.2.
 */
export function compilePredicate(predicate: Predicate): Holds {
  if ('all' in predicate) {
    const all = predicate.all.map(compilePredicate);
    return (caller) => all.every((holds) => holds(caller));
  }
  if ('any' in predicate) {
    const any = predicate.any.map(compilePredicate);
    return (caller) => any.some((holds) => holds(caller));
  }
  if ('not' in predicate) {
    const holds = compilePredicate(predicate.not);
    return (caller) => !holds(caller);
  }
  if ('scope' in predicate) {
    const { scope } = predicate;
    return ({ scopes }) => scopes.has(scope);
  }
  const { claim } = predicate;
  const accepts = compileTest(predicate);
  return ({ claims }) => accepts(claimOf(claims, claim) ?? undefined);
}

type ClaimPredicate = Extract<Predicate, { readonly claim: string }>;

/** @returns takes undefined where there is no such claim */
function compileTest(predicate: ClaimPredicate): (value: unknown) => boolean {
  if ('equals' in predicate) return (value) => value === predicate.equals;
  if ('in' in predicate) {
    const values = new Set<unknown>(predicate.in);
    return (value) => values.has(value);
  }
  if ('contains' in predicate) return (value) => Array.isArray(value) && value.includes(predicate.contains);
  return (value) => (value !== undefined) === predicate.exists;
}

function claimOf(claims: unknown, name: string): unknown {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined;
  if (Object.hasOwn(claims, name)) return (claims as Record<string, unknown>)[name];
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const outer = name.slice(0, dot);
    if (!Object.hasOwn(claims, outer)) continue;
    const value = claimOf((claims as Record<string, unknown>)[outer], name.slice(dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}
