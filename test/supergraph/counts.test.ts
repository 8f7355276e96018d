import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Junction, ready, startJunction } from './junction.ts';

// How often each system is asked: once for each full batch of distinct keys and level, whatever the number of rows.

let junction: Junction;
before(async () => {
  junction = await startJunction();
});
after(() => junction.close());

/** How many of the calls are about each of these, in the order given. */
function count(calls: readonly string[], ...subjects: readonly string[]): number[] {
  return subjects.map((subject) => calls.filter((call) => call.includes(subject)).length);
}

test('the customer view: five fetches, and one call for each kind of thing', async () => {
  junction.calls();
  const { errors } = await junction.ask(ready('customer-view'), { id: '10001' });
  assert.equal(errors, undefined);
  assert.deepEqual(junction.fetches().toSorted(), ['customers', 'finance', 'finance', 'inventory', 'orders']);
  const calls = junction.calls();
  assert.deepEqual(calls.customers.toSorted(), ['POST /cases/by-contact', 'POST /contacts/batch-read']);
  assert.deepEqual(calls.finance.toSorted(), [
    'ReadAccountsByCustomer',
    'ReadInvoicesByOrder',
    'ReadOrderBilling',
    'ReadPaymentsByInvoice',
  ]);
  const { orders, inventory } = calls;
  assert.deepEqual(count(orders, 'count(*)', 'sales_order_item', 'sales_shipment'), [1, 1, 1]);
  assert.equal(orders.length, 4, 'the page of orders, their number, their lines, their shipments');
  assert.deepEqual(count(inventory, 'from "MITMAS"', 'from "MITBAL"', 'from "MITWHL"'), [1, 1, 1]);
  assert.equal(inventory.length, 3);
});

test('100 customers with their orders: as many calls as there are batches of keys', async () => {
  const one = ready('customer-view');
  const hundred = one
    .replace('query CustomerView($id: ID!)', 'query Hundred')
    .replace('customer(id: $id) {', 'customers(first: 100, orderBy: { field: CREATED_AT }) { nodes {')
    .replace(/\}\s*$/, '} }');
  junction.calls();
  junction.fetches();
  const { data, errors } = await junction.ask(hundred);
  assert.equal(errors, undefined);
  const { customers } = data as unknown as Hundred;
  const orders = customers.nodes.flatMap((customer) => customer.orders.nodes);
  const lines = orders.flatMap((order) => order.lines);
  const invoices = orders.flatMap((order) => order.invoices);
  const skus = new Set(lines.flatMap(({ product }) => product?.sku ?? []));
  assert.deepEqual([customers.nodes.length, orders.length >= 900], [100, true], `${orders.length} orders`);

  assert.equal(junction.fetches().length, 5);
  const calls = junction.calls();
  assert.deepEqual(calls.customers.toSorted(), ['GET /contacts', 'POST /cases/by-contact']);
  assert.deepEqual(
    count(calls.finance, 'ReadAccountsByCustomer', 'ReadOrderBilling', 'ReadInvoicesByOrder', 'ReadPaymentsByInvoice'),
    [1, batches(orders, 100), batches(orders, 100), batches(invoices, 100)],
  );
  assert.deepEqual(count(calls.orders, 'order by', 'count(*)', 'sales_order_item', 'sales_shipment'), [
    1,
    1,
    batches(orders, 250),
    batches(orders, 250),
  ]);
  assert.deepEqual(count(calls.inventory, 'from "MITMAS"', 'from "MITBAL" where', 'from "MITWHL"'), [
    batches([...skus], 250),
    batches([...skus], 250),
    1,
  ]);
});

function batches(keys: readonly unknown[], size: number): number {
  return Math.ceil(keys.length / size);
}

interface Hundred {
  readonly customers: {
    readonly nodes: readonly {
      readonly orders: {
        readonly nodes: readonly {
          readonly lines: readonly { readonly product: { readonly sku: string } | null }[];
          readonly invoices: readonly unknown[];
        }[];
      };
    }[];
  };
}
