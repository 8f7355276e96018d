import { InputError, UnsupportedError } from './errors.ts';
import type { ValueMapping } from './forms.ts';
import type { RecordType } from './model.ts';
import type { Condition, Operator, Raw } from './source.ts';
import { plain } from './values.ts';

/** What a filter of this name compares with: a column of the type, and how the contract's values are written there. */
export function filterTarget(type: RecordType, name: string): FilterTarget | undefined {
  const stated = type.filters[name];
  if (stated !== undefined) {
    const { column, op } = typeof stated === 'string' ? { column: stated, op: undefined } : stated;
    return { column, op, mapping: plain(column, 'String') as ValueMapping };
  }
  const field = type.fields.get(name);
  const mapping = field?.kind === 'value' ? field.comparable : undefined;
  return mapping && { column: mapping.columns[0] as string, op: undefined, mapping };
}

/** What a filter compares with, and how where its shape doesn't tell. */
export interface FilterTarget {
  readonly column: string;
  readonly op: 'contains' | undefined;
  readonly mapping: ValueMapping;
}

/** The most values that a filter takes: each becomes a parameter of a statement or a request. */
const maxValues = 100;

/** The operators that a filter of this shape needs: a list is `in`, an object with `from` and `before` a range, the rest `=`. */
export function operatorsOf(shape: 'list' | 'range' | 'value'): readonly Operator[] {
  return shape === 'list' ? ['in'] : shape === 'range' ? ['>=', '<'] : ['='];
}

/** The conditions that a filter argument stands for, joined by AND. A null means that the client doesn't filter by it. */
export function conditionsOf(type: RecordType, filter: Readonly<Record<string, unknown>>): Condition[] {
  return Object.entries(filter).flatMap(([name, value]): Condition[] => {
    if (value === null || value === undefined) return [];
    if (type.lacks.has(`filter.${name}`)) throw new UnsupportedError(`filter by "${name}"`);
    const target = filterTarget(type, name);
    if (!target) return [];
    // Nobody searches for nothing.
    if (value === '' && type.filters[name] !== undefined) return [];
    const { column, mapping, op } = target;
    if (op === 'contains') return [{ column, op, value: String(value) }];
    const write = (each: unknown) => written(name, each, mapping);
    if (Array.isArray(value)) {
      const values = [...new Set(value)];
      if (values.length > maxValues) {
        throw new InputError(`The filter "${name}" takes at most ${maxValues} values, got ${values.length}.`);
      }
      return [{ column, op: 'in', value: values.flatMap(write) }];
    }
    if (typeof value === 'object') {
      const { from, before } = value as { from?: unknown; before?: unknown };
      const conditions: Condition[] = [];
      if (from != null) conditions.push({ column, op: '>=', value: write(from)[0] as Raw });
      if (before != null) conditions.push({ column, op: '<', value: write(before)[0] as Raw });
      return conditions;
    }
    const raws = write(value);
    return raws.length === 1 ? [{ column, op: '=', value: raws[0] as Raw }] : [{ column, op: 'in', value: raws }];
  });
}

function written(name: string, value: unknown, mapping: ValueMapping): readonly Raw[] {
  const raws = mapping.write?.(value) ?? [];
  if (raws.length === 0) {
    throw new InputError(`The filter "${name}" can't be ${String(value)}: no value of the system stands for it.`);
  }
  return raws;
}
