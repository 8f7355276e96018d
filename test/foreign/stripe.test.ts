import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Subgraph } from '../../subgraphs/kit/subgraph.ts';
import { openForeign } from './company.ts';
import { backend } from './stripe/finance/backend.ts';
import { recordsOf, type StripeRecord } from './stripe/records.ts';
import { type StripeServer, startStripe, stripeKey } from './stripe/server.ts';

const records = recordsOf(
  Array.from({ length: 250 }, (_, i) => ({
    id: `order_${i}`,
    customer: `shop_${i % 40}`,
    currency: ['eur', 'jpy', 'usd'][i % 3] as string,
    total: 1000 + i * 37,
    placed: 1_704_067_200 + i * 40_000,
  })),
);
const issued = records.invoices.filter(({ status }) => status !== 'draft');
const money = '{ amount currencyCode }';

describe("Stripe's API behind our contract", () => {
  const noted: string[] = [];
  let stripe: StripeServer;
  let finance: Subgraph;
  before(async () => {
    stripe = await startStripe(records);
    // It does not open when the mapping says what Stripe's description doesn't.
    finance = await openForeign({ name: 'finance', backend, environment: environment(stripeKey) }, noted);
    stripe.calls();
  });
  after(async () => {
    await finance?.close();
    await stripe.close();
  });

  test('all invoices, page by page, without drafts', async () => {
    const invoices = await walk(
      'invoices',
      40,
      `id number status issuedOn dueOn total ${money} amountDue ${money} overdue order { id }`,
    );
    assert.deepEqual(
      invoices,
      issued.map((invoice) => ({
        id: invoice.id,
        number: invoice.number,
        status:
          invoice.status === 'open' && Number(invoice.amount_paid) > 0
            ? 'PARTIALLY_PAID'
            : ({ paid: 'PAID', void: 'VOIDED' }[String(invoice.status)] ?? 'OPEN'),
        issuedOn: dayOf(invoice.created),
        dueOn: dayOf(invoice.due_date ?? invoice.created),
        total: amountOf(invoice.total, invoice.currency),
        amountDue: amountOf(invoice.amount_remaining, invoice.currency),
        // They are due in 2024, or else fifty years later.
        overdue: invoice.status === 'open' && invoice.due_date !== null && Number(invoice.due_date) < 2_000_000_000,
        order: { id: invoice.metadata?.order_id },
      })),
    );
  });

  test('pages cost one call where no draft is in the way', async () => {
    stripe.calls();
    await ask('{ invoices(first: 2) { nodes { id } } }');
    const [latest] = records.invoices;
    assert.deepEqual(stripe.calls(), ['GET /v1/invoices?limit=2'], String(latest?.status));
  });

  test('an invoice with its payment and what was paid back', async () => {
    const refunded = issued.find(({ charge }) => refundsOf(charge).length > 1) as StripeRecord;
    const charge = records.charges.find(({ id }) => id === refunded.charge) as StripeRecord;
    const { invoiceByNumber } = await ask(`{ invoiceByNumber(number: "${refunded.number}") { id
      payments { id amount ${money} paidAt method reference } refunds { id refundedAt amount ${money} reason } } }`);
    assert.deepEqual(invoiceByNumber, {
      id: refunded.id,
      payments: [
        {
          id: charge.id,
          amount: amountOf(charge.amount, charge.currency),
          paidAt: momentOf(charge.created),
          method: { card: 'CARD', sepa_debit: 'DIRECT_DEBIT', customer_balance: 'BANK_TRANSFER', link: 'WALLET' }[
            (charge.payment_method_details as { type: string }).type
          ],
          reference: charge.description,
        },
      ],
      refunds: refundsOf(charge.id)
        .filter(({ status }) => status === 'succeeded')
        .sort((a, b) => Number(a.created) - Number(b.created))
        .map((refund) => ({
          id: refund.id,
          refundedAt: momentOf(refund.created),
          amount: amountOf(refund.amount, refund.currency),
          reason: refund.reason,
        })),
    });
    const refused = issued.find(({ amount_paid, charge }) => amount_paid === 0 && charge !== null) as StripeRecord;
    assert.deepEqual(await ask(`{ invoice(id: "${refused.id}") { payments { id } } }`), { invoice: { payments: [] } });
  });

  test("the shop's customers, found by the shop's numbers", async () => {
    const shopIds = Array.from({ length: 40 }, (_, i) => `shop_${i}`);
    const { _entities } = await ask(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Customer { id
        account { id balance ${money} overdue ${money} creditLimit ${money} customer { id } }
        invoices(first: 5 filter: { issuedOn: { from: "2024-02-01", before: "2024-04-01" } }) { nodes { id } } } } }`,
      { representations: shopIds.map((id) => ({ __typename: 'Customer', id })) },
    );
    assert.deepEqual(
      _entities,
      shopIds.map((id) => {
        const customer = records.customers.find(({ metadata }) => metadata?.shop_id === id);
        if (!customer) return { id, account: null, invoices: { nodes: [] } };
        const currency = customer.currency ?? 'eur';
        const theirs = issued.filter((each) => {
          const on = dayOf(each.created);
          return each.customer === customer.id && on >= '2024-02-01' && on < '2024-04-01';
        });
        return {
          id,
          account: {
            id: customer.id,
            balance: amountOf(customer.balance, currency),
            overdue: amountOf(0, currency),
            creditLimit: null,
            customer: { id },
          },
          invoices: { nodes: theirs.slice(0, 5).map((each) => ({ id: each.id })) },
        };
      }),
    );
  });

  test("who pays an invoice, by the shop's number; nobody where the customer is deleted", async () => {
    const payers = await walk('invoices', 100, 'customer { id }');
    const wanted = issued.map(({ customer: id }) => {
      const shopId = records.customers.find((each) => each.id === id)?.metadata?.shop_id;
      return { customer: shopId === undefined ? null : { id: shopId } };
    });
    assert.deepEqual(payers, wanted);
    assert(wanted.some(({ customer }) => customer === null));
  });

  test("an order's invoices, and whether it is paid", async () => {
    const { _entities } = await ask(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) {
        ... on Order { paymentStatus invoices { number } } } }`,
      { representations: [0, 1, 3, 4, 5, 999].map((i) => ({ __typename: 'Order', id: `order_${i}` })) },
    );
    assert.deepEqual(_entities, [
      { paymentStatus: 'PAID', invoices: [{ number: 'F00D-0000' }] },
      { paymentStatus: 'UNPAID', invoices: [{ number: 'F00D-0001' }] },
      { paymentStatus: null, invoices: [] },
      { paymentStatus: 'NOT_INVOICED', invoices: [{ number: 'F00D-0004' }] },
      { paymentStatus: 'PARTIALLY_PAID', invoices: [{ number: 'F00D-0005' }] },
      { paymentStatus: null, invoices: [] },
    ]);
  });

  test("an account's bookings, page by page", async () => {
    const customer = records.customers.find(({ id }) => entriesOf(id).length === 5) as StripeRecord;
    const invoice = issued.find((each) => each.customer === customer.id) as StripeRecord;
    const entries = await walk(
      'entries',
      2,
      `id bookedOn kind amount ${money} description`,
      `invoice(id: "${invoice.id}") { customer { account`,
    );
    const kinds = { applied_to_invoice: 'INVOICE', invoice_overpaid: 'PAYMENT', credit_note: 'REFUND' };
    assert.deepEqual(
      entries,
      entriesOf(customer.id).map((entry) => ({
        id: entry.id,
        bookedOn: dayOf(entry.created),
        kind: kinds[entry.type as keyof typeof kinds] ?? 'INVOICE',
        amount: amountOf(entry.amount, entry.currency),
        description: entry.description,
      })),
    );
  });

  test('what Stripe has not is null: a draft, an id of nothing, a number that tries to be another search', async () => {
    const draft = records.invoices.find(({ status }) => status === 'draft') as StripeRecord;
    const query = (id: string) => `{ invoice(id: "${id}") { id } }`;
    assert.deepEqual(await ask(query(draft.id)), { invoice: null });
    assert.deepEqual(await ask(query('in_none')), { invoice: null });
    assert.deepEqual(await ask(`{ invoiceByNumber(number: "F00D-\\" OR status:\\"paid") { id } }`), {
      invoiceByNumber: null,
    });
  });

  test('what Stripe can not do is said, and asked of it by nobody', async () => {
    stripe.calls();
    for (const [list, message] of [
      ['invoices { totalCount }', "The system behind this list can't count it."],
      [
        'invoices(filter: { status: [PAID] }) { nodes { id } }',
        `The system behind this list can't filter by "status".`,
      ],
      [
        'invoices(filter: { overdue: true }) { nodes { id } }',
        `The system behind this list can't filter by "overdue".`,
      ],
      [
        'invoices(orderBy: { field: ISSUED_ON, direction: ASC }) { nodes { id } }',
        "The system behind this list can't order it by ISSUED_ON ASC.",
      ],
      [
        'invoices(orderBy: { field: DUE_ON, direction: DESC }) { nodes { id } }',
        "The system behind this list can't order it by DUE_ON DESC.",
      ],
    ]) {
      const { data, errors } = await run(`{ ${list} }`);
      assert.deepEqual(data, { invoices: null });
      assert.deepEqual(
        errors?.map((error) => [error.message, error.extensions?.code]),
        [[message, 'UNSUPPORTED']],
      );
    }
    assert.deepEqual(stripe.calls(), []);
  });

  test('a key that Stripe refuses stops the start, without being repeated', async () => {
    const opening = openForeign({ name: 'finance', backend, environment: environment('sk_wrong_4711') }, []);
    await assert.rejects(opening, ({ message }: Error) => {
      assert.match(message, /FINANCE_KEY/);
      assert.doesNotMatch(message, /4711/);
      return true;
    });
  });

  test('no value of Stripe is one that the mapping does not know', () => assert.deepEqual(noted, []));

  function environment(key: string) {
    return { FINANCE_URL: stripe.url, FINANCE_KEY: key };
  }

  async function run(query: string, variables: Record<string, unknown> = {}) {
    const call = { signal: new AbortController().signal, requestId: 'test' };
    const result = await finance.execute({ query, variables }, call);
    return JSON.parse(JSON.stringify(result)) as {
      data: Record<string, unknown>;
      errors?: { message: string; extensions?: { code?: string } }[];
    };
  }

  async function ask(query: string, variables?: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { data, errors } = await run(query, variables);
    assert.deepEqual(errors, undefined);
    return data;
  }

  /** All nodes of a connection, in pages; `path` opens the fields around it. */
  async function walk(name: string, first: number, node: string, path = ''): Promise<unknown[]> {
    const nodes: unknown[] = [];
    const depth = path.split('{').length - (path === '' ? 1 : 0);
    for (let after: string | null = null; ; ) {
      const list: string = `${name}(first: ${first} after: ${JSON.stringify(after)}) { pageInfo { hasNextPage endCursor } nodes { ${node} } }`;
      let found: unknown = await ask(`{ ${path === '' ? list : `${path} { ${list} ${'}'.repeat(depth)}`} }`);
      for (let i = 0; i < depth; i++) found = Object.values(found as object)[0];
      const page = (found as Record<string, Connection>)[name] as Connection;
      nodes.push(...page.nodes);
      if (!page.pageInfo.hasNextPage) return nodes;
      after = page.pageInfo.endCursor;
    }
  }
});

interface Connection {
  readonly nodes: readonly unknown[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

function refundsOf(charge: unknown): StripeRecord[] {
  return records.refunds.filter((each) => each.charge === charge);
}

function entriesOf(customer: string): StripeRecord[] {
  return records.balance_transactions.filter((each) => each.customer === customer);
}

function dayOf(seconds: unknown): string {
  return momentOf(seconds).slice(0, 10);
}

function momentOf(seconds: unknown): string {
  return new Date(Number(seconds) * 1000).toISOString();
}

function amountOf(minor: unknown, currency: unknown) {
  const amount = currency === 'jpy' ? String(minor) : (Number(minor) / 100).toFixed(2);
  return { amount, currencyCode: String(currency).toUpperCase() };
}
