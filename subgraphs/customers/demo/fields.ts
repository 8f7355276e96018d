import type { schemas } from './openapi.ts';
import type { CrmRecord } from './store.ts';

/** A name in `fields` that the record does not have. */
export class UnknownFieldError extends Error {
  override readonly name = 'UnknownFieldError';
}

/** Cuts records down to some of their properties; all of them when none are named. The first property, the id, always stays. */
export function only(
  { properties }: (typeof schemas)[keyof typeof schemas],
  names: readonly string[] | undefined,
): (record: CrmRecord) => CrmRecord {
  if (!names) return (record) => record;
  const [id = ''] = Object.keys(properties);
  const wanted = new Map<string, string[]>([[id, []]]);
  for (const name of names) {
    const [property = '', ...rest] = name.split('.');
    if (!Object.hasOwn(properties, property)) throw new UnknownFieldError(`there is no field ${name}`);
    wanted.set(property, [...(wanted.get(property) ?? []), ...(rest.length > 0 ? [rest.join('.')] : [])]);
  }
  return (record) =>
    Object.fromEntries(Array.from(wanted, ([property, inner]) => [property, pick(record[property], inner)]));
}

/** Some properties of an object, or of each object in a list. */
function pick(value: unknown, names: readonly string[]): unknown {
  if (names.length === 0 || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => pick(item, names));
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
}
