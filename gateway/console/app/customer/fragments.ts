import type { Money } from '../format/money.ts';

/** What an order says of its lines, and of what the warehouses have of each product. */
export const linesFragment = `
fragment Lines on Order {
  lines {
    id name quantity quantityShipped
    unitPrice { amount currencyCode }
    total { amount currencyCode }
    product { sku name available belowReorderPoint }
  }
}`;

export interface Line {
  readonly id: string;
  readonly name: string;
  readonly quantity: number;
  readonly quantityShipped: number;
  readonly unitPrice: Money;
  readonly total: Money;
  /** Null where the warehouse doesn't know it, or can't be asked. */
  readonly product: {
    readonly sku: string;
    readonly name: string;
    readonly available: number;
    readonly belowReorderPoint: boolean;
  } | null;
}

/** The parcels of an order. */
export const shipmentsFragment = `
fragment Shipments on Order {
  shipments { id status carrier trackingNumber shippedAt deliveredAt }
}`;

export interface Shipment {
  readonly id: string;
  readonly status: string;
  readonly carrier: string;
  readonly trackingNumber: string | null;
  readonly shippedAt: string | null;
  readonly deliveredAt: string | null;
}

/** An invoice with what was paid on it and paid back. */
export const invoiceFragment = `
fragment InvoiceParts on Invoice {
  id number status issuedOn dueOn overdue
  total { amount currencyCode }
  amountDue { amount currencyCode }
  payments { id method paidAt amount { amount currencyCode } reference }
  refunds { id refundedAt amount { amount currencyCode } reason }
}`;

export interface Invoice {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly overdue: boolean;
  readonly total: Money;
  readonly amountDue: Money;
  readonly payments: readonly Payment[];
  readonly refunds: readonly Refund[];
  /** Null where it is for none, or the shop can't be asked; undefined where it stands on its order's page. */
  readonly order?: { readonly number: string } | null;
}

export interface Payment {
  readonly id: string;
  readonly method: string;
  readonly paidAt: string;
  readonly amount: Money;
  readonly reference: string | null;
}

export interface Refund {
  readonly id: string;
  readonly refundedAt: string;
  readonly amount: Money;
  readonly reason: string | null;
}

/** A page of a list that goes on. */
export interface Page<Row> {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly Row[];
}
