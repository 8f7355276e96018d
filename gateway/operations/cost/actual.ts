import type { Variables } from '../../execution/variables.ts';
import { operandValue, termValues } from './estimate.ts';
import { type CostExpression, type FieldCost, type ObjectCost, saturated } from './expression.ts';

/**
 * What an operation has cost, counted from its answer: IBM's GraphQL Cost Directives, section 5.1.3 "Query Response
 * Analysis". Lists are as long as they are. A null costs its field's own weight, as something has tried, but not its
 * type's; a field that isn't there costs nothing. Where the answer doesn't tell an object's type, the most expensive of
 * the possible ones counts. `data`: the answer's, as JSON.
 */
export function actualCost(expression: CostExpression, variables: Variables, data: unknown): number {
  const { objects, root } = expression;
  const values = termValues(expression, variables);
  /** Objects of unknown type are tried as each possible one, level by level: what is known is not counted again. */
  const known = new Map<ObjectCost, Map<object, number>>();

  function objectCost(value: object, cost: ObjectCost): number {
    let sum = 0;
    for (const field of cost.fields) {
      if (Object.hasOwn(value, field.key)) sum += fieldCost((value as Record<string, unknown>)[field.key], field);
    }
    return saturated(sum);
  }

  function fieldCost(value: unknown, field: FieldCost): number {
    const total = { own: operandValue(field.once ?? 0, values), below: 0 };
    count(value, field, total);
    // Negative weights of arguments make a field cheaper, but not what it gives.
    return Math.max(0, total.own) + total.below;
  }

  function count(value: unknown, field: FieldCost, total: { own: number; below: number }): void {
    const { weight, leaf = 0, of } = field;
    if (Array.isArray(value)) {
      for (const item of value) count(item, field, total);
    } else if (typeof value !== 'object' || value === null || of === undefined) {
      total.own += weight ?? (value === null ? 0 : leaf);
    } else {
      total.own += weight ?? 0;
      total.below += belowCost(value, of, weight === undefined);
    }
  }

  function belowCost(value: object, of: number | Readonly<Record<string, number>>, weighsType: boolean): number {
    const costWith = (cost: ObjectCost | undefined) =>
      cost ? objectCost(value, cost) + (weighsType ? cost.weight : 0) : 0;
    if (typeof of === 'number') return costWith(objects[of]);
    const possible = Object.entries(of).flatMap(([type, index]) => {
      const cost = objects[index];
      return cost ? [{ type, cost }] : [];
    });
    const told = possible.find(
      ({ type, cost: { typename } }) =>
        typename !== undefined &&
        Object.hasOwn(value, typename) &&
        (value as Record<string, unknown>)[typename] === type,
    );
    if (told) return costWith(told.cost);
    let largest = 0;
    for (const cost of new Set(possible.map((one) => one.cost))) {
      const costs = known.get(cost) ?? new Map<object, number>();
      known.set(cost, costs);
      const sum = costs.get(value) ?? costWith(cost);
      costs.set(value, sum);
      largest = Math.max(largest, sum);
    }
    return largest;
  }

  const cost = objects[root];
  return cost && typeof data === 'object' && data !== null ? objectCost(data, cost) : 0;
}
