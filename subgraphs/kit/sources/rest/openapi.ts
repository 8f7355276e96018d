import type { ColumnType } from '../../source.ts';
import { at } from '../paths.ts';

/** The parts of a JSON schema that say what a value is (OpenAPI 3.0.4, 4.7.24; OpenAPI 3.1 takes JSON Schema 2020-12). */
interface Schema {
  readonly $ref?: unknown;
  readonly type?: unknown;
  readonly format?: unknown;
  readonly enum?: unknown;
  readonly properties?: unknown;
  readonly items?: unknown;
  readonly additionalProperties?: unknown;
  readonly allOf?: unknown;
  readonly anyOf?: unknown;
  readonly oneOf?: unknown;
}

/** Whether an OpenAPI document has a component schema of this name. */
export function hasSchema(document: unknown, name: string): boolean {
  return isObject(componentOf(document, name));
}

/**
 * What the columns hold, by a component schema of an OpenAPI document. A path steps into the items of a list. A column that the
 * schema doesn't have is left out.
 */
export function columnTypes(
  document: unknown,
  name: string,
  columns: readonly string[],
): ReadonlyMap<string, ColumnType> {
  const found = new Map<string, ColumnType>();
  for (const column of columns) {
    let schemas = variants(document, componentOf(document, name));
    for (const step of column.split('.')) {
      const records = schemas.flatMap((schema) => [schema, ...variants(document, schema.items)]);
      const stated = records.flatMap((schema) => variants(document, propertyOf(schema, step)));
      // What isn't named may be there all the same, where the schema takes any property.
      schemas = stated.length > 0 ? stated : records.flatMap((schema) => variants(document, anyProperty(schema)));
    }
    if (schemas.length > 0) found.set(column, typeOf(schemas));
  }
  return found;
}

/** A schema and all that it refers to or is put together from, each once, which may each hold a part of the answer. */
function variants(document: unknown, schema: unknown, seen = new Set<unknown>()): readonly Schema[] {
  if (!isObject(schema) || seen.has(schema)) return [];
  seen.add(schema);
  const { $ref, allOf, anyOf, oneOf }: Schema = schema;
  const parts = [
    ...(typeof $ref === 'string' ? [referenced(document, $ref)] : []),
    ...[allOf, anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list : [])),
  ];
  return [schema, ...parts.flatMap((part) => variants(document, part, seen))];
}

function typeOf(schemas: readonly Schema[]): ColumnType {
  const types = new Set(schemas.map(simpleTypeOf).filter((type) => type !== undefined));
  const [type] = types;
  return types.size === 1 && type ? type : 'unknown';
}

function simpleTypeOf({ type, format }: Schema): ColumnType | undefined {
  const names = (Array.isArray(type) ? type : [type]).filter((name) => name !== 'null' && name !== undefined);
  if (names.length === 0) return undefined;
  if (names.length > 1) return 'unknown';
  if (format === 'decimal') return 'decimal';
  switch (names[0]) {
    case 'string':
      // A date-time has an offset (RFC 3339, 5.6).
      return format === 'date' ? 'date' : format === 'date-time' ? 'moment' : 'text';
    case 'integer':
      return 'integer';
    case 'number':
      // JSON writes decimals, and they are read digit by digit; only a system that says so holds floats.
      return format === 'float' || format === 'double' ? 'float' : 'decimal';
    case 'boolean':
      return 'boolean';
    case 'array':
      return 'list';
    default:
      return 'unknown';
  }
}

function componentOf(document: unknown, name: string): unknown {
  const schemas = at(document, 'components.schemas');
  return isObject(schemas) && Object.hasOwn(schemas, name) ? schemas[name] : undefined;
}

/** What a reference within the document names, such as `#/components/schemas/Contact` (RFC 6901). */
function referenced(document: unknown, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  let value = document;
  for (const step of reference.slice(2).split('/')) {
    const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function propertyOf({ properties }: Schema, name: string): unknown {
  return isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** The schema of a property that isn't named (JSON Schema 2020-12, Core, 10.3.2.3); nothing where none is said to be taken. */
function anyProperty({ additionalProperties }: Schema): unknown {
  return additionalProperties === true ? {} : additionalProperties;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
