/** One record as Stripe sends it. */
export interface StripeRecord {
  readonly id: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** All records of an account, the latest of each kind first. */
export type StripeRecords = Readonly<
  Record<'customers' | 'invoices' | 'charges' | 'refunds' | 'balance_transactions', readonly StripeRecord[]>
>;

/** An order of the shop that is billed; `total` in the currency's smallest unit, `placed` in seconds since 1970. */
export interface BilledOrder {
  readonly id: string;
  readonly customer: string;
  readonly currency: string;
  readonly total: number;
  readonly placed: number;
}

const statuses = ['paid', 'open', 'paid', 'draft', 'void', 'open', 'uncollectible', 'paid', 'open'] as const;
const methods = ['card', 'sepa_debit', 'customer_balance', 'link'];

/** What the shop has had billed: the same each time. Every 13th customer is deleted, every 7th has no currency yet. */
export function recordsOf(orders: readonly BilledOrder[]): StripeRecords {
  const shopIds = [...new Set(orders.map(({ customer }) => customer))];
  const customers = shopIds.map((shop, i): StripeRecord => {
    const id = `cus_${String(i).padStart(14, '0')}`;
    if (i % 13 === 12) return { id, object: 'customer', deleted: true };
    const currency = i % 7 === 6 ? null : 'eur';
    const balance = currency === null ? 0 : ((i % 3) - 1) * 450 * i;
    return { id, object: 'customer', created: 1_690_000_000 + i, currency, balance, metadata: { shop_id: shop } };
  });
  const invoices = orders.map((order, i): StripeRecord => {
    const status = statuses[i % statuses.length] as string;
    const paid = status === 'paid' ? order.total : i % statuses.length === 5 ? Math.floor(order.total / 3) : 0;
    return {
      id: `in_${String(i).padStart(14, '0')}`,
      object: 'invoice',
      number: status === 'draft' ? null : `F00D-${String(i).padStart(4, '0')}`,
      status,
      created: order.placed + 3600,
      due_date: i % 4 === 0 ? null : order.placed + 3600 + 14 * 86_400 + (i % 9 === 8 ? 50 * 365 * 86_400 : 0),
      currency: order.currency,
      total: order.total,
      amount_paid: paid,
      amount_remaining: order.total - paid,
      charge: paid > 0 || i % 9 === 1 ? `ch_${String(i).padStart(14, '0')}` : null,
      customer: customers[shopIds.indexOf(order.customer)]?.id,
      metadata: { order_id: order.id },
    };
  });
  const charges = invoices.flatMap((invoice, i): StripeRecord[] => {
    if (invoice.charge === null) return [];
    const amount = Number(invoice.amount_paid) || Number(invoice.total);
    return [
      {
        id: String(invoice.charge),
        object: 'charge',
        amount,
        currency: invoice.currency,
        created: Number(invoice.created) + 60,
        // Every 9th was refused by the bank.
        paid: Number(invoice.amount_paid) > 0,
        description: i % 2 === 0 ? null : `Payment for ${invoice.number}`,
        payment_method_details: { type: methods[i % methods.length] },
        invoice: invoice.id,
      },
    ];
  });
  const refunds = charges.flatMap((charge, i): StripeRecord[] => {
    const made = i % 5 === 0 && charge.paid ? ['succeeded', 'failed', 'succeeded'].slice(0, 1 + (i % 3)) : [];
    return made.map((status, k) => ({
      id: `re_${String(i * 3 + k).padStart(14, '0')}`,
      object: 'refund',
      amount: 100 + k,
      currency: charge.currency,
      created: Number(charge.created) + 86_400 * (k + 1),
      charge: charge.id,
      reason: k === 0 ? 'requested_by_customer' : null,
      status,
    }));
  });
  const balance_transactions = customers.flatMap(({ id, deleted }, i): StripeRecord[] => {
    const types = ['applied_to_invoice', 'invoice_overpaid', 'credit_note', 'invoice_too_small'];
    return Array.from({ length: deleted ? 0 : i % 6 }, (_, k) => ({
      id: `cbtxn_${String(i * 6 + k).padStart(12, '0')}`,
      object: 'customer_balance_transaction',
      type: types[k % types.length],
      amount: (k % 2 === 0 ? 1 : -1) * 275 * (k + 1),
      currency: 'eur',
      created: 1_700_000_000 + k * 90_000,
      customer: id,
      description: k === 0 ? 'Goodwill' : null,
    }));
  });
  const latestFirst = (records: readonly StripeRecord[]) =>
    [...records].sort((a, b) => Number(b.created ?? 0) - Number(a.created ?? 0));
  return {
    customers: latestFirst(customers),
    invoices: latestFirst(invoices),
    charges: latestFirst(charges),
    refunds: latestFirst(refunds),
    balance_transactions: latestFirst(balance_transactions),
  };
}
