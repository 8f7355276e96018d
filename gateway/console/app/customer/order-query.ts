import type { Money } from '../format/money.ts';
import {
  type Invoice,
  invoiceFragment,
  type Line,
  linesFragment,
  type Shipment,
  shipmentsFragment,
} from './fragments.ts';

/** All that the page of an order shows. */
export const orderQuery = `
query OrderPage($number: String!) {
  orderByNumber(number: $number) {
    id number status fulfillmentStatus placedAt updatedAt
    subtotal { amount currencyCode }
    shippingCost { amount currencyCode }
    tax { amount currencyCode }
    total { amount currencyCode }
    canShip
    statusHistory { status changedAt comment }
    customer { id name segment email phone }
    paymentStatus
    margin { amount currencyCode }
    invoices { ...InvoiceParts }
    ...Lines
    ...Shipments
  }
}
${linesFragment}
${shipmentsFragment}
${invoiceFragment}`;

export interface OrderData {
  readonly orderByNumber: Order | null;
}

export interface Order {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly fulfillmentStatus: string;
  readonly placedAt: string;
  readonly updatedAt: string;
  readonly subtotal: Money;
  readonly shippingCost: Money;
  readonly tax: Money;
  readonly total: Money;
  readonly canShip: boolean | null;
  readonly statusHistory: readonly StatusChange[];
  /** Null where their record is gone, or can't be read. */
  readonly customer: {
    readonly id: string;
    readonly name: string;
    readonly segment: string;
    readonly email: string | null;
    readonly phone: string | null;
  } | null;
  readonly paymentStatus: string | null;
  readonly margin: Money | null;
  readonly invoices: readonly Invoice[] | null;
  readonly lines: readonly Line[];
  readonly shipments: readonly Shipment[];
}

export interface StatusChange {
  readonly status: string;
  readonly changedAt: string;
  readonly comment: string | null;
}
