import type { Money } from '../format/money.ts';
import type { Range } from './ranges.ts';

/** All numbers of the page, and its charts. Canceled orders aren't counted. */
export const overviewQuery = `query Overview($periods: [DateTimeRange!]!) {
  orderTotals(filter: { status: [PENDING, PROCESSING, ON_HOLD, COMPLETED] }, periods: $periods) {
    from
    before
    count
    total { amount currencyCode }
  }
  latest: orders(first: 1) { nodes { placedAt } }
  oldest: orders(first: 1, orderBy: { field: PLACED_AT, direction: ASC }) { nodes { placedAt } }
  waiting: orders(first: 1, filter: { status: [PENDING, PROCESSING, ON_HOLD] }) { totalCount }
  held: orders(first: 1, filter: { status: [ON_HOLD] }) { totalCount }
  cases: supportCases(first: 1, filter: { status: [NEW, OPEN, WAITING] }) { totalCount }
  fresh: supportCases(first: 1, filter: { status: [NEW] }) { totalCount }
  receivables {
    currencyCode
    due { amount currencyCode }
    dueCount
    overdue { amount currencyCode }
    overdueCount
  }
  stock: products(first: 1, filter: { belowReorderPoint: true }) { totalCount }
}`;

/** What is asked for a range. */
export function overviewVariables({ periods, earlier }: Range): Readonly<Record<string, unknown>> {
  // JSON has dates as the graph's DateTime is written.
  return { periods: [...earlier.filter(({ from, before }) => from < before), ...periods] };
}

export interface OverviewData {
  readonly orderTotals: readonly OrderTotals[] | null;
  readonly latest: Placed | null;
  readonly oldest: Placed | null;
  readonly waiting: Counted | null;
  readonly held: Counted | null;
  readonly cases: Counted | null;
  readonly fresh: Counted | null;
  readonly receivables: readonly Receivables[] | null;
  readonly stock: Counted | null;
}

interface Placed {
  readonly nodes: readonly { readonly placedAt: string }[];
}

interface Counted {
  readonly totalCount: number;
}

/** Orders of one period and one currency. */
export interface OrderTotals {
  readonly from: string;
  readonly before: string;
  readonly count: number;
  readonly total: Money;
}

/** What is owed in one currency. */
export interface Receivables {
  readonly currencyCode: string;
  readonly due: Money;
  readonly dueCount: number;
  readonly overdue: Money;
  readonly overdueCount: number;
}
