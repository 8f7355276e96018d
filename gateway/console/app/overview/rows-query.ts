import type { Money } from '../format/money.ts';

// The rows behind the page's numbers: each is asked for when its list is open. What the graph calls them stands in `list`.

/** A page of a list. */
export interface RowsData<Row> {
  readonly list: {
    readonly totalCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly nodes: readonly Row[];
  } | null;
}

const page = 'totalCount pageInfo { hasNextPage endCursor }';

/** Orders of a time, the latest first; `$status`: in any of these. */
export const ordersQuery = `query OverviewOrders(
  $first: Int!
  $after: String
  $status: [OrderStatus!]!
  $placedAt: DateTimeRange
  $direction: SortDirection!
) {
  list: orders(
    first: $first
    after: $after
    filter: { status: $status, placedAt: $placedAt }
    orderBy: { field: PLACED_AT, direction: $direction }
  ) {
    ${page}
    nodes {
      id
      number
      status
      fulfillmentStatus
      placedAt
      total { amount currencyCode }
      customer { id name }
    }
  }
}`;

export interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly fulfillmentStatus: string;
  readonly placedAt: string;
  readonly total: Money;
  readonly customer: CustomerName | null;
}

/** A customer as rows name them. */
export interface CustomerName {
  readonly id: string;
  readonly name: string;
}

/** Invoices that should have been paid, the oldest first. */
export const overdueQuery = `query OverviewOverdue($first: Int!, $after: String) {
  list: invoices(first: $first, after: $after, filter: { overdue: true }, orderBy: { field: DUE_ON, direction: ASC }) {
    ${page}
    nodes {
      id
      number
      dueOn
      total { amount currencyCode }
      amountDue { amount currencyCode }
      customer { id name }
      order { id number }
    }
  }
}`;

export interface InvoiceRow {
  readonly id: string;
  readonly number: string;
  readonly dueOn: string;
  readonly total: Money;
  readonly amountDue: Money;
  readonly customer: CustomerName | null;
  readonly order: { readonly id: string; readonly number: string } | null;
}

/** Products of which too few are there. */
export const stockQuery = `query OverviewStock($first: Int!, $after: String) {
  list: products(first: $first, after: $after, filter: { belowReorderPoint: true }) {
    ${page}
    nodes {
      sku
      name
      category
      status
      available
      stock { available incoming reorderPoint belowReorderPoint warehouse { code name } }
    }
  }
}`;

export interface ProductRow {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly status: string;
  readonly available: number;
  readonly stock:
    | readonly {
        readonly available: number;
        readonly incoming: number;
        readonly reorderPoint: number | null;
        readonly belowReorderPoint: boolean;
        readonly warehouse: { readonly code: string; readonly name: string };
      }[]
    | null;
}

/** Open cases, those that wait longest first. */
export const casesQuery = `query OverviewCases($first: Int!, $after: String) {
  list: supportCases(
    first: $first
    after: $after
    filter: { status: [NEW, OPEN, WAITING] }
    orderBy: { field: OPENED_AT, direction: ASC }
  ) {
    ${page}
    nodes { id subject status priority openedAt customer { id name } }
  }
}`;

export interface CaseRow {
  readonly id: string;
  readonly subject: string;
  readonly status: string;
  readonly priority: string;
  readonly openedAt: string;
  readonly customer: CustomerName | null;
}
