import { blemishes } from './blemishes.ts';
import { dateOf, day, daysAfter, now, today } from './calendar.ts';
import type { Company } from './company.ts';
import type { Customer } from './customers.ts';
import { type Random, randomFor } from './random.ts';
import { type Sale, sales } from './sales.ts';

/** What the ERP holds about one order, or an invoice that was written by hand. */
export interface Bill {
  /** The order's id; null for an invoice that was written by hand. */
  readonly order: number | null;
  readonly status: 'not-invoiced' | 'unpaid' | 'partially-paid' | 'paid' | 'refunded';
  readonly invoices: readonly Invoice[];
}

/** A demand for payment. Amounts are in the smallest unit of the customer's currency. */
export interface Invoice {
  readonly id: string;
  readonly number: string;
  readonly customer: Customer;
  readonly status: 'open' | 'partially-paid' | 'paid' | 'voided';
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly amount: number;
  /** The amount less payments plus refunds; nothing when voided. */
  readonly open: number;
  readonly overdue: boolean;
  readonly payments: readonly Payment[];
  readonly refunds: readonly Refund[];
}

/** Money that came in. */
export interface Payment {
  readonly id: string;
  readonly method: 'card' | 'transfer' | 'debit' | 'wallet';
  readonly at: number;
  readonly amount: number;
  readonly text: string;
}

/** Money that was paid back. */
export interface Refund {
  readonly id: string;
  readonly at: number;
  readonly amount: number;
  readonly text: string;
}

/** Everything that was billed: the orders that the ERP knows, in order of id, and then what was written by hand. */
export function* bills(company: Company): Iterable<Bill> {
  for (const sale of sales(company)) {
    if (String(sale.id) !== blemishes.unknownToErp.order) yield billOf(sale);
  }
  for (let serial = 1; serial <= Math.max(3, Math.round(30 * company.scale)); serial++)
    yield manualBill(serial, company);
}

function billOf(sale: Sale): Bill {
  const random = randomFor('billing', sale.id);
  const plain = shown.has(String(sale.id));
  if (!plain && !isInvoiced(sale, random)) return { order: sale.id, status: 'not-invoiced', invoices: [] };
  const shippedAt = sale.shipments[0]?.shippedAt ?? sale.updatedAt;
  const first =
    !plain && sale.status === 'completed' && random.chance(0.03) ? Math.round(sale.total * 0.6) : sale.total;
  const amounts = first < sale.total ? [first, sale.total - first] : [first];
  const invoices = amounts.map((amount, part) =>
    invoice(
      {
        serial: sale.id * 2 - 1 + part,
        customer: sale.customer,
        reference: sale.number,
        issuedAt: Math.min(shippedAt + part * 5 * day, now),
        amount,
        conduct: plain ? 'pays' : sale.status === 'refunded' ? 'returns' : random.weighted(conducts),
      },
      random,
    ),
  );
  return { order: sale.id, status: billStatus(invoices), invoices };
}

/** The orders that show a currency or a deleted customer have one paid invoice. */
const shown: ReadonlySet<string> = new Set([...Object.values(blemishes.currencies), blemishes.deletedCustomer.order]);

function isInvoiced({ status, customer }: Sale, random: Random): boolean {
  if (customer.id === blemishes.noAccount.customer) return false;
  if (status === 'processing') return random.chance(0.4);
  return status === 'refunded' || (status === 'completed' && random.chance(0.97));
}

function manualBill(serial: number, { customers }: Company): Bill {
  const random = randomFor('billing', -serial);
  const id = blemishes.manualInvoice.customer;
  const customer = customers[serial === 1 ? Number(id) - 10_001 : random.int(10, customers.length - 1)];
  if (!customer) throw new RangeError(`invoice ${serial} written by hand has no customer`);
  const issuedAt = now - random.int(1, 700) * day;
  const conduct = random.weighted(conducts);
  const made = {
    serial: 90_000_000 + serial,
    customer,
    reference: 'Repair',
    issuedAt,
    amount: random.int(20, 900) * 10,
    conduct,
  };
  const invoices = [invoice(made, random)];
  return { order: null, status: billStatus(invoices), invoices };
}

type Conduct = 'pays' | 'pays in two parts' | 'pays a part' | 'never pays' | 'pays too much' | 'returns';

const conducts = [
  ['pays', 92],
  ['pays in two parts', 2.5],
  ['pays a part', 1.5],
  ['never pays', 3],
  ['pays too much', 1],
] as const;

interface Made {
  readonly serial: number;
  readonly customer: Customer;
  readonly reference: string;
  readonly issuedAt: number;
  readonly amount: number;
  readonly conduct: Conduct;
}

function invoice({ serial, customer, reference, issuedAt, amount, conduct }: Made, random: Random): Invoice {
  const issuedOn = dateOf(issuedAt);
  const dueOn = daysAfter(issuedOn, customer.segment === 'consumer' ? 14 : 30);
  const payments = pay({ serial, customer, reference, issuedAt, amount, conduct }, random);
  const paid = payments.reduce((sum, payment) => sum + payment.amount, 0);
  const lastAt = payments.at(-1)?.at ?? issuedAt;
  const voided = conduct === 'returns';
  const back = voided ? paid : Math.max(0, paid - amount);
  const refund: Refund = {
    id: String(1_600_000_000 + serial),
    at: Math.min(lastAt + random.int(2, 15) * day, now),
    amount: back,
    text: voided ? random.pick(['Goods came back', 'Damaged on the way']) : 'Paid too much',
  };
  const open = voided ? 0 : amount - paid + back;
  return {
    id: String(1_400_000_000 + serial),
    number: `RE-${issuedOn.slice(0, 4)}-${String(serial).padStart(6, '0')}`,
    customer,
    status: voided ? 'voided' : open === 0 ? 'paid' : paid > 0 ? 'partially-paid' : 'open',
    issuedOn,
    dueOn,
    amount,
    open,
    overdue: open > 0 && dueOn < today,
    payments,
    refunds: back > 0 ? [refund] : [],
  };
}

function pay({ serial, customer, reference, issuedAt, amount, conduct }: Made, random: Random): Payment[] {
  const method = random.weighted<Payment['method']>(
    customer.segment === 'consumer'
      ? [
          ['card', 45],
          ['wallet', 30],
          ['transfer', 15],
          ['debit', 10],
        ]
      : [
          ['transfer', 70],
          ['debit', 30],
        ],
  );
  const soon = method === 'card' || method === 'wallet';
  const at = issuedAt + (soon ? random.int(60, 7200) * 1000 : random.int(2 * day, 32 * day));
  const half = Math.round(amount / 2);
  const parts = {
    pays: [amount],
    'pays in two parts': [half, amount - half],
    'pays a part': [half],
    'never pays': [],
    'pays too much': [amount + half],
    returns: [amount],
  }[conduct];
  return parts
    .map((part, index) => ({
      id: String(1_500_000_000 + serial * 2 - 1 + index),
      method,
      at: Math.floor(at / 1000) * 1000 + index * 9 * day,
      amount: part,
      text: random.chance(0.8) ? reference : `${reference} ${customer.name}`,
    }))
    .filter((payment) => payment.at <= now || conduct === 'returns')
    .map((payment) => (payment.at > now ? { ...payment, at: now } : payment));
}

function billStatus(invoices: readonly Invoice[]): Bill['status'] {
  if (invoices.every(({ status }) => status === 'voided')) return 'refunded';
  if (invoices.every(({ status }) => status === 'paid')) return 'paid';
  return invoices.every(({ status }) => status === 'open') ? 'unpaid' : 'partially-paid';
}
