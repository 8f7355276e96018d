import { SystemError } from './errors.ts';
import { withinTime } from './limits.ts';
import type { Model, RecordType } from './model.ts';
import { nearest } from './nearest.ts';
import type { Call, ColumnType, Source } from './source.ts';
import { totalsPlan } from './totals.ts';

/** What a check found. An unreachable system is no fault of the mapping: it is named, and everything else is checked. */
export interface SystemCheck {
  readonly faults: readonly string[];
  /** The columns that the mapping names and the system hasn't, as `Book.pages`: told, so that nothing more is said of them. */
  readonly missing: ReadonlySet<string>;
  readonly unreachable: SystemError | undefined;
}

/** Whether every name and type in the mapping is true of the system. All types are looked at, whatever the first one shows. */
export async function checkSystem(model: Model, source: Source, call: Call, timeoutMs: number): Promise<SystemCheck> {
  const owned = [...model.types.values()].filter(({ records }) => records !== 'none');
  const missing = new Set<string>();
  const results = await Promise.allSettled(
    owned.map((type) => checkType(type, model, source, call, timeoutMs, missing)),
  );
  const faults: string[] = [];
  let unreachable: SystemError | undefined;
  for (const result of results) {
    if (result.status === 'fulfilled') faults.push(...result.value);
    else if (result.reason instanceof SystemError) unreachable ??= result.reason;
    else throw result.reason;
  }
  return { faults, missing, unreachable };
}

async function checkType(
  type: RecordType,
  model: Model,
  source: Source,
  call: Call,
  timeoutMs: number,
  told: Set<string>,
): Promise<string[]> {
  const uses = columnUses(type, model);
  const { columns, parameters, faults } = await withinTime(call, timeoutMs, (limited) =>
    source.describe(type.collection, [...new Set(uses.map(({ column }) => column))], limited),
  );
  const said = faults.map((fault) => `backend.ts: ${type.name}: ${fault}.`);
  // Where the whole collection is missing, so are all of its columns.
  if (said.length > 0 && columns.size === 0) return said;
  const missing = new Map<string, string[]>();
  for (const { column, place, accepts, isFilter } of uses) {
    const found = columns.get(column);
    if (isFilter && parameters?.has(column)) continue;
    if (found === undefined) missing.set(column, [...(missing.get(column) ?? []), place]);
    else if (accepts && found !== 'unknown' && !accepts.includes(found)) {
      const remedy = found === 'moment' && accepts.includes('datetime') ? "; say 'moment' and leave its zone out" : '';
      said.push(`backend.ts: ${place}: "${column}" is of type ${found}; expected ${accepts.join(' or ')}${remedy}.`);
    }
  }
  for (const [column, places] of missing) {
    const where = [...new Set(places)].join(', ');
    told.add(`${type.name}.${column}`);
    said.push(`backend.ts: ${where}: the system has no "${column}"${nearest(column, columns.keys())}.`);
  }
  return [...new Set(said)];
}

interface ColumnUse {
  readonly column: string;
  readonly place: string;
  readonly accepts?: readonly ColumnType[] | undefined;
  /** Whether lists are filtered by it and nothing is read from it: then it may also be a parameter. */
  readonly isFilter?: true;
}

/** Which columns of a type's records the mapping names, and where: by the type itself and by relations that lead to it. */
function columnUses(type: RecordType, model: Model): ColumnUse[] {
  const uses: ColumnUse[] = type.key.flatMap(({ columns, field }) =>
    columns.map((column) => ({ column, place: `${type.name}.key.${field}` })),
  );
  for (const [name, field] of type.fields) {
    const place = `${type.name}.${name}`;
    if (field.kind === 'value') uses.push(...[...field.uses].map(([column, accepts]) => ({ column, place, accepts })));
    else uses.push(...field.ours.map((column) => ({ column, place })));
  }
  uses.push(...Object.keys(type.order).map((column) => ({ column, place: `${type.name}.order` })));
  for (const [name, filter] of Object.entries(type.filters)) {
    const column = typeof filter === 'string' ? filter : filter.column;
    uses.push({ column, place: `${type.name}.filters.${name}`, isFilter: true });
  }
  for (const other of model.types.values()) {
    uses.push(...summedOf(other, type, model));
    for (const [name, field] of other.fields) {
      if (field.kind === 'value' || field.target !== type.name) continue;
      const { where, order } = field.mapping;
      const columns = [...field.theirs, ...Object.keys(where), ...Object.keys(order)];
      uses.push(...columns.map((column) => ({ column, place: `${other.name}.${name}` })));
    }
  }
  return uses;
}

/** What totals add up is a number: what a money amount may also be, a text, can be read but not added. */
function summedOf(totals: RecordType, { name }: RecordType, model: Model): ColumnUse[] {
  const plan = totals.totals?.of === name ? totalsPlan(totals, model) : undefined;
  return [...(plan?.sums ?? [])].map(([field, { sum, uses }]) => {
    const accepts = uses.get(sum.of)?.filter((type) => type !== 'text');
    return { column: sum.of, place: `${totals.name}.${field}`, accepts };
  });
}
