import { InputError, SystemError } from '../errors.ts';
import type { Direction, ListRequest, Operator, Page, Raw } from '../source.ts';

/** How a list's request is written in parameters; alike for query strings, JSON bodies and SOAP messages. */
export interface ListParameters {
  /** The parameter that takes the number of rows. */
  readonly limit: string;
  /** What is asked in any case: a tenant, only what isn't deleted. */
  readonly parameters?: Readonly<Record<string, Raw>>;
  /** The parameter that, set to true, asks for the count, and the path of the count in the answer. */
  readonly total?: { readonly parameter: string; readonly path: string };
  /** The parameter of each condition that the system knows: `'created >=': 'created_gte'`. */
  readonly filters?: Readonly<Record<`${string} ${Operator}`, string>>;
  /** The parameters of each order that the system knows; none for the order that it has by itself. The system breaks ties. */
  readonly orders?: Readonly<Record<`${string} ${Direction}`, Readonly<Record<string, string | number | boolean>>>>;
}

/** Values by parameter. */
export type Parameters = Record<string, Raw | readonly Raw[]>;

/** Whether no row can match: a list of allowed values is empty. Most systems take an empty parameter for no condition at all. */
export function matchesNothing({ where }: ListRequest): boolean {
  return where.some((condition) => condition.op === 'in' && condition.value.length === 0);
}

/** A page without rows. */
export function emptyPage({ count }: ListRequest): Page {
  return { rows: [], hasNext: false, ...(count ? { total: 0 } : {}) };
}

/**
 * The parameters of a request's conditions and order. Only the first step of an order is the client's choice; those after it
 * are the key, which the system is trusted to break ties by. An ascending order that isn't listed is the system's own.
 */
export function parametersOf(list: ListParameters, { collection, where, order }: ListRequest): Parameters {
  const parameters: Parameters = { ...list.parameters };
  for (const { column, op, value } of where) {
    const parameter = list.filters?.[`${column} ${op}`];
    if (parameter === undefined) throw new TypeError(`lists of ${collection} can't be filtered by "${column} ${op}"`);
    // A second value would take the place of the first, and the answer would hold more than was asked for.
    if (Object.hasOwn(parameters, parameter)) throw new InputError("These filters can't be combined.");
    parameters[parameter] = value;
  }
  const [step] = order;
  const chosen = step && list.orders?.[`${step.column} ${step.direction}`];
  if (step?.direction === 'desc' && !chosen) {
    throw new TypeError(`lists of ${collection} can't be ordered by "${step.column} desc"`);
  }
  return { ...parameters, ...chosen };
}

/** The count at a list's path. Errors: SystemError when the answer has none. */
export function totalIn(value: unknown, name: string): number {
  const total = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof total === 'number' && Number.isSafeInteger(total) && total >= 0) return total;
  throw new SystemError('SYSTEM_FAILED', `${name}: expected a count, got ${value === null ? 'null' : typeof value}`);
}
