import type { Condition } from '../operations/condition.ts';
import type { Variables } from './variables.ts';

/** Whether a field is asked for: `@skip` and `@include`, specification section 3.13. Without a condition it is. */
export function holds(condition: Condition | undefined, variables: Variables): boolean {
  if (!condition) return true;
  return condition.some((all) => all.every(({ variable, is }) => variables[variable] === is));
}
