import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderQuery } from '../../gateway/console/app/customer/order-query.ts';
import { productQuery } from '../../gateway/console/app/customer/product-query.ts';
import { contains, glance, panel, requestsOf } from './customer-fixture.ts';
import { noBrowser, seriousFindings, startConsole } from './fixture.ts';

test('the pages of an order and of a product', { skip: noBrowser, timeout: 240_000 }, async (t) => {
  const { open, junction } = await startConsole(t);

  await t.test('an order, by one request: lines, statuses, parcels, invoices, and whose it is', async () => {
    const page = await open('/');
    const requests = requestsOf(page);
    await page.goto(`${junction.url}/orders/W100018870`);
    await contains(panel(page, 'Customer'), 'Weiß GmbH Wholesale · 11848 Mail weiss.11848@example.org');
    assert.deepEqual(requests(), [orderQuery]);
    await contains(glance(page), 'Total €879.26 31 Aug 2026, 03:53 Status Completed Sent Fulfilled Payment Paid');
    await contains(panel(page, 'What was ordered'), 'Vase “Été”, oak VAS-0280 33 of 33');
    await contains(panel(page, 'What was ordered'), 'Goods €738.87 Shipping €0.00 Tax €140.39 Total €879.26');
    const steps = await page.getByRole('list', { name: 'Statuses' }).getByRole('listitem').allInnerTexts();
    assert.deepEqual(
      steps.map((text) => text.split('\n')[0]),
      ['Pending', 'Processing', 'Completed'],
    );
    assert.equal(await page.locator('[aria-current=step]').innerText(), steps[2]);
    await contains(panel(page, 'Parcels'), 'Delivered La Poste 005021753731 sent 31 Aug 2026, delivered 2 Sept 2026');
    await contains(panel(page, 'Invoices'), 'RE-2026-037739 31 Aug 2026 30 Sept 2026 Paid Direct debit, 24 Sept 2026');
    assert.deepEqual(await seriousFindings(page), []);
  });

  await t.test('the margin is for those who may see it', async () => {
    const page = await open('/orders/W100018870');
    await contains(glance(page), 'Margin Not for you');
    const supervisor = await open('/orders/W100018870', { as: 'supervisor' });
    await contains(glance(supervisor), /Margin -?€\d/);
  });

  await t.test('the dashboard sees the order, and of the customer that it is not for it', async () => {
    const page = await open('/orders/W100018870', { as: 'dashboard', theme: 'dark' });
    const customer = panel(page, 'Customer');
    await contains(customer, 'Not for you Not allowed: Order.customer requires the scope customer:read.');
    assert.equal(await customer.getAttribute('data-state'), 'forbidden');
    await contains(panel(page, 'Invoices'), 'RE-2026-037739');
    await contains(panel(page, 'What was ordered'), 'Vase');
    assert.equal(await page.getByText('Weiß GmbH').count(), 0);
    assert.deepEqual(await seriousFindings(page), []);
  });

  await t.test('customer, order, product and waiting orders lead to each other', async () => {
    const page = await open('/customers/10009?order=W100000009');
    await page.getByRole('link', { name: 'Chair “Límite”, black' }).click();
    await page.waitForURL(/\/products\/CHR-0145$/);
    const waiting = page.getByRole('table', { name: 'Orders that wait for it' });
    await waiting.getByRole('link', { name: 'W100019953' }).click();
    await page.waitForURL(/\/orders\/W100019953$/);
    await panel(page, 'Customer').getByRole('link', { name: 'Jürgen Jäger' }).click();
    await page.waitForURL(/\/customers\/11960$/);
    await page.getByRole('heading', { level: 1, name: 'Jürgen Jäger' }).waitFor();
    await page.goto(`${junction.url}/customers/10009`);
    const invoice = panel(page, 'Invoices').getByRole('row', { name: /RE-2026-039457/ });
    await invoice.getByRole('link', { name: 'W100019729' }).click();
    await page.waitForURL(/\/orders\/W100019729#invoice-\d+$/);
    await page.getByText('RE-2026-039457').waitFor();
    assert.equal(`#${await page.getByText('RE-2026-039457').getAttribute('id')}`, new URL(page.url()).hash);
  });

  await t.test('what is to be sent still, and whether it is there; a product that nobody knows any more', async () => {
    const page = await open('/orders/W100000009');
    await contains(panel(page, 'What was ordered'), 'Rug “Łan”, white RUG-0054 1 of 1 232 in stock');
    await contains(panel(page, 'What was ordered'), 'Stool “Åre”, birch 0 of 1 Unknown to the warehouse');
    await contains(panel(page, 'Invoices'), 'No invoice has been issued for it.');
    const waits = await open('/orders/W100020000');
    await contains(panel(waits, 'What was ordered'), 'Chair “Vega”, white CHR-0217 0 of 22 22 of 22 available');
    await contains(glance(waits), 'What is left is in stock');
    const short = await open(`/orders/${await shortOrder()}`);
    await contains(panel(short, 'What was ordered'), /\d+ of \d+ available Below reorder point/);
    await contains(glance(short), 'What is left is not all in stock');
  });

  await t.test('a product, by one request: stock by warehouse, movements, and who waits for it', async () => {
    const page = await open('/');
    const requests = requestsOf(page);
    await page.goto(`${junction.url}/products/CHR-0145`);
    await contains(
      page.getByRole('table', { name: 'Stock by warehouse' }),
      'Zentrallager Hamburg Hamburg, Germany 205 2 0 203 53',
    );
    assert.deepEqual(requests(), [productQuery]);
    await contains(glance(page), 'Available 261 266 on hand Waiting orders 2 Group Seating CHR-0145 Weight 6.44 kg');
    await contains(glance(page), 'Costs us Not for you');
    await contains(panel(page, 'Movements'), '+10 Receipt PO40527 20 Oct 2026 · Zentrallager Hamburg');
    await panel(page, 'Movements').getByRole('link', { name: 'W100019095' }).waitFor();
    await contains(panel(page, 'Orders that wait for it'), 'W100007738 29 Dec 2024 On hold Ulrike Weiß 1');
    assert.deepEqual(await seriousFindings(page), []);
    const dashboard = await open('/products/CHR-0145', { as: 'dashboard' });
    await contains(panel(dashboard, 'Orders that wait for it'), 'Customers: not for you');
    const customer = await open('/products/CHR-0145', { as: 'customer' });
    await contains(panel(customer, 'Stock by warehouse'), 'requires the scope inventory:read');
    assert.deepEqual(await seriousFindings(customer), []);
  });

  await t.test('an order and a product that nobody knows', async () => {
    for (const [path, heading] of [
      ['/orders/W1', 'There is no order W1'],
      ['/products/X%2F1', 'There is no product X/1'],
    ] as const) {
      const page = await open(path);
      await page.getByRole('heading', { name: heading }).waitFor();
      assert.deepEqual(await seriousFindings(page), []);
      await page.getByRole('link', { name: 'Search' }).click();
      await page.getByRole('searchbox').waitFor();
    }
  });

  await t.test('on a phone, dark', async () => {
    for (const path of ['/orders/W100018870', '/products/CHR-0145']) {
      const page = await open(path, { theme: 'dark', viewport: { width: 390, height: 844 } });
      await glance(page).getByText('Not for you').waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, path);
      assert.deepEqual(await seriousFindings(page), [], path);
    }
  });

  await t.test('CRM and ERP are down: what is theirs says so, the rest of the order stands', async () => {
    const page = await open('/orders/W100018870');
    await contains(panel(page, 'Customer'), 'Weiß GmbH');
    await junction.stopSystem('customers');
    await junction.stopSystem('finance');
    await page.getByRole('button', { name: 'Refresh' }).click();
    await contains(panel(page, 'Customer'), 'Not available CRM can’t be reached');
    await contains(panel(page, 'Invoices'), 'Not available ERP can’t be reached');
    await contains(glance(page), 'Payment ERP not available');
    await contains(panel(page, 'What was ordered'), 'Vase');
    assert.deepEqual(await seriousFindings(page), []);
    await junction.startSystem('customers');
    await junction.startSystem('finance');
    await contains(panel(page, 'Customer'), 'Weiß GmbH');
    await contains(panel(page, 'Invoices'), 'RE-2026-037739');
  });

  /** An order that waits for more than there is. */
  async function shortOrder(): Promise<string> {
    const { data } = (await junction.ask(
      `{ products(filter: { belowReorderPoint: true }, first: 100) { nodes {
          available openOrderLines(first: 100) { nodes { quantity quantityShipped order { number canShip } } }
        } } }`,
      {},
      'agent',
    )) as unknown as { data: { products: { nodes: readonly Short[] } } };
    const numbers = data.products.nodes.flatMap(({ available, openOrderLines: { nodes } }) =>
      nodes.flatMap(({ quantity, quantityShipped, order }) =>
        quantity - quantityShipped > Math.max(0, available) && order.canShip === false ? [order.number] : [],
      ),
    );
    assert.ok(numbers[0], 'the demo company has such an order');
    return numbers[0];
  }
});

interface Short {
  readonly available: number;
  readonly openOrderLines: {
    readonly nodes: readonly {
      readonly quantity: number;
      readonly quantityShipped: number;
      readonly order: { readonly number: string; readonly canShip: boolean | null };
    }[];
  };
}
