import { StartupError } from '../errors.ts';
import type { AnyFields, Backend, FieldMapping, TypeMapping } from '../forms.ts';
import type { ReadSetting, Setting } from '../settings.ts';
import type { Source } from '../source.ts';

/** A backend that is called over HTTP: there is nothing to wait for when it is opened. */
export interface CalledBackend extends Backend {
  connect(read: ReadSetting): Source;
}

/** What the types of every system that is called over HTTP state beside their mapping. */
export interface CalledType<Fields = AnyFields> extends Omit<TypeMapping<Fields>, 'records'> {
  /** Another subgraph owns the entity; a missing record only leaves this subgraph's fields null. */
  readonly contributed?: true;
  readonly byKey?: Readonly<Record<string, unknown>>;
  readonly list?: unknown;
  readonly top?: Readonly<Record<string, unknown>>;
}

/** The settings of such a system that have a default. */
export interface CallOptions {
  /** The most keys or parents in one call. @default 100 */
  readonly batchSize?: number;
  /** The most requests in flight to the system. @default 8 */
  readonly concurrency?: number;
  /** How long the system may stay silent, in milliseconds; a call's own signal may end it before. @default 30000 */
  readonly timeout?: number;
}

export const callDefaults = { batchSize: 100, concurrency: 8, timeout: 30_000 } as const;

/** What the kit needs to know of the types, without what only the source needs. */
export function mappingsOf(types: Readonly<Record<string, CalledType>>): Readonly<Record<string, TypeMapping>> {
  return Object.fromEntries(
    Object.entries(types).map(([name, type]) => {
      const { key, fields, filters, order, lacks } = type;
      const records = recordsOf(type);
      const stated = Object.entries({ key, fields, filters, order, lacks }).filter(([, value]) => value !== undefined);
      return [name, { ...Object.fromEntries(stated), records, ...hiding(type) } satisfies TypeMapping];
    }),
  );
}

/** A look-up that leaves out what is marked as deleted, or asks for some records only. */
function hiding({ byKey = {} }: CalledType): Pick<TypeMapping, 'hides'> {
  const hides = Object.values(byKey).some(
    (lookUp) => typeof lookUp === 'object' && lookUp !== null && ('deleted' in lookUp || 'parameters' in lookUp),
  );
  return hides ? { hides } : {};
}

/** The columns of a type's key, in the order in which the mapping names them. */
export function keyColumnsOf({ key = {} }: Pick<TypeMapping, 'key'>): readonly string[] {
  return Object.values(key).flatMap(columnsOf);
}

/** The http or https URL in a setting. Errors: StartupError that names the variable, its value without a password, and the form. */
export function urlIn(setting: Setting, read: ReadSetting): URL {
  const value = read(setting);
  const url = URL.parse(value);
  if (url && /^https?:$/.test(url.protocol)) return url;
  const shown = value.replace(/\/\/.*@/, '//…@');
  throw new StartupError([`${setting.variable}: got "${shown}". Expected ${setting.expected}.`]);
}

function recordsOf({ byKey, list, top, contributed }: CalledType): NonNullable<TypeMapping['records']> {
  if (!byKey && !list && !top) return 'none';
  return contributed ? 'contributed' : 'owned';
}

function columnsOf(field: FieldMapping): readonly string[] {
  if (typeof field === 'string') return [field];
  return field.kind === 'value' ? field.columns : [];
}
