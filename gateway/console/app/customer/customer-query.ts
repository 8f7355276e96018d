import type { Money } from '../format/money.ts';
import {
  type Invoice,
  invoiceFragment,
  type Line,
  linesFragment,
  type Page,
  type Shipment,
  shipmentsFragment,
} from './fragments.ts';

/** How many orders and how many invoices the page begins with. */
export const firstRows = 10;

const orderRow = `
fragment OrderRow on Order {
  id number status fulfillmentStatus placedAt paymentStatus
  total { amount currencyCode }
  ...Lines
  ...Shipments
}
${linesFragment}
${shipmentsFragment}`;

const invoiceRow = `
fragment InvoiceRow on Invoice { ...InvoiceParts order { number } }
${invoiceFragment}`;

/** All that the page of a customer shows at first, in one operation. */
export const customerQuery = `
query CustomerPage($id: ID!) {
  customer(id: $id) {
    id name segment createdAt email phone
    preferences { contactChannel language marketingConsent }
    addresses { kind street postalCode city countryCode }
    openCases: cases(filter: { status: [NEW, OPEN, WAITING] }) { totalCount nodes { ...Case } }
    cases { totalCount pageInfo { hasNextPage endCursor } nodes { ...Case } }
    notes { totalCount pageInfo { hasNextPage endCursor } nodes { id body author writtenAt } }
    account { id balance { amount currencyCode } overdue { amount currencyCode } creditLimit { amount currencyCode } }
    openOrders: orders(filter: { status: [PENDING, PROCESSING, ON_HOLD] }, first: 1) { totalCount }
    orders(first: ${firstRows}) { totalCount pageInfo { hasNextPage endCursor } nodes { ...OrderRow } }
    overdueInvoices: invoices(filter: { overdue: true }, first: 1) { totalCount }
    invoices(first: ${firstRows}) { totalCount pageInfo { hasNextPage endCursor } nodes { ...InvoiceRow } }
  }
}
fragment Case on SupportCase { id subject status priority openedAt closedAt }
${orderRow}
${invoiceRow}`;

/** More of the customer's orders. */
export const moreOrdersQuery = `
query MoreOrders($id: ID!, $first: Int!, $after: String) {
  customer(id: $id) {
    page: orders(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { ...OrderRow } }
  }
}
${orderRow}`;

/** More of the customer's invoices. */
export const moreInvoicesQuery = `
query MoreInvoices($id: ID!, $first: Int!, $after: String) {
  customer(id: $id) {
    page: invoices(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { ...InvoiceRow } }
  }
}
${invoiceRow}`;

export interface CustomerData {
  readonly customer: Customer | null;
}

/** What other systems contribute, and what a caller may not see, is null. */
export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly segment: string;
  readonly createdAt: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly preferences: Preferences;
  readonly addresses: readonly Address[] | null;
  readonly openCases: Pick<Page<Case>, 'totalCount' | 'nodes'> | null;
  readonly cases: Page<Case> | null;
  readonly notes: Page<Note> | null;
  readonly account: Account | null;
  readonly openOrders: { readonly totalCount: number } | null;
  readonly orders: Page<OrderRow> | null;
  readonly overdueInvoices: { readonly totalCount: number } | null;
  readonly invoices: Page<Invoice> | null;
}

export interface Preferences {
  readonly contactChannel: string;
  readonly language: string;
  readonly marketingConsent: boolean;
}

export interface Address {
  readonly kind: string;
  readonly street: string;
  readonly postalCode: string | null;
  readonly city: string;
  readonly countryCode: string;
}

export interface Case {
  readonly id: string;
  readonly subject: string;
  readonly status: string;
  readonly priority: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
}

export interface Note {
  readonly id: string;
  readonly body: string;
  readonly author: string;
  readonly writtenAt: string;
}

export interface Account {
  readonly id: string;
  readonly balance: Money;
  readonly overdue: Money;
  readonly creditLimit: Money | null;
}

export interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly fulfillmentStatus: string;
  readonly placedAt: string;
  readonly paymentStatus: string | null;
  readonly total: Money;
  readonly lines: readonly Line[];
  readonly shipments: readonly Shipment[];
}
