import type { Invoice } from './billing.ts';
import { blemishes } from './blemishes.ts';
import { dateOf } from './calendar.ts';
import type { Company } from './company.ts';
import { type Customer, deletedCustomer } from './customers.ts';

/** What a customer owes, in the smallest unit of the customer's currency. */
export interface Account {
  readonly id: string;
  readonly customer: Customer;
  readonly balance: number;
  readonly overdue: number;
  readonly creditLimit: number | null;
}

/** A booking on an account; the bookings of an account add up to its balance. */
export interface Entry {
  readonly id: string;
  readonly date: string;
  readonly kind: 'invoice' | 'payment' | 'refund';
  readonly amount: number;
  readonly text: string;
}

/** Adds up what customers owe while the bills go by. */
export class Balances {
  readonly #byCustomer = new Map<string, { balance: number; overdue: number }>();

  add({ customer, open, overdue }: Invoice): void {
    const sums = this.#byCustomer.get(customer.id) ?? { balance: 0, overdue: 0 };
    this.#byCustomer.set(customer.id, sums);
    sums.balance += open;
    if (overdue) sums.overdue += open;
  }

  /** The accounts of all customers, once every bill has gone by. */
  *accounts({ customers }: Company): Iterable<Account> {
    for (const customer of [...customers, deletedCustomer]) {
      if (customer.id === blemishes.noAccount.customer) continue;
      const { balance, overdue } = this.#byCustomer.get(customer.id) ?? { balance: 0, overdue: 0 };
      yield { id: accountOf(customer), customer, balance, overdue, creditLimit: creditLimit(customer) };
    }
  }
}

/** The account's number: `D0000010001`. */
export function accountOf(customer: Customer): string {
  return `D${customer.id.padStart(10, '0')}`;
}

function creditLimit({ id, segment, country }: Customer): number | null {
  if (id === blemishes.noCreditLimit.customer) return null;
  const cents = {
    consumer: 50_000,
    small: 500_000,
    enterprise: 5_000_000,
    wholesale: 200_000_000,
    government: 5_000_000,
  };
  return country.currency === 'JPY' ? cents[segment] * 2 : cents[segment];
}

/** The bookings of an invoice. A voided one is booked away again, so that nothing of it stays on the account. */
export function entriesOf(invoice: Invoice): readonly Entry[] {
  const { id, issuedOn, amount, number, refunds } = invoice;
  const booked: Entry[] = [
    { id: `${id}-1`, date: issuedOn, kind: 'invoice', amount, text: `Invoice ${number}` },
    ...invoice.payments.map(
      (payment): Entry => ({
        id: `${payment.id}-1`,
        date: dateOf(payment.at),
        kind: 'payment',
        amount: -payment.amount,
        text: `Payment for ${number}`,
      }),
    ),
    ...refunds.map(
      (refund): Entry => ({
        id: `${refund.id}-1`,
        date: dateOf(refund.at),
        kind: 'refund',
        amount: refund.amount,
        text: refund.text,
      }),
    ),
  ];
  const refundedAt = refunds[0]?.at;
  if (invoice.status !== 'voided' || refundedAt === undefined) return booked;
  const withdrawn = {
    id: `${id}-2`,
    date: dateOf(refundedAt),
    kind: 'invoice',
    text: `Invoice ${number} withdrawn`,
  } as const;
  return [...booked, { ...withdrawn, amount: -amount }];
}
