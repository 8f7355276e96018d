// Made from schema.graphql by `npm run types`.
import type { Enum, Many, One, Value } from '../kit/forms.ts';

/** What each field of the contract may be mapped to. */
export interface Contract {
  Receivables: {
    currencyCode: Value;
    due: One<'Money'> | Value;
    dueCount: Value;
    overdue: One<'Money'> | Value;
    overdueCount: Value;
  };
  Invoice: {
    id: Value;
    number: Value;
    status: Enum<'OPEN' | 'PARTIALLY_PAID' | 'PAID' | 'VOIDED' | 'UNKNOWN'>;
    issuedOn: Value;
    dueOn: Value;
    total: One<'Money'> | Value;
    amountDue: One<'Money'> | Value;
    overdue: Value;
    payments: Many<'Payment'>;
    refunds: Many<'Refund'>;
    order: One<'Order'>;
    customer: One<'Customer'>;
  };
  Payment: {
    id: Value;
    method: Enum<'CARD' | 'BANK_TRANSFER' | 'DIRECT_DEBIT' | 'WALLET' | 'UNKNOWN'>;
    paidAt: Value;
    amount: One<'Money'> | Value;
    reference: Value;
  };
  Refund: {
    id: Value;
    refundedAt: Value;
    amount: One<'Money'> | Value;
    reason: Value;
  };
  Account: {
    id: Value;
    balance: One<'Money'> | Value;
    overdue: One<'Money'> | Value;
    creditLimit: One<'Money'> | Value;
    entries: Many<'LedgerEntry'>;
    customer: One<'Customer'>;
  };
  LedgerEntry: {
    id: Value;
    bookedOn: Value;
    kind: Enum<'INVOICE' | 'PAYMENT' | 'REFUND' | 'UNKNOWN'>;
    amount: One<'Money'> | Value;
    description: Value;
  };
  Customer: {
    id: Value;
    account: One<'Account'>;
    invoices: Many<'Invoice'>;
  };
  Order: {
    id: Value;
    lines: Many<'OrderLine'>;
    paymentStatus: Enum<'NOT_INVOICED' | 'UNPAID' | 'PARTIALLY_PAID' | 'PAID' | 'REFUNDED' | 'UNKNOWN'>;
    invoices: Many<'Invoice'>;
    margin: One<'Money'> | Value;
  };
  OrderLine: {
    id: Value;
    quantity: Value;
    total: One<'Money'> | Value;
    product: One<'Product'>;
  };
  Product: {
    sku: Value;
    unitCost: One<'Money'> | Value;
  };
  Money: {
    amount: Value;
    currencyCode: Value;
  };
}
