import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { until } from '../gateway/fixture.ts';
import { contains, panel } from './customer-fixture.ts';
import { noBrowser, seriousFindings, startConsole } from './fixture.ts';

test('what may get in the way of a reader', { skip: noBrowser, timeout: 180_000 }, async (t) => {
  const { browser, open, junction } = await startConsole(t);

  await t.test('a slow answer is waited for, however long it takes', async () => {
    const page = await open('/');
    await page.clock.install();
    let asked = 0;
    let answer: (() => void) | undefined;
    const canceled: string[] = [];
    page.on('requestfailed', (request) => canceled.push(request.url()));
    await page.route('**/graphql', async (route) => {
      asked += 1;
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      await route.continue();
    });
    await page.goto(`${junction.url}/customers/10009`);
    await until(() => asked === 1);
    await page.clock.runFor(120_000);
    // Whatever it did in that time is known when another of its requests is.
    await page.evaluate(() => fetch('/health/live'));
    assert.deepEqual([asked, canceled], [1, []]);
    answer?.();
    await page.getByRole('heading', { level: 1, name: 'José Ángel Núñez' }).waitFor();
  });

  await t.test('something between here and Junction that answers in its place takes nothing away', async () => {
    const page = await open('/customers/10009');
    await contains(panel(page, 'Account'), 'Owed now');
    await page.route('**/graphql', (route) =>
      route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
    );
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('status').getByText('Junction does not answer in time.').waitFor();
    await contains(panel(page, 'Account'), 'Owed now');
  });

  await t.test('a page whose code can’t be had any more says so, and the others stand', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(junction.url);
    await page.route('**/assets/overview-page-*', (route) => route.fulfill({ status: 404 }));
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'This page could not be shown' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('link', { name: 'Customer', exact: true }).click();
    await page.getByRole('searchbox').waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.unroute('**/assets/overview-page-*');
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await context.close();
  });

  await t.test('an address that names nothing opens the page all the same', async () => {
    const page = await open('/orders/W100018870#100%');
    await contains(panel(page, 'What was ordered'), 'Vase');
  });

  await t.test('days are typed by keyboard as they are, and the field keeps the focus', async () => {
    const page = await open('/overview?from=2026-08-01&to=2026-10-31');
    await page.getByLabel('From', { exact: true }).focus();
    // The same in all orders of day and month.
    await page.keyboard.type('03032026', { delay: 50 });
    await page.waitForURL('**/overview?from=2026-03-03&to=2026-10-31');
    assert.deepEqual(await focused(page), ['INPUT', '2026-03-03']);
    await page.getByRole('button', { name: '30 days' }).click();
    await until(async () => (await page.getByLabel('From', { exact: true }).inputValue()) !== '2026-03-03');
  });

  await t.test('going through a list, the focus stays in it', async () => {
    const page = await open('/overview?show=waiting');
    const rows = panel(page, 'Orders waiting');
    const isInside = () => page.evaluate(() => document.activeElement?.closest('.overview-rows') !== null);
    await rows.getByRole('link', { name: 'Next page' }).press('Enter');
    await contains(rows, '21–40 of');
    assert.ok(await isInside(), 'after another page');
    await rows.getByRole('button', { name: 'On hold', exact: true }).press('Enter');
    await contains(rows, '1–20 of 90');
    assert.ok(await isInside(), 'after a choice');
  });

  await t.test('a list that has as many rows as it may have offers no more', async () => {
    const page = await open('/customers/10001?orders=500');
    await contains(panel(page, 'Orders'), 'The latest 500 of 3,000');
    assert.equal(await page.getByRole('button', { name: 'More orders' }).count(), 0);
    await page.getByRole('button', { name: 'More invoices' }).waitFor();
  });

  await t.test('the timeline says where it ends before all is told', async () => {
    const page = await open('/customers/10009?timeline=orders');
    const timeline = panel(page, 'Timeline');
    await contains(timeline, 'Order W100000009 placed');
    const earlier = timeline.getByRole('button', { name: 'Show earlier ones' });
    while ((await earlier.count()) > 0) await earlier.click();
    await contains(timeline, /more happened than was read for this page\.$/);
  });

  await t.test('who is not there any more is not among those whom one looked at', async () => {
    const page = await open('/');
    await page.evaluate(() =>
      localStorage.setItem(
        'junction:recent:demo:agent',
        '[{"id":"99999","name":"Gone"},{"id":"10008","name":"Zoë Müller"}]',
      ),
    );
    await page.goto(`${junction.url}/customers/99999`);
    await page.getByRole('heading', { name: 'There is no customer 99999' }).waitFor();
    await page.getByRole('link', { name: 'Search' }).click();
    const recent = page.getByRole('region', { name: 'Looked at last' });
    await contains(recent, 'Zoë Müller');
    assert.equal(await recent.getByText('Gone').count(), 0);
    await recent.getByRole('button', { name: 'Forget these' }).press('Enter');
    await page.locator('input[type=search]:focus').waitFor();
  });

  await t.test('nothing serious to find while pages load, and in the open menu', async () => {
    const page = await open('/');
    await page.route(/\/(graphql|systems\.json)$/, () => {});
    for (const path of ['/customers/10001', '/orders/W100018870', '/overview?show=cases', '/systems', '/?q=abc']) {
      await page.goto(junction.url + path);
      await page.getByText('Loading…').first().waitFor();
      assert.deepEqual(await seriousFindings(page), [], path);
    }
    await page.getByRole('button', { name: 'Asks as agent' }).click();
    await page.getByRole('dialog', { name: 'Who asks' }).waitFor();
    assert.deepEqual(await seriousFindings(page), [], 'the menu');
  });
});

/** What has the focus, and what stands in it. */
function focused(page: Page): Promise<(string | undefined)[]> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement | null;
    return [element?.tagName, element?.value];
  });
}
