import type { Condition } from '../condition.ts';

/**
 * What an operation costs, as plain data: a planning process makes it once (`weigh.ts`), the serving process evaluates
 * it with the variables of each request (`estimate.ts`), and with an answer (`actual.ts`). It survives JSON. The
 * arithmetic is that of Apollo's demand control, one number for the whole operation, and of IBM's GraphQL Cost
 * Directives specification where Apollo leaves something open:
 * - A field costs its size times (its weight and what is selected of it), and what its arguments cost.
 * - Its weight is its own `@cost`, or else its type's, or else 1 for objects, interfaces and unions, and 0 for scalars
 *   and enums.
 * - Its size is 1, or for a list what `@listSize` says of it or of the field around it, or else a setting. Lists in
 *   lists multiply.
 * - An argument costs the weights of what is given: its own `@cost` or its type's, or else 1 for each input object, 0
 *   for all other; for a list once, and again for each item; for an input object also its fields. What isn't given
 *   costs nothing, nor does null.
 * - Each root field of a mutation costs 10 more (Apollo: 10 once, but plans a fetch for each).
 * - Fields that merge under one response key count once; where the type isn't known, the most expensive of the possible
 *   ones counts.
 * - A field never costs less than nothing, however negative the weights of its arguments are (IBM, section 5.3.2.2).
 * - Introspection costs nothing. `@requires` and keys cost nothing either: clients don't ask for them (Apollo counts
 *   them).
 */
export interface CostExpression {
  /** Each refers to earlier ones only. What doesn't depend on variables is a number in what refers to it. */
  readonly terms: readonly CostTerm[];
  /** The estimate. */
  readonly total: Operand;
  /** The input objects that variables may hold: of each its fields that may cost something. */
  readonly inputs: Readonly<Record<string, Readonly<Record<string, InputPlace>>>>;
  /** What the answer's objects cost. */
  readonly objects: readonly ObjectCost[];
  /** The root's index in `objects`. */
  readonly root: number;
}

/** A number, or what a term comes to: `[4]` is the fifth. */
export type Operand = number | readonly [number];

export type CostTerm =
  | { readonly kind: 'sum'; readonly of: readonly Operand[] }
  | { readonly kind: 'product'; readonly of: readonly Operand[] }
  | { readonly kind: 'largest'; readonly of: readonly Operand[] }
  /** Nothing, unless the condition holds. */
  | { readonly kind: 'when'; readonly when: Condition; readonly then: Operand }
  /** How long a list is: the largest that is told, or `otherwise`. */
  | {
      readonly kind: 'size';
      readonly of: readonly SizeSource[];
      /** What is told without variables. */
      readonly told?: number;
      readonly otherwise: number;
    }
  /** What a variable's value costs as an argument or as a field of an input object. */
  | { readonly kind: 'input'; readonly variable: string; readonly place: InputPlace };

/** A variable that tells a size. */
export interface SizeSource {
  readonly variable: string;
  /** From its value to the number: fields of input objects, and what holds where one isn't given. */
  readonly path?: readonly { readonly field: string; readonly otherwise?: unknown }[];
  /** The size where the variable has no value. */
  readonly otherwise?: number;
}

/**
 * Where an input value stands: its weight, by default 1 for objects and 0 for all other, and its input object's name.
 */
export interface InputPlace {
  readonly weight?: number;
  readonly type?: string;
}

/** What an object of the answer costs, by its type and what is asked of it. */
export interface ObjectCost {
  /** Of its type. */
  readonly weight: number;
  /** The response key of its `__typename`, where that is asked for. */
  readonly typename?: string;
  readonly fields: readonly FieldCost[];
}

/** A field that may cost something. */
export interface FieldCost {
  readonly key: string;
  /** Once, however long its list is. */
  readonly once?: Operand;
  /** Of the field itself, for each item of its list; it counts instead of its type's. */
  readonly weight?: number;
  /** Of its scalar or enum, for each item that isn't null. */
  readonly leaf?: number;
  /** What its objects cost: an index into `objects`, by the object's type where that matters. */
  readonly of?: number | Readonly<Record<string, number>>;
}

/** A cost that would be larger is this. */
export const largestCost: number = Number.MAX_SAFE_INTEGER;

/** A number as a cost may be: sums and products end at the largest one. */
export function saturated(value: number): number {
  return Math.min(Math.max(value, -largestCost), largestCost);
}
