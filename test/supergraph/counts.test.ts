import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type DatabaseServer, databases } from '../servers/databases.ts';
import { type Junction, ready, startJunction } from './junction.ts';

// How often each system is asked: once for each full batch of distinct keys and level, whatever the number of rows.

/** A page of a list has a LIMIT; a list that is read whole has none. */
const pages = / limit \d/;

/** The warehouse's tables, in whichever quotes; a sum over the stock of each product (`b`) is part of the product. */
const products = /from ("public"\.)?.MITMAS./;
const stock = /from ("public"\.)?.MITBAL.(?! b\b)/;
const warehouses = /from ("public"\.)?.MITWHL./;

for (const { name, skip, start } of databases) {
  describe(`shop and warehouse on ${name}`, { skip }, () => {
    let junction: Junction;
    let server: DatabaseServer | undefined;
    before(async () => {
      server = await start();
      junction = await startJunction({ database: server });
    });
    after(async () => {
      await junction?.close();
      await server?.stop();
    });

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
      assert.deepEqual(count(orders, /count\(\*\)/, 'sales_order_item', 'sales_shipment'), [1, 1, 1]);
      assert.equal(orders.length, 4, 'the page of orders, their number, their lines, their shipments');
      assert.deepEqual(count(inventory, products, stock, warehouses), [1, 1, 1]);
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
        count(
          calls.finance,
          'ReadAccountsByCustomer',
          'ReadOrderBilling',
          'ReadInvoicesByOrder',
          'ReadPaymentsByInvoice',
        ),
        [1, batches(orders, 100), batches(orders, 100), batches(invoices, 100)],
      );
      assert.deepEqual(count(calls.orders, pages, /count\(\*\)/, 'sales_order_item', 'sales_shipment'), [
        1,
        1,
        batches(orders, 250),
        batches(orders, 250),
      ]);
      assert.deepEqual(count(calls.inventory, products, stock, warehouses), [
        batches([...skus], 250),
        batches([...skus], 250),
        1,
      ]);
    });
  });
}

/** How many of the calls are about each of these, in the order given. */
function count(calls: readonly string[], ...subjects: readonly (string | RegExp)[]): number[] {
  return subjects.map((subject) => calls.filter((call) => call.search(subject) >= 0).length);
}

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
