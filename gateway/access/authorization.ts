import type { Denied, Rule } from '../operations/rule.ts';
import { type Caller, isAuthenticated } from './caller.ts';

/** Decides about policies by name: which of these hold for a caller. An error of whoever decides is a no. */
export interface PolicyDecisions {
  decide(caller: Caller, names: readonly string[]): ReadonlySet<string> | Promise<ReadonlySet<string>>;
}

/** What has been found for a caller, for each schema's rules. Where policies decide, they may change their mind. */
const known = new WeakMap<Caller, WeakMap<readonly Rule[], Denied>>();
const policyNames = new WeakMap<readonly Rule[], readonly string[]>();

/**
 * Which of a schema's rules fail for a caller, as operations are prepared by it. At once, unless somebody else has to be asked about
 * policies. Never rejects.
 */
export function deniedRules(
  caller: Caller,
  rules: readonly Rule[],
  policies: PolicyDecisions,
): Denied | Promise<Denied> {
  if (rules.length === 0 || caller.kind === 'anyone') return '';
  const names = namesIn(rules);
  if (names.length === 0) return remembered(caller, rules);
  const decided = policies.decide(caller, names);
  return decided instanceof Promise
    ? decided.then((holding) => deniedIds(caller, rules, holding))
    : deniedIds(caller, rules, decided);
}

function remembered(caller: Caller, rules: readonly Rule[]): Denied {
  let bySchema = known.get(caller);
  if (!bySchema) {
    bySchema = new WeakMap();
    known.set(caller, bySchema);
  }
  let denied = bySchema.get(rules);
  if (denied === undefined) {
    denied = deniedIds(caller, rules, new Set());
    bySchema.set(rules, denied);
  }
  return denied;
}

function deniedIds(caller: Caller, rules: readonly Rule[], holding: ReadonlySet<string>): Denied {
  return rules
    .filter((rule) => !holds(rule, caller, holding))
    .map(({ id }) => id)
    .sort()
    .join();
}

/** Whether a rule holds for a caller; `holding`: the policies that do. */
export function holds(rule: Rule, caller: Caller, holding: ReadonlySet<string>): boolean {
  if (rule.kind === 'authenticated') return isAuthenticated(caller);
  const has = rule.kind === 'scopes' ? caller.scopes : holding;
  return rule.anyOf.some((all) => all.every((name) => has.has(name)));
}

/** The policies that rules name, each once. */
export function namesIn(rules: readonly Rule[]): readonly string[] {
  let names = policyNames.get(rules);
  if (!names) {
    names = [...new Set(rules.flatMap((rule) => (rule.kind === 'policies' ? rule.anyOf.flat() : [])))];
    policyNames.set(rules, names);
  }
  return names;
}
