import { type Money, sums } from '../format/money.ts';
import type { OrderTotals } from './overview-query.ts';
import type { Period, Range } from './ranges.ts';

/** What orders of one currency come to, by a range's periods, and by those that they are compared with. */
export interface CurrencyTotals {
  readonly currencyCode: string;
  readonly now: Totals;
  readonly earlier: Totals;
}

/** Numbers and exact amounts by period, and of all of them. */
export interface Totals {
  readonly counts: readonly number[];
  readonly amounts: readonly Money[];
  readonly count: number;
  readonly amount: Money;
}

/** By currency, the one with the most orders first; currencies with none at all, now and earlier, aren't there. */
export function totalsOf(all: readonly OrderTotals[], range: Range): CurrencyTotals[] {
  const currencies = Map.groupBy(all, ({ total }) => total.currencyCode);
  return [...currencies]
    .map(([currencyCode, rows]) => {
      const byPeriod = new Map(rows.map((row) => [`${row.from} ${row.before}`, row]));
      const totals = (periods: readonly Period[]) => totalsOfPeriods(byPeriod, periods, currencyCode);
      return { currencyCode, now: totals(range.periods), earlier: totals(range.earlier) };
    })
    .toSorted((a, b) => b.now.count - a.now.count || (a.currencyCode < b.currencyCode ? -1 : 1));
}

/** How many orders there are, in any currency: those can be added up. */
export function countsOf(
  all: readonly CurrencyTotals[],
  range: Range,
): { readonly now: readonly number[]; readonly earlier: readonly number[] } {
  const added = (of: 'now' | 'earlier') =>
    range.periods.map((_, i) => all.reduce((sum, totals) => sum + (totals[of].counts[i] ?? 0), 0));
  return { now: added('now'), earlier: added('earlier') };
}

/** By how much it has grown: 0.12 is 12 % more; undefined where there was nothing to grow from. */
export function growth(now: number, earlier: number): number | undefined {
  return earlier === 0 ? undefined : now / earlier - 1;
}

function totalsOfPeriods(
  rows: ReadonlyMap<string, OrderTotals>,
  periods: readonly Period[],
  currencyCode: string,
): Totals {
  const found = periods.map(({ from, before }) => rows.get(`${from.toISOString()} ${before.toISOString()}`));
  const counts = found.map((row) => row?.count ?? 0);
  const amounts = found.map((row) => row?.total ?? { amount: '0', currencyCode });
  const [amount = { amount: '0', currencyCode }] = sums(amounts);
  return { counts, amounts, count: counts.reduce((sum, count) => sum + count, 0), amount };
}
