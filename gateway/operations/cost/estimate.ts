import { holds } from '../../execution/conditions.ts';
import type { Variables } from '../../execution/variables.ts';
import {
  type CostExpression,
  type CostTerm,
  type InputPlace,
  type Operand,
  type SizeSource,
  saturated,
} from './expression.ts';

/**
 * What an operation costs at most, as far as the schema tells: from nothing to `largestCost`. `variables`: the values
 * of the operation's variables, literals and defaults among them. Values that can't be are taken for ones that aren't
 * given; they are refused elsewhere.
 */
export function estimateCost(expression: CostExpression, variables: Variables): number {
  const { total } = expression;
  return typeof total === 'number' ? total : operandValue(total, termValues(expression, variables));
}

/** What each term comes to. */
export function termValues({ terms, inputs }: CostExpression, variables: Variables): readonly number[] {
  const values: number[] = [];
  for (const term of terms) values.push(saturated(termValue(term, values, inputs, variables)));
  return values;
}

export function operandValue(operand: Operand, values: readonly number[]): number {
  return typeof operand === 'number' ? operand : (values[operand[0]] ?? 0);
}

function termValue(
  term: CostTerm,
  values: readonly number[],
  inputs: CostExpression['inputs'],
  variables: Variables,
): number {
  switch (term.kind) {
    case 'sum': {
      let sum = 0;
      for (const operand of term.of) sum += operandValue(operand, values);
      return sum;
    }
    case 'product': {
      let product = 1;
      for (const operand of term.of) product = saturated(product * operandValue(operand, values));
      return product;
    }
    case 'largest': {
      let largest = Number.NEGATIVE_INFINITY;
      for (const operand of term.of) largest = Math.max(largest, operandValue(operand, values));
      return largest;
    }
    case 'when':
      return holds(term.when, variables) ? operandValue(term.then, values) : 0;
    case 'size': {
      let size = term.told;
      for (const source of term.of) {
        const told = toldBy(source, variables);
        if (told !== undefined) size = Math.max(size ?? 0, told);
      }
      return size ?? term.otherwise;
    }
    case 'input':
      return inputCost(own(variables, term.variable), term.place, inputs);
  }
}

function toldBy({ variable, path, otherwise }: SizeSource, variables: Variables): number | undefined {
  let value = own(variables, variable);
  if (value === undefined || value === null) return otherwise;
  for (const step of path ?? []) value = own(value, step.field) ?? step.otherwise;
  return sizeAt(value);
}

/** The size that a slicing argument's value tells: a number itself, a list by its length (as Apollo has it). */
export function sizeAt(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'number' && !Number.isNaN(value) ? saturated(Math.max(0, value)) : undefined;
}

function inputCost(value: unknown, place: InputPlace, inputs: CostExpression['inputs']): number {
  const { weight, type } = place;
  if (value === undefined || value === null) return 0;
  if (Array.isArray(value)) {
    let sum = weight ?? 0;
    for (const item of value) sum += inputCost(item, place, inputs);
    return sum;
  }
  if (typeof value !== 'object' || type === undefined) return weight ?? 0;
  let sum = weight ?? 1;
  const fields = own(inputs, type);
  for (const name of Object.keys(value)) {
    const inner = own(fields, name) as InputPlace | undefined;
    if (inner) sum += inputCost(own(value, name), inner, inputs);
  }
  return sum;
}

function own(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
