import type { Context, Values } from './context.ts';
import { ValueError } from './errors.ts';
import { keyOfReference } from './keys.ts';
import { columnsOfKey, type RecordType, type RelationField, type ValueField } from './model.ts';
import type { Raw, Row } from './source.ts';

/** What the resolvers of a mapped type see as their parent: a record of the system, with the columns that the query needs. */
export interface RecordValue {
  readonly row: Row;
  /** The representation that the gateway sent, with the fields that a `@requires` names; absent elsewhere. */
  readonly reference?: Values;
  /** Why the system did not give the record of another subgraph's entity: costs the fields that are read from it, no others. */
  readonly failure?: unknown;
  /** Set where another subgraph's entity has no record here, or that isn't known: only its key is. Where it may be, `hidden`. */
  readonly absent?: 'missing' | 'hidden';
}

/**
 * The record of `type` whose columns hold the values of `known`. The system is asked only where `columns` go beyond those, or
 * where it must be known that the record exists: `verify` demands it of an entity that this subgraph owns. Null when such a one
 * has no record; an entity of another subgraph's is then absent.
 */
export function loadRecord(
  type: RecordType,
  known: Row,
  columns: readonly string[],
  context: Context,
  verify: boolean,
): RecordValue | Promise<RecordValue | null> {
  const suffices = columns.every((column) => Object.hasOwn(known, column));
  const mustExist = () => (type.records === 'owned' ? verify : type.hides || saysMore(type, known));
  // At once: a promise for each of a thousand records costs more than all else that is done for them.
  if (type.records === 'none' || (suffices && !mustExist())) return { row: known };
  return readRecord(type, known, columns, context);
}

async function readRecord(
  type: RecordType,
  known: Row,
  columns: readonly string[],
  context: Context,
): Promise<RecordValue | null> {
  const [row] = await context.loaders.rows(type, known, columns);
  if (row) return { row };
  // Found by another column than its key, an entity of another subgraph's is named by its record alone.
  const isNamed = columnsOfKey(type.key).every((column) => Object.hasOwn(known, column));
  if (type.records === 'owned' || !isNamed) return null;
  return { row: known, absent: type.hides ? 'hidden' : 'missing' };
}

/** The value of a field that is read from its own record. Errors: ValueError when the system holds what the field can't be. */
export function readField(
  type: RecordType,
  name: string,
  field: ValueField,
  record: RecordValue,
  context: Context,
): unknown {
  demand(field.columns, record);
  // A record that isn't there has no values: what the mapping would make of nothing is not asked.
  if (record.absent && !isOfKey(type, name)) return absentOf(record, null);
  for (const column of field.columns) if (!Object.hasOwn(record.row, column)) return null;
  try {
    return field.read(record.row, (message) => context.note(`${type.name}.${name}: ${message}`));
  } catch (error) {
    throw new ValueError(`${type.name}.${name}`, error);
  }
}

/** The other records' columns and their values by which a relation finds them; undefined when this record points nowhere. */
export function keyOfRelation(field: RelationField, record: RecordValue): Row | undefined {
  demand(field.ours, record);
  if (record.absent === 'hidden') return absentOf(record, undefined);
  const key: Record<string, Raw> = {};
  for (const [i, column] of field.theirs.entries()) {
    const raw = record.row[field.ours[i] as string];
    if (raw === null || raw === undefined || raw === '') return undefined;
    key[column] = raw as Raw;
  }
  return key;
}

/** Fields of records by their contract's key: what `Context.load` promises. */
export function loadFields(
  types: ReadonlyMap<string, RecordType>,
  context: Context,
): (type: string, keys: readonly Values[], fields: readonly string[]) => Promise<(Values | null)[]> {
  return (name, keys, names) => {
    const type = types.get(name);
    if (!type) throw new TypeError(`load('${name}'): backend.ts has no mapping for this type`);
    const fields = names.map((each) => {
      const field = type.fields.get(each);
      if (field?.kind !== 'value')
        throw new TypeError(`load('${name}'): ${each} is not a field that is read from its record`);
      return [each, field] as const;
    });
    const columns = [...new Set(fields.flatMap(([, field]) => field.columns))];
    return Promise.all(
      keys.map(async (key) => {
        const known = keyOfReference(type, key);
        const record = known && (await loadRecord(type, known, columns, context, true));
        return record
          ? Object.fromEntries(fields.map(([each, field]) => [each, readField(type, each, field, record, context)]))
          : null;
      }),
    );
  };
}

/** Whether a field that isn't part of the key would be read although the system was not asked for the record: a constant. */
function saysMore(type: RecordType, known: Row): boolean {
  return [...type.fields].some(
    ([name, field]) =>
      field.kind === 'value' &&
      !field.isEmpty &&
      !isOfKey(type, name) &&
      field.columns.every((column) => Object.hasOwn(known, column)),
  );
}

function isOfKey(type: RecordType, name: string): boolean {
  return [type.key, ...type.references].some((key) => key.some(({ field }) => field === name));
}

/** Nothing, where a record is known not to be there; throws where it isn't known. */
function absentOf<Nothing>({ failure }: RecordValue, nothing: Nothing): Nothing {
  if (failure !== undefined) throw failure;
  return nothing;
}

/** Throws why a record is lacking where one of these columns should have come from it. */
function demand(columns: readonly string[], { row, failure }: RecordValue): void {
  if (failure !== undefined && columns.some((column) => !Object.hasOwn(row, column))) throw failure;
}
