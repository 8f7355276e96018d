import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missingPostgres } from '../servers/postgres.ts';
import { type Medusa, startMedusa } from './medusa/database.ts';
import * as expected from './medusa/expected.ts';
import { backend } from './stripe/finance/backend.ts';
import { type BilledOrder, recordsOf, type StripeRecord } from './stripe/records.ts';
import { type StripeServer, startStripe, stripeKey } from './stripe/server.ts';

const money = '{ amount currencyCode }';

/** What Stripe was asked to bill: each order of a customer's. */
const billed = `select json_build_object('id', o.id, 'customer', o.customer_id, 'currency', o.currency_code,
    'total', (sum(l.price * l.quantity) * case o.currency_code when 'jpy' then 1 else 100 end)::bigint, 'placed', extract(epoch from o.created_at)::bigint) as value
  from expected.shown_order o join expected.line l on l.order_id = o.id where o.customer_id is not null group by o.id, o.customer_id, o.currency_code, o.created_at, o.display_id
  order by o.display_id`;

describe("Medusa's database behind our contracts", { skip: missingPostgres }, () => {
  let medusa: Medusa;
  let stripe: StripeServer;
  before(async () => {
    medusa = await startMedusa(async (expect) => {
      stripe = await startStripe(recordsOf((await expect(billed)) as BilledOrder[]));
      return { name: 'finance', backend, environment: { FINANCE_URL: stripe.url, FINANCE_KEY: stripeKey } };
    });
  });
  after(async () => {
    await medusa.close();
    await stripe.close();
  });

  test('all orders with lines, parcels, totals and history, page by page', async () => {
    const orders = await walk('orders', `orderBy: { field: NUMBER, direction: ASC }`, {
      first: 37,
      node: `id number status fulfillmentStatus placedAt updatedAt
        subtotal ${money} shippingCost ${money} tax ${money} total ${money} customer { id }
        lines { id name quantity quantityShipped unitPrice ${money} total ${money} order { number } product { sku } }
        shipments { id carrier status trackingNumber shippedAt deliveredAt order { id } }
        statusHistory { status changedAt }`,
    });
    assert.equal(orders.length, 230);
    assert.deepEqual(orders, await medusa.expect(`${expected.orders} order by o.display_id`));
  });

  test('what orders come to, by half-year and currency', async () => {
    const years = ['2023', '2024', '2025', '2026'];
    const periods = years.flatMap((year, i) => [
      { from: `${year}-01-01T00:00:00.000Z`, before: `${year}-07-01T00:00:00.000Z` },
      { from: `${year}-07-01T00:00:00.000Z`, before: `${Number(years[0]) + i + 1}-01-01T00:00:00.000Z` },
    ]);
    const query = `query ($periods: [DateTimeRange!]!, $filter: OrderFilter) {
      orderTotals(periods: $periods, filter: $filter) { from before count total ${money} } }`;
    const statuses = { status: ['PROCESSING', 'COMPLETED'] };
    for (const [filter, condition] of [
      [undefined, 'true'],
      [statuses, `o.status in ('pending', 'completed', 'archived')`],
    ] as const) {
      const { orderTotals } = await ask(query, { periods, filter });
      // Of each order by itself, as it is listed.
      const wanted =
        await medusa.expect(`select json_build_object('from', expected.moment(p.since), 'before', expected.moment(p.until),
          'count', count(*), 'total', expected.money(sum((v.value -> 'total' ->> 'amount')::numeric), lower(v.value -> 'total' ->> 'currencyCode'))) as value
        from (${expected.orders}) v join expected.shown_order o on o.id = v.value ->> 'id'
        join (select s as since, s + interval '6 months' as until from generate_series('2023-01-01Z', '2026-07-01Z', interval '6 months') s) p
          on o.created_at >= p.since and o.created_at < p.until
        where ${condition} group by p.since, p.until, v.value -> 'total' ->> 'currencyCode' order by p.since, v.value -> 'total' ->> 'currencyCode'`);
      assert.ok(wanted.length > 3);
      assert.deepEqual(orderTotals, wanted);
    }
  });

  test('all products with their stock, page by page, by name', async () => {
    const products = await walk('products', 'orderBy: { field: NAME, direction: DESC }', {
      first: 50,
      node: `sku name category status weightGrams unitCost ${money} belowReorderPoint onHand available
        stock { onHand committed incoming available reorderPoint belowReorderPoint warehouse { code name } }`,
    });
    assert.equal(products.length, 166);
    assert.deepEqual(products, await medusa.expect(`${expected.products} order by s.name desc, s.sku desc`));
  });

  test('all customers with addresses and the number of their orders, page by page, the latest first', async () => {
    const customers = await walk('customers', 'orderBy: { field: CREATED_AT, direction: DESC }', {
      first: 100,
      node: `id name email phone segment createdAt preferences { contactChannel language marketingConsent }
        addresses { kind street postalCode city countryCode } cases { totalCount } notes { nodes { id } }
        orders { totalCount }`,
    });
    assert.equal(customers.length, 136);
    assert.deepEqual(customers, await medusa.expect(`${expected.customers} order by c.created_at desc`));
  });

  test('warehouses and what lies there, page by page', async () => {
    assert.deepEqual(await ask('{ warehouses { totalCount nodes { code name city countryCode } } }'), {
      warehouses: {
        totalCount: 2,
        nodes: [
          { code: 'sloc_CPH', name: 'Nordhavn', city: 'København', countryCode: 'DK' },
          { code: 'sloc_HAM', name: 'Speicher 7', city: 'Hamburg', countryCode: 'DE' },
        ],
      },
    });
    const levels = await walk('warehouse.stock', '', {
      first: 30,
      root: 'warehouse(code: "sloc_HAM")',
      node: 'onHand product { sku name }',
    });
    const value = `json_build_object('onHand', floor(l.stocked_quantity / l.takes)::integer, 'product', json_build_object('sku', sku, 'name', s.name))`;
    const lies = `expected.level l join expected.sold s using (sku) where l.location_id = 'sloc_HAM'`;
    assert.deepEqual(levels, await medusa.expect(`select ${value} as value from ${lies} order by sku`));
  });

  test('one order through three subgraphs, by the number that the customer sees', async () => {
    const [number] = await medusa.expect(`select min(display_id)::text as value from expected.line l
      join customer c on c.id = l.customer_id join expected.sold s using (sku) where version = 2 and c.deleted_at is null and c.last_name <> ''`);
    const { orderByNumber } = await ask(`{ orderByNumber(number: "${number}") {
      customer { name orders(first: 2, filter: { status: [COMPLETED, PROCESSING] }) { totalCount nodes { number } } }
      canShip lines { quantity unitPrice { amount } product { name available } } } }`);
    const [expectation] = await medusa.expect(`select json_build_object(
      'customer', (select json_build_object('name', first_name || ' ' || last_name, 'orders', (select json_build_object('totalCount', count(*), 'nodes',
          (json_agg(json_build_object('number', display_id::text) order by created_at desc))) from expected.shown_order
          where customer_id = customer.id and status in ('completed', 'archived', 'pending'))) from customer where id = l.customer_id),
      'canShip', bool_and(l.quantity - l.shipped_quantity <= v.stocked),
      'lines', json_agg(json_build_object('quantity', l.quantity::integer, 'unitPrice', json_build_object('amount', l.price::numeric(9, 2)::text),
        'product', json_build_object('name', s.name, 'available', v.available::integer)) order by l.id)) as value
      from expected.line l join expected.sold s using (sku)
      cross join lateral (select coalesce(floor(sum(stocked_quantity) / s.takes), 0) as stocked,
        coalesce(floor(sum(stocked_quantity - reserved_quantity) / s.takes), 0) as available from expected.level where sku = s.sku) v
      where l.display_id = ${number} group by l.customer_id`);
    assert.deepEqual(orderByNumber, expectation);
  });

  test('one page of a support agent: a shop in PostgreSQL and what Stripe billed for it', async () => {
    const { orderByNumber } = await ask(`{ orderByNumber(number: "1023") { id paymentStatus margin ${money}
      invoices { number status total ${money} order { number status } customer { name } }
      customer { name account { balance ${money} customer { email } } invoices(first: 1) { nodes { id order { number } } } } } }`);
    const [{ id, shopId, name, email }] =
      (await medusa.expect(`select json_build_object('id', o.id, 'shopId', c.id, 'name', c.company_name, 'email', c.email) as value
      from "order" o join customer c on c.id = o.customer_id where o.display_id = 1023`)) as [Record<string, string>];
    const records = recordsOf((await medusa.expect(billed)) as BilledOrder[]);
    const invoice = records.invoices.find(({ metadata }) => metadata?.order_id === id) as StripeRecord;
    const customer = records.customers.find(({ metadata }) => metadata?.shop_id === shopId) as StripeRecord;
    const [latest] = records.invoices.filter((each) => each.customer === customer.id && each.status !== 'draft');
    const inEuros = (cents: unknown) => ({ amount: (Number(cents) / 100).toFixed(2), currencyCode: 'EUR' });
    const [latestNumber] = await medusa.expect(
      `select display_id::text as value from "order" where id = '${latest?.metadata?.order_id}'`,
    );
    assert.equal(invoice.status, 'paid');
    assert.deepEqual(orderByNumber, {
      id,
      paymentStatus: 'PAID',
      // Medusa doesn't know what a product costs.
      margin: null,
      invoices: [
        {
          number: invoice.number,
          status: 'PAID',
          total: inEuros(invoice.total),
          order: { number: '1023', status: 'PROCESSING' },
          customer: { name },
        },
      ],
      customer: {
        name,
        account: { balance: inEuros(customer.balance), customer: { email } },
        invoices: { nodes: [{ id: latest?.id, order: { number: latestNumber } }] },
      },
    });
  });

  test('whether an order can be shipped is told of each order alike', async () => {
    const orders = await walk('orders', 'orderBy: { field: NUMBER }', { first: 100, node: 'number canShip' });
    const shippable = `select json_build_object('number', o.display_id::text, 'canShip', (
      select case when bool_or(not exists (select from expected.sold s where s.sku = w.sku)) or bool_or(w.sku is null) then null else bool_and(w.wanted <= (
        select coalesce(floor(sum(v.stocked_quantity) / max(v.takes)), 0) from expected.level v where v.sku = w.sku)) end
      from (select sku, sum(quantity - shipped_quantity) as wanted from expected.line l where l.display_id = o.display_id group by sku) w)) as value
      from expected.shown_order o order by display_id`;
    assert.deepEqual(orders, await medusa.expect(shippable));
    for (const outcome of [true, false, null])
      assert(
        orders.some((order) => (order as { canShip: unknown }).canShip === outcome),
        String(outcome),
      );
  });

  test('filters of the contract, carried out by the database', async () => {
    const numbers = `filter: { status: [PROCESSING, ON_HOLD], fulfillmentStatus: [PARTIALLY_FULFILLED, FULFILLED]
      placedAt: { from: "2024-05-01T00:00:00Z", before: "2025-02-01T00:00:00+01:00" } } orderBy: { field: PLACED_AT, direction: ASC }`;
    const shipped = `select o.display_id::text as value from expected.shown_order o join expected.line l on l.order_id = o.id
      where o.status in ('pending', 'requires_action') and o.created_at >= '2024-05-01' and o.created_at < '2025-01-31T23:00Z'
      group by o.id, o.display_id having sum(l.shipped_quantity) > 0 order by o.display_id`;
    await same('orders', numbers, 'number', shipped);
    await same(
      'products',
      'filter: { category: ["Clothes", "Kitchen"], status: [ACTIVE], belowReorderPoint: false }',
      'sku',
      `${expected.products} where s.status = 'published' and k.name in ('Clothes', 'Kitchen') order by s.sku`,
    );
    for (const [text, condition] of [
      ['lovelACE', `c.last_name = 'Lovelace'`],
      ['RIVER', `c.company_name like 'River%'`],
      ['Müller', `c.company_name like 'Müller%'`],
      ['person12', 'false'],
      ['+4940700', 'false'],
      ['100%', 'false'],
    ]) {
      const order = `coalesce(trim(c.first_name || ' ' || coalesce(c.last_name, '')), c.company_name), c.id`;
      const wanted = `${expected.customers} and ${condition} order by ${order}`;
      await same('customers', `filter: { search: ${JSON.stringify(text)} }`, 'id', wanted, condition !== 'false');
    }
    const companies = `filter: { segment: [SMALL_BUSINESS], createdAt: { from: "2024-03-01T00:00:00Z" } }`;
    const founded = `${expected.customers} and c.company_name <> '' and c.created_at >= '2024-03-01' order by c.company_name, c.id`;
    await same('customers', companies, 'id', founded);
  });

  test('lines that wait to be shipped, below each product', async () => {
    const { products } = (await ask(
      `{ products(first: 100) { nodes { sku openOrderLines { totalCount nodes { id } } } } }`,
    )) as { products: { nodes: unknown[] } };
    const open = `select json_build_object('sku', s.sku, 'openOrderLines', json_build_object('totalCount', count(l.id), 'nodes',
      coalesce(json_agg(json_build_object('id', l.id) order by l.created_at, l.id) filter (where l.id is not null), '[]'))) as value
      from expected.sold s left join expected.line l on l.sku = s.sku and l.shipped_quantity < l.quantity and l.status <> 'canceled'
      group by s.sku order by s.sku limit 100`;
    assert.deepEqual(products.nodes, await medusa.expect(open));
  });

  test('people are found by mail and telephone however they are written', async () => {
    const found = await ask(`{ customerByEmail(email: "PERSON12@example.COM") { name }
      customerByPhone(phone: "+49 (40) 700001") { id phone } other: customerByPhone(phone: "0049-40-700001") { id } }`);
    const value = `select json_build_object('id', id) as value from customer where phone = '0049-40-700001'`;
    const [person] = (await medusa.expect(value)) as [{ id: string }];
    const [named] = await medusa.expect(
      `select company_name as value from customer where email = 'person12@example.com'`,
    );
    const customerByPhone = { ...person, phone: '+4940700001' };
    assert.deepEqual(found, { customerByEmail: { name: named }, customerByPhone, other: person });
  });

  test('what is deleted or a draft is not there', async () => {
    const [hidden] = await medusa.expect(`select json_build_object(
      'gone', (select display_id::text from "order" where deleted_at is not null and status <> 'draft' limit 1),
      'draft', (select display_id::text from "order" where is_draft_order limit 1),
      'customer', (select id from customer where deleted_at is not null limit 1),
      'sku', (select sku from product_variant where deleted_at is not null and sku is not null limit 1)) as value`);
    const hides = await ask(
      `query ($gone: String!, $draft: String!, $customer: ID!, $sku: ID!) { gone: orderByNumber(number: $gone) { id }
        draft: orderByNumber(number: $draft) { id } none: orderByNumber(number: "10x") { id } customer(id: $customer) { id }
        product(sku: $sku) { sku } warehouse(code: "sloc_OAK") { code } }`,
      hidden as Record<string, unknown>,
    );
    assert.deepEqual(hides, { gone: null, draft: null, none: null, customer: null, product: null, warehouse: null });
  });

  test('no value of the database is one that the mapping does not know', () => assert.deepEqual(medusa.noted, []));

  async function ask(query: string, variables?: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { data, errors } = await medusa.ask(query, variables);
    assert.deepEqual(errors, undefined);
    return data as Record<string, unknown>;
  }

  /** All nodes of a connection, in pages; `root` is the field around it. */
  async function walk(
    field: string,
    args: string,
    { first, node, root }: { first: number; node: string; root?: string },
  ): Promise<unknown[]> {
    const nodes: unknown[] = [];
    const name = field.split('.').at(-1);
    for (let after: string | null = null; ; ) {
      const list: string = `${name}(first: ${first} after: ${JSON.stringify(after)} ${args})
        { totalCount pageInfo { hasNextPage endCursor } nodes { ${node} } }`;
      const data = await ask(root ? `{ at: ${root} { ${list} } }` : `{ ${list} }`);
      const page = ((root ? data.at : data) as Record<string, Connection>)[name as string] as Connection;
      nodes.push(...page.nodes);
      if (!page.pageInfo.hasNextPage) {
        assert.equal(page.totalCount, nodes.length);
        return nodes;
      }
      after = page.pageInfo.endCursor;
    }
  }

  /** Whether a list holds the same, in the same order, as the database says: values, or those of `key` in objects. */
  async function same(field: string, args: string, key: string, sql: string, some = true): Promise<void> {
    const nodes = (await walk(field, args, { first: 7, node: key })) as Record<string, unknown>[];
    const values = (await medusa.expect(sql)) as (string | Record<string, unknown>)[];
    assert.equal(values.length > 0, some, args);
    const wanted = values.map((value) => (typeof value === 'string' ? value : value[key]));
    assert.deepEqual(
      nodes.map((each) => each[key]),
      wanted,
      args,
    );
  }
});

interface Connection {
  readonly totalCount: number;
  readonly nodes: readonly unknown[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
