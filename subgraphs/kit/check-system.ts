import { SystemError } from './errors.ts';
import { withinTime } from './limits.ts';
import type { Model, RecordType } from './model.ts';
import type { Call, ColumnType, Source } from './source.ts';

/** What a check found. An unreachable system is no fault of the mapping: it is named, and everything else is checked. */
export interface SystemCheck {
  readonly faults: readonly string[];
  readonly unreachable: SystemError | undefined;
}

/** Whether every name and type in the mapping is true of the system. All types are looked at, whatever the first one shows. */
export async function checkSystem(model: Model, source: Source, call: Call, timeoutMs: number): Promise<SystemCheck> {
  const owned = [...model.types.values()].filter(({ records }) => records !== 'none');
  const results = await Promise.allSettled(owned.map((type) => checkType(type, model, source, call, timeoutMs)));
  const faults: string[] = [];
  let unreachable: SystemError | undefined;
  for (const result of results) {
    if (result.status === 'fulfilled') faults.push(...result.value);
    else if (result.reason instanceof SystemError) unreachable ??= result.reason;
    else throw result.reason;
  }
  return { faults, unreachable };
}

async function checkType(
  type: RecordType,
  model: Model,
  source: Source,
  call: Call,
  timeoutMs: number,
): Promise<string[]> {
  const uses = columnUses(type, model);
  const { columns, faults } = await withinTime(call, timeoutMs, (limited) =>
    source.describe(type.collection, [...new Set(uses.map(({ column }) => column))], limited),
  );
  const said = faults.map((fault) => `backend.ts: ${type.name}: ${fault}.`);
  // Where the whole collection is missing, so are all of its columns.
  if (said.length > 0 && columns.size === 0) return said;
  const missing = new Map<string, string[]>();
  for (const { column, place, accepts } of uses) {
    const found = columns.get(column);
    if (found === undefined) missing.set(column, [...(missing.get(column) ?? []), place]);
    else if (accepts && found !== 'unknown' && !accepts.includes(found)) {
      said.push(`backend.ts: ${place}: "${column}" is of type ${found}; expected ${accepts.join(' or ')}.`);
    }
  }
  for (const [column, places] of missing) {
    const where = [...new Set(places)].join(', ');
    said.push(`backend.ts: ${where}: the system has no "${column}"${nearest(column, columns.keys())}.`);
  }
  return said;
}

interface ColumnUse {
  readonly column: string;
  readonly place: string;
  readonly accepts?: readonly ColumnType[] | undefined;
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
  for (const other of model.types.values()) {
    for (const [name, field] of other.fields) {
      if (field.kind === 'value' || field.target !== type.name) continue;
      const { where, order } = field.mapping;
      const columns = [...field.theirs, ...Object.keys(where), ...Object.keys(order)];
      uses.push(...columns.map((column) => ({ column, place: `${other.name}.${name}` })));
    }
  }
  return uses;
}

/** " (did you mean …?)" where a name differs in one or two letters only, or in their size. */
function nearest(name: string, names: Iterable<string>): string {
  const close = [...names].find((each) => distance(each.toLowerCase(), name.toLowerCase()) <= 2);
  return close === undefined ? '' : ` (did you mean "${close}"?)`;
}

/** How many letters must be added, removed or replaced to turn one word into the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
