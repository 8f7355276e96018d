import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { customerQuery } from '../../gateway/console/app/customer/customer-query.ts';
import { until } from '../gateway/fixture.ts';
import { contains, glance, panel, requestsOf } from './customer-fixture.ts';
import { noBrowser, seriousFindings, startConsole, stopClock } from './fixture.ts';

test('the page of a customer', { skip: noBrowser, timeout: 240_000 }, async (t) => {
  const { open, junction } = await startConsole(t);
  const whale = '/customers/10001';

  await t.test('one request; each panel has its part and names its system', async () => {
    const page = await open('/');
    const requests = requestsOf(page);
    await page.goto(junction.url + whale);
    await shown(page, 'Großhandel Weiß & Söhne GmbH');
    await panel(page, 'Orders').getByRole('row').nth(10).waitFor();
    assert.deepEqual(requests(), [customerQuery]);

    const { data } = (await junction.ask(
      `{ customer(id: "10001") {
          account { balance { amount } overdue { amount } }
          overdue: invoices(filter: { overdue: true }) { totalCount }
          orders(first: 1) { totalCount nodes { number } }
        } }`,
      {},
      'agent',
    )) as { data: { customer: Asked } };
    const { account, overdue, orders } = data.customer;
    const euros = (amount: string) =>
      new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'EUR' }).format(amount as `${number}`);
    await contains(panel(page, 'Account'), `Owed now ${euros(account.balance.amount)}`);
    await contains(panel(page, 'Account'), `Of it overdue ${euros(account.overdue.amount)}`);
    await contains(glance(page), `Overdue ${euros(account.overdue.amount)} ${overdue.totalCount} invoices`);
    await contains(glance(page), 'Segment Wholesale Number 10001 Customer since 1 Nov 2020');
    await contains(glance(page), 'Open cases 1 of 45 Open orders 49 of 3,000');
    await contains(panel(page, 'Orders'), orders.nodes[0]?.number ?? '');
    await contains(panel(page, 'Invoices'), `${overdue.totalCount} overdue of`);
    await contains(panel(page, 'Profile and contact'), 'einkauf@weiss-soehne.example');
    await contains(panel(page, 'Open cases'), 'Lampe flackert New');
    await contains(panel(page, 'Notes'), 'Pays late, but always pays.');
    const origins = {
      'Profile and contact': ['CRM rest'],
      Account: ['ERP soap'],
      'Open cases': ['CRM rest'],
      Orders: ['Shop sqlite', 'Warehouse sqlite', 'ERP soap'],
      Invoices: ['ERP soap'],
      Notes: ['CRM rest'],
    };
    for (const [name, systems] of Object.entries(origins)) {
      for (const system of systems)
        await contains(panel(page, name), new RegExp(`${system} read \\d\\d:\\d\\d:\\d\\d in`));
    }
    assert.deepEqual(await seriousFindings(page), []);
  });

  await t.test(
    'a link shows the same in a new window: open orders, all cases, the timeline of one system',
    async () => {
      const page = await open('/customers/10009');
      await page.getByRole('button', { name: 'What is in order W100000009' }).click();
      await page.getByRole('checkbox', { name: 'All 1' }).check();
      await page.getByRole('button', { name: 'ERP', exact: true }).click();
      const requests = requestsOf(page);
      const { pathname, search } = new URL(page.url());
      const other = await open(pathname + search);
      for (const each of [page, other]) {
        const lines = each.getByRole('table', { name: 'Lines of order W100000009' });
        await contains(lines, 'Stool “Åre”, birch 0 of 1 Unknown to the warehouse');
        await contains(panel(each, 'Orders'), 'In transit Correos 006000076553 sent 30 Oct 2026');
        await contains(panel(each, 'All cases'), 'Wrong colour delivered Closed');
        await contains(each.getByRole('list', { name: 'Timeline' }), /^Paid by card .*ERP/);
        assert.equal(await each.getByRole('list', { name: 'Timeline' }).getByText('Shop').count(), 0);
      }
      assert.deepEqual(requests(), [], 'all of it was there');
      assert.deepEqual(await seriousFindings(other), []);
      await other.getByRole('button', { name: 'What is in order W100000009' }).press('Enter');
      await other.getByRole('table', { name: 'Lines of order W100000009' }).waitFor({ state: 'detached' });
      await other.getByRole('button', { name: 'All', exact: true }).press('Enter');
      for (const system of ['CRM', 'Shop', 'ERP']) {
        await other.getByRole('button', { name: system, exact: true }).click();
        await contains(other.getByRole('list', { name: 'Timeline' }).getByRole('listitem').first(), system);
      }
    },
  );

  await t.test('more orders and invoices come by a request of their own, each once', async () => {
    const page = await open(whale);
    await shown(page);
    const requests = requestsOf(page);
    await page.getByRole('button', { name: 'More orders' }).click();
    const orders = panel(page, 'Orders').getByRole('link');
    await until(async () => (await orders.count()) === 30);
    assert.equal(requests().length, 1);
    await page.getByRole('button', { name: 'More invoices' }).click();
    await contains(panel(page, 'Invoices'), '30 of 2,706');
    assert.equal(requests().length, 2);
    const numbers = await orders.allInnerTexts();
    assert.equal(new Set(numbers).size, 30);
    assert.deepEqual(numbers, numbers.toSorted().reverse());
    const { pathname, search } = new URL(page.url());
    assert.equal(search, '?orders=30&invoices=30');
    const other = await open(pathname + search);
    await until(async () => (await panel(other, 'Orders').getByRole('link').count()) === 30);
    // Read again, it's all there still.
    await page.getByRole('button', { name: 'Refresh' }).click();
    await until(() => requests().length === 5);
    assert.deepEqual(await orders.allInnerTexts(), numbers);
  });

  await t.test('it is read again every 30 seconds, and what is there stays meanwhile', async () => {
    const page = await open('/');
    await page.clock.install();
    await page.goto(junction.url + whale);
    await shown(page);
    const requests = requestsOf(page);
    const loading = page.getByText('Loading…');
    await stopClock(page);
    await page.clock.runFor(30_000);
    await until(() => requests().length > 0);
    assert.equal(requests().length, 1);
    assert.equal(await loading.count(), 0);
    await contains(glance(page), 'Open orders 49');
  });

  await t.test('the ERP goes down while one looks: its panels say so, the others stand; then it is back', async () => {
    const page = await open('/customers/10009');
    await shown(page, 'José Ángel Núñez');
    await contains(panel(page, 'Account'), 'Owed now');
    await junction.stopSystem('finance');
    await page.getByRole('button', { name: 'Refresh' }).click();
    for (const name of ['Account', 'Invoices']) {
      await contains(panel(page, name), 'Not available ERP can’t be reached or failed');
    }
    await contains(glance(page), 'Overdue ERP not available');
    await contains(panel(page, 'Orders'), /W100000009 28 Oct 2026 Processing In part – €275.98/);
    await contains(panel(page, 'Orders'), 'Payment: ERP can’t be reached or failed');
    await contains(panel(page, 'Timeline'), 'Invoices and payments: ERP can’t be reached or failed');
    await contains(panel(page, 'Profile and contact'), 'jose.nunez@example.com');
    await contains(panel(page, 'Notes'), 'Pays late');
    assert.deepEqual(await seriousFindings(page), []);
    await junction.startSystem('finance');
    // By itself, sooner than while all is well.
    await contains(panel(page, 'Account'), 'Owed now');
    await contains(panel(page, 'Orders'), /W100000009 28 Oct 2026 Processing In part Not invoiced €275.98/);
  });

  await t.test(
    'who may not see customers is told so, and which right it takes; who may see a part sees that',
    async () => {
      const dashboard = await open('/customers/10009', { as: 'dashboard' });
      await dashboard.getByRole('heading', { name: 'This customer is not for you' }).waitFor();
      await dashboard.getByText('requires the scope customer:read').waitFor();
      assert.equal(await dashboard.getByText('Núñez').count(), 0);
      assert.deepEqual(await seriousFindings(dashboard), []);

      const reporting = await open('/customers/10009', { as: 'reporting' });
      await shown(reporting, 'José Ángel Núñez');
      await contains(
        panel(reporting, 'Open cases'),
        'Not for you Not allowed: Customer.cases requires the scope support:read.',
      );
      await contains(panel(reporting, 'Notes'), 'Not for you');
      await contains(glance(reporting), 'Open cases Not for you');
      await contains(panel(reporting, 'Profile and contact'), 'Mail, telephone and addresses: not for you');
      await contains(panel(reporting, 'Account'), 'Owed now');
      assert.deepEqual(await seriousFindings(reporting), []);
    },
  );

  await t.test(
    'a customer whom nobody knows, one without an account, one in another currency and writing',
    async () => {
      const missing = await open('/customers/99999');
      await missing.getByRole('heading', { name: 'There is no customer 99999' }).waitFor();
      assert.deepEqual(await seriousFindings(missing), []);
      const noAccount = await open('/customers/10003');
      await contains(panel(noAccount, 'Account'), 'The ledger keeps no account of this customer.');
      await contains(panel(noAccount, 'Invoices'), 'No invoice has been issued');
      const yen = await open('/customers/10005', { locale: 'ja-JP' });
      await shown(yen, '佐藤 花子');
      await contains(panel(yen, 'Orders'), /W100018508 2026\/08\/11 Completed All Paid ￥13,955/);
    },
  );

  await t.test('on a phone, dark', async () => {
    const page = await open('/customers/10009?order=W100000009', {
      theme: 'dark',
      viewport: { width: 390, height: 844 },
    });
    await shown(page, 'José Ángel Núñez');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    assert.deepEqual(await seriousFindings(page), []);
  });

  await t.test('Junction is gone: what was there stays, with a word on how old it is', async () => {
    const page = await open('/customers/10009');
    await shown(page, 'José Ángel Núñez');
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('status').getByText('Junction can’t be reached.').waitFor();
    await contains(panel(page, 'Account'), 'Owed now');
    assert.deepEqual(await seriousFindings(page), []);
    await page.context().setOffline(false);
    await page.getByText('Junction can’t be reached.').waitFor({ state: 'detached' });
  });

  await t.test('the CRM is down: the page says so, or how old it is, and shows by itself when it is back', async () => {
    const looking = await open('/customers/10009');
    await shown(looking, 'José Ángel Núñez');
    await junction.stopSystem('customers');
    await looking.getByRole('button', { name: 'Refresh' }).click();
    await looking.getByRole('status').getByText('CRM can’t be reached.').waitFor();
    await contains(panel(looking, 'Orders'), 'W100000009');
    assert.deepEqual(await seriousFindings(looking), []);

    const page = await open('/customers/10009');
    await page.getByRole('heading', { name: 'CRM is not available' }).waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await junction.startSystem('customers');
    await shown(page, 'José Ángel Núñez');
    await looking.getByText('CRM can’t be reached.').waitFor({ state: 'detached' });
  });
});

interface Asked {
  readonly account: { readonly balance: { readonly amount: string }; readonly overdue: { readonly amount: string } };
  readonly overdue: { readonly totalCount: number };
  readonly orders: { readonly nodes: readonly { readonly number: string }[] };
}

/** Waits until the customer shows. */
async function shown(page: Page, name = 'Großhandel Weiß & Söhne GmbH'): Promise<void> {
  await page.getByRole('heading', { level: 1, name }).waitFor();
}
