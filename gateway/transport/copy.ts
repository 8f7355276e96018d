import type { SubgraphError, SubgraphResponse } from './transport.ts';

/** A response made of other objects. What isn't a list or a plain object is a value: it's the same in both. */
export function copyOf({ data, errors }: SubgraphResponse): SubgraphResponse {
  return {
    ...(data !== undefined && { data: valueCopy(data) }),
    ...(errors && { errors: errors.map(errorOf) }),
  };
}

/** An error's fields stand on its prototype where it is a GraphQLError. */
function errorOf({ message, path, extensions }: SubgraphError): SubgraphError {
  return {
    ...(message !== undefined && { message }),
    ...(path && { path: valueCopy(path) }),
    ...(extensions && { extensions: valueCopy(extensions) }),
  };
}

function valueCopy<T>(value: T): T;
function valueCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(valueCopy);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  // Without a prototype, so that a key `__proto__` is a key like any other.
  const copy: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value)) copy[key] = valueCopy((value as Record<string, unknown>)[key]);
  return copy;
}
