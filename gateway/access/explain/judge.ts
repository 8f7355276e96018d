import type { GuardedField, PlacedRule } from '../../operations/lower/rules/explain.ts';
import { demandOf, type Rule } from '../../operations/rule.ts';

/**
 * `partly`: allowed for some of the types that its object may have. `below`: nothing is said of it, but what it stands in is refused.
 * `empty`: all that is asked of it is refused, so it isn't fetched either.
 */
export type Verdict = 'allowed' | 'partly' | 'refused' | 'below' | 'empty';

/** A rule, where it stands, and whether it holds for who asks. */
export interface JudgedRule {
  /** `the scope order:read` */
  readonly demand: string;
  /** `Order.margin`, or the type's name. */
  readonly at: string;
  readonly place: PlacedRule['place'];
  readonly holds: boolean;
}

/** A field and what becomes of it. */
export interface JudgedField {
  readonly key: string;
  readonly name: string;
  readonly verdict: Verdict;
  /** Whether it can't be null: where it is refused, its object is null. */
  readonly required: boolean;
  /** For each type that the object may have which is asked; what such a type wants itself is said where it is given. */
  readonly of: readonly { readonly type: string; readonly allowed: boolean; readonly rules: readonly JudgedRule[] }[];
  readonly fields: readonly JudgedField[];
}

/** Judges the fields of an operation. `kept`: whether those at its root are carried out even if all below them is refused. */
export function judge(fields: readonly GuardedField[], holds: (rule: Rule) => boolean, kept: boolean): JudgedField[] {
  return fields.map((field) => judgeField(field, { isBelow: false, isKept: kept, said: new Set() }));

  function judgeField({ key, name, of, fields }: GuardedField, { isBelow, isKept, said }: Around): JudgedField {
    const judged = of.map(({ type, rules }) => {
      const own = rules.filter(({ place, at }) => place !== 'parent' || !said.has(at));
      const each = own.map(({ rule, ...placed }) => ({ ...placed, demand: demandOf(rule), holds: holds(rule) }));
      return { type, allowed: each.every((one) => one.holds), rules: each };
    });
    const allowed = judged.filter((one) => one.allowed).length;
    const given = judged.flatMap(({ rules }) => rules.filter(({ place }) => place === 'given').map(({ at }) => at));
    const around = { isBelow: isBelow || allowed === 0, isKept: false, said: new Set(given) };
    const below = fields.map((each) => judgeField(each, around));
    const required = of.some((one) => one.required);
    const isEmpty = !required && !isKept && below.length > 0 && below.every(({ verdict }) => isNothing(verdict));
    const verdict = verdictOf(allowed, judged.length, isBelow, isEmpty);
    return { key, name, verdict, required, of: judged, fields: below };
  }
}

/** What a field stands in. */
interface Around {
  readonly isBelow: boolean;
  readonly isKept: boolean;
  /** The types whose rules are said of the field that gives them. */
  readonly said: ReadonlySet<string>;
}

function verdictOf(allowed: number, all: number, isBelow: boolean, isEmpty: boolean): Verdict {
  if (allowed === 0) return 'refused';
  if (isBelow) return 'below';
  if (isEmpty) return 'empty';
  return allowed < all ? 'partly' : 'allowed';
}

function isNothing(verdict: Verdict): boolean {
  return verdict === 'refused' || verdict === 'empty';
}

/** How many fields there are of a kind. */
export function count(fields: readonly JudgedField[], of: (field: JudgedField) => boolean): number {
  return fields.reduce((sum, field) => sum + (of(field) ? 1 : 0) + count(field.fields, of), 0);
}
