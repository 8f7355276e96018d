import { type GraphQLField, getNamedType, isInputObjectType, isNonNullType } from 'graphql';
import type { Context, Values } from './context.ts';
import { isPlainList } from './contract.ts';
import { sum } from './decimal.ts';
import { InputError, ValueError } from './errors.ts';
import { conditionsOf } from './filter.ts';
import type { ValueMapping } from './forms.ts';
import type { Model, RecordType, ValueField } from './model.ts';
import { type Money, rescale } from './money.ts';
import type { Raw, Totals, TotalsRequest } from './source.ts';

/** The fields of totals that aren't sums. */
export const totalsFields = ['from', 'before', 'count'] as const;

/** The arguments of a field that gives totals. */
export interface TotalsArguments {
  readonly periods: readonly { readonly from?: string | null; readonly before?: string | null }[];
  readonly filter?: Values | null;
}

/** How totals are made, as far as the mapping holds. */
export interface TotalsPlan {
  /** Whose records are counted. */
  readonly target: RecordType;
  /** How the column that tells a record's period compares. */
  readonly at: ValueMapping;
  readonly sums: ReadonlyMap<string, SummedField>;
}

/** A field that sums can be read as. */
export type SummedField = ValueField & { readonly sum: NonNullable<ValueField['sum']> };

/** The most periods of one question: each is a SELECT of its own. */
const maxPeriods = 100;

/** Whether a field gives totals: a plain list for `periods` that have a beginning and an end. */
export function givesTotals(field: GraphQLField<unknown, unknown>): boolean {
  const periods = field.args.find(({ name }) => name === 'periods');
  const input = periods && getNamedType(periods.type);
  const ends = isInputObjectType(input) ? input.getFields() : {};
  return isPlainList(field) && isNonNullType(periods?.type) && 'from' in ends && 'before' in ends;
}

/** The fields that a type of totals adds up. */
export function summedBy({ totals }: RecordType): readonly string[] {
  return [totals?.sum ?? []].flat();
}

/** How the totals of a type are made; undefined where the mapping doesn't say it, or wrongly. */
export function totalsPlan(type: RecordType, model: Model): TotalsPlan | undefined {
  const target = type.totals && model.types.get(type.totals.of);
  const at = target && comparableOf(target, type.totals?.at ?? '');
  if (!target || !at) return undefined;
  const sums = new Map<string, SummedField>();
  for (const name of summedBy(type)) {
    const field = target.fields.get(name);
    if (isSummed(field)) sums.set(name, field);
  }
  return sums.size === summedBy(type).length ? { target, at, sums } : undefined;
}

/** What a client asks of the source. Errors: InputError for what the client got wrong. */
export function planTotals({ target, at, sums }: TotalsPlan, { periods, filter }: TotalsArguments): TotalsRequest {
  if (periods.length > maxPeriods)
    throw new InputError(`"periods" takes at most ${maxPeriods}, got ${periods.length}.`);
  const columns = [...sums.values()].map((field) => field.sum);
  return {
    collection: target.collection,
    where: conditionsOf(target, filter ?? {}),
    at: at.columns[0] as string,
    ranges: periods.map(({ from, before }) => {
      if (from == null || before == null) throw new InputError('Each of "periods" needs both "from" and "before".');
      return { from: at.write?.(from)[0] as Raw, before: at.write?.(before)[0] as Raw };
    }),
    by: [...new Set(columns.flatMap(({ by }) => by))],
    sums: [...new Set(columns.map(({ of }) => of))],
  };
}

/**
 * The totals as the contract has them: by period as it was asked for, then by currency. Where several codes of the system stand for one
 * currency they are added here. Errors: ValueError when a sum can't be read.
 */
export function toTotals(
  { target, sums }: TotalsPlan,
  { periods }: TotalsArguments,
  found: readonly Totals[],
  { note }: Context,
): readonly Values[] {
  const entries = new Map<string, Entry>();
  for (const { range, count, row } of found) {
    const amounts = [...sums].map(([name, field]) => {
      try {
        return field.read(row, (message) => note(`${target.name}.${name}: ${message}`)) as Money | null;
      } catch (error) {
        throw new ValueError(`${target.name}.${name}`, error);
      }
    });
    const currencies = amounts.map((each) => each?.currencyCode).join();
    const known = entries.get(`${range} ${currencies}`);
    entries.set(`${range} ${currencies}`, {
      ...{ range, currencies },
      count: count + (known?.count ?? 0),
      amounts: known ? amounts.map((each, i) => added(each, known.amounts[i])) : amounts,
    });
  }
  return [...entries.values()]
    .sort((a, b) => a.range - b.range || (a.currencies < b.currencies ? -1 : 1))
    .map(({ range, count, amounts }) => ({
      from: periods[range]?.from,
      before: periods[range]?.before,
      count,
      ...Object.fromEntries([...sums.keys()].map((name, i) => [name, amounts[i]])),
    }));
}

/** What becomes an entry of the list. */
interface Entry {
  readonly range: number;
  readonly currencies: string;
  readonly count: number;
  readonly amounts: readonly (Money | null)[];
}

function added(a: Money | null, b: Money | null | undefined): Money | null {
  return a && b ? { ...a, amount: rescale(sum(a.amount, b.amount), a.currencyCode) } : null;
}

function comparableOf(type: RecordType, name: string): ValueMapping | undefined {
  const field = type.fields.get(name);
  return field?.kind === 'value' ? field.comparable : undefined;
}

function isSummed(field: ReturnType<RecordType['fields']['get']>): field is SummedField {
  return field?.kind === 'value' && field.sum !== undefined;
}
