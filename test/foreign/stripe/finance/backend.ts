import type { Contract } from '../../../../subgraphs/finance/contract.ts';
import { constant, day, derived, many, money, one, oneOf, timestamp } from '../../../../subgraphs/kit/mapping.ts';
import { fromMinor } from '../../../../subgraphs/kit/money.ts';
import { env } from '../../../../subgraphs/kit/settings.ts';
import { bearer, rest } from '../../../../subgraphs/kit/sources/rest/backend.ts';

/** Stripe writes currencies in small letters; a customer that was never billed has none, and gets the company's. */
const currency = derived(['currency'], (code) => String(code ?? 'eur').toUpperCase());

/** Stripe has no word of its own for an invoice of which a part is paid. */
const paidness = (words: Readonly<Record<string, string>>) =>
  derived(['status', 'amount_paid'], (status, paid) =>
    status === 'open' && Number(paid) > 0 ? 'PARTIALLY_PAID' : (words[String(status)] ?? 'UNKNOWN'),
  );

/** A term of Stripe's search, which finds what a list can't be filtered by. */
const term = (field: string) => (key: unknown) => `${field}:${JSON.stringify(String(key))}`;

/** How Stripe cuts its lists, all of which have the latest record first. */
const list = {
  rows: 'data',
  limit: 'limit',
  after: { parameter: 'starting_after', column: 'id', more: 'has_more' },
  orders: { 'created desc': {} },
} as const;

/** Drafts have no number yet, and are nothing that could be paid. */
const invoices = {
  ...list,
  get: '/v1/invoices',
  deleted: { status: 'draft' },
  filters: { 'created >=': 'created[gte]', 'created <': 'created[lt]' },
} as const;

const searchInvoices = {
  get: '/v1/invoices/search',
  key: 'query',
  rows: 'data',
  parameters: { limit: 100 },
  deleted: { status: 'draft' },
} as const;

/** Stripe's API, which bills for a shop. The shop's numbers of orders and customers stand in `metadata`. */
export const backend = rest<Contract>({
  system: 'stripe',
  url: env('FINANCE_URL', 'the base URL of the API, such as https://api.stripe.com'),
  auth: bearer(env('FINANCE_KEY', 'a secret key of the API')),
  headers: { 'stripe-version': '2024-06-20' },
  openapi: '/openapi.json',
  ping: '/v1/balance',
  types: {
    Invoice: {
      schema: 'invoice',
      byKey: {
        id: { get: '/v1/invoices/{key}', deleted: { status: 'draft' } },
        number: { ...searchInvoices, as: term('number') },
        'metadata.order_id': { ...searchInvoices, as: term('metadata["order_id"]') },
      },
      list: invoices,
      top: { customer: { ...invoices, parent: 'customer' } },
      lacks: ['totalCount', 'filter.status', 'filter.overdue', 'orderBy.ISSUED_ON.ASC', 'orderBy.DUE_ON'],
      key: { id: 'id' },
      fields: {
        number: 'number',
        status: paidness({ open: 'OPEN', paid: 'PAID', uncollectible: 'OPEN', void: 'VOIDED' }),
        issuedOn: day('created', 'seconds'),
        dueOn: derived(['due_date', 'created'], (due, created) => isoDay(due ?? created)),
        total: money('total', currency, 'minor'),
        amountDue: money('amount_remaining', currency, 'minor'),
        overdue: derived(['status', 'due_date'], (status, due) => {
          return status === 'open' && due !== null && isoDay(due) < isoDay(Date.now() / 1000);
        }),
        payments: many('Payment', { id: 'charge' }, { where: { paid: true } }),
        refunds: many('Refund', 'charge', { where: { status: 'succeeded' }, order: { created: 'asc' } }),
        order: one('Order', 'metadata.order_id'),
        customer: one('Customer', { id: 'customer' }),
      },
    },
    Payment: {
      schema: 'charge',
      byKey: { id: { get: '/v1/charges/{key}' } },
      key: { id: 'id' },
      fields: {
        method: oneOf('payment_method_details.type', {
          card: 'CARD',
          card_present: 'CARD',
          customer_balance: 'BANK_TRANSFER',
          ach_credit_transfer: 'BANK_TRANSFER',
          ideal: 'BANK_TRANSFER',
          sepa_debit: 'DIRECT_DEBIT',
          us_bank_account: 'DIRECT_DEBIT',
          link: 'WALLET',
          paypal: 'WALLET',
        }),
        paidAt: timestamp('created', 'seconds'),
        amount: money('amount', currency, 'minor'),
        reference: 'description',
      },
    },
    Refund: {
      schema: 'refund',
      byKey: {
        id: { get: '/v1/refunds/{key}' },
        charge: { get: '/v1/refunds', key: 'charge', rows: 'data', parameters: { limit: 100 } },
      },
      key: { id: 'id' },
      fields: {
        refundedAt: timestamp('created', 'seconds'),
        amount: money('amount', currency, 'minor'),
        reason: 'reason',
      },
    },
    // What Stripe calls a customer's balance: what the next invoice will ask for beside its own lines, or less if it is negative.
    Account: {
      schema: 'customer',
      byKey: { id: { get: '/v1/customers/{key}', deleted: 'deleted' } },
      key: { id: 'id' },
      fields: {
        balance: money('balance', currency, 'minor'),
        // It isn't due before the next invoice is.
        overdue: derived(['currency'], (code) => nothingIn(String(code ?? 'eur').toUpperCase())),
        creditLimit: constant(null),
        entries: many('LedgerEntry', { customer: 'id' }, { order: { created: 'desc' } }),
        customer: one('Customer', 'id'),
      },
    },
    LedgerEntry: {
      schema: 'customer_balance_transaction',
      top: { customer: { ...list, get: '/v1/customers/{parent}/balance_transactions' } },
      lacks: ['totalCount'],
      key: { id: 'id' },
      fields: {
        bookedOn: day('created', 'seconds'),
        kind: oneOf('type', {
          applied_to_invoice: 'INVOICE',
          unapplied_from_invoice: 'INVOICE',
          invoice_too_small: 'INVOICE',
          invoice_overpaid: 'PAYMENT',
          unspent_receiver_credit: 'PAYMENT',
          credit_note: 'REFUND',
        }),
        amount: money('amount', currency, 'minor'),
        description: 'description',
      },
    },
    Customer: {
      contributed: true,
      schema: 'customer',
      byKey: {
        id: { get: '/v1/customers/{key}', deleted: 'deleted' },
        'metadata.shop_id': {
          get: '/v1/customers/search',
          key: 'query',
          as: term('metadata["shop_id"]'),
          rows: 'data',
        },
      },
      key: { id: 'metadata.shop_id' },
      fields: { account: one('Account', 'id'), invoices: many('Invoice', { customer: 'id' }) },
    },
    Receivables: { lacks: ['receivables'] },
    // What Stripe knows of an order is its invoice, the latest where there are several.
    Order: {
      contributed: true,
      schema: 'invoice',
      byKey: { 'metadata.order_id': { ...searchInvoices, as: term('metadata["order_id"]') } },
      key: { id: 'metadata.order_id' },
      fields: {
        paymentStatus: paidness({ open: 'UNPAID', paid: 'PAID', uncollectible: 'UNPAID', void: 'NOT_INVOICED' }),
        invoices: many('Invoice', 'metadata.order_id'),
      },
    },
  },
});

function isoDay(seconds: unknown): string {
  return new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
}

function nothingIn(currencyCode: string) {
  return { amount: fromMinor(0, currencyCode), currencyCode };
}
