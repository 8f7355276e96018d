import type { LimitSettings } from '../config-file.ts';
import { shortened } from '../execution/shown.ts';
import type { Variables } from '../execution/variables.ts';
import { exceeded } from '../operations/limits/exceeded.ts';
import type { Refusal } from '../operations/refusal.ts';

/** What variables may hold. */
type InputLimits = Pick<LimitSettings, 'list_items' | 'input_depth'>;

/**
 * Holds a request's variables, as JSON gave them, against the limits. Looks at each value once and goes no deeper than allowed. Tells
 * of the first that is too large, by its path; quotes no value.
 */
export function checkVariables(variables: Variables, limits: InputLimits): Refusal | undefined {
  for (const name in variables) {
    const value = variables[name];
    if (typeof value !== 'object' || value === null) continue;
    const found = look(value, 1, limits);
    if (found) return refusal(name, found, limits);
  }
  return undefined;
}

interface TooLarge {
  readonly limit: keyof InputLimits;
  readonly value: number;
  /** From the innermost to the outermost. */
  readonly path: (string | number)[];
}

function look(value: object, depth: number, limits: InputLimits): TooLarge | undefined {
  if (depth > limits.input_depth) return { limit: 'input_depth', value: depth, path: [] };
  if (Array.isArray(value)) {
    if (value.length > limits.list_items) return { limit: 'list_items', value: value.length, path: [] };
    for (let i = 0; i < value.length; i++) {
      const found = inside(value[i], i, depth, limits);
      if (found) return found;
    }
    return undefined;
  }
  for (const key in value) {
    const found = inside((value as Readonly<Record<string, unknown>>)[key], key, depth, limits);
    if (found) return found;
  }
  return undefined;
}

function inside(value: unknown, key: string | number, depth: number, limits: InputLimits): TooLarge | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = look(value, depth + 1, limits);
  found?.path.push(key);
  return found;
}

function refusal(name: string, { limit, value, path }: TooLarge, limits: InputLimits): Refusal {
  const inner = path.reverse().map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`));
  const where = shortened(`variables.${name}${inner.join('')}`);
  const what = limit === 'list_items' ? `${value} items` : `nested ${value} levels deep or deeper`;
  return exceeded(`${where}: ${what}`, limit, value, limits[limit]);
}
