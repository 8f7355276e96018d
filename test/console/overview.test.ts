import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { overviewQuery } from '../../gateway/console/app/overview/overview-query.ts';
import { stockQuery } from '../../gateway/console/app/overview/rows-query.ts';
import { until } from '../gateway/fixture.ts';
import { contains, panel, requestsOf } from './customer-fixture.ts';
import { noBrowser, seriousFindings, startConsole, stopClock } from './fixture.ts';

const wide = { viewport: { width: 1440, height: 900 } };

test('the overview', { skip: noBrowser, timeout: 280_000 }, async (t) => {
  const { junction, open } = await startConsole(t);

  await t.test('its numbers are those that the graph has', async () => {
    const page = await open('/overview?from=2026-01-01&to=2026-10-31&as=table', wide);
    const counted = 'filter: { status: [PENDING, PROCESSING, ON_HOLD, COMPLETED] }';
    const { data } = (await junction.ask(
      `{
        year: orderTotals(${counted}, periods: [{ from: "2025-12-31T23:00:00.000Z", before: "2026-10-31T23:00:00.000Z" }]) {
          count total { amount currencyCode }
        }
        march: orderTotals(${counted}, periods: [{ from: "2026-02-28T23:00:00.000Z", before: "2026-03-31T22:00:00.000Z" }]) {
          count total { amount currencyCode }
        }
        waiting: orders(first: 1, filter: { status: [PENDING, PROCESSING, ON_HOLD] }) { totalCount }
        held: orders(first: 1, filter: { status: [ON_HOLD] }) { totalCount }
        cases: supportCases(first: 1, filter: { status: [NEW, OPEN, WAITING] }) { totalCount }
        overdue: invoices(first: 1, filter: { overdue: true }) { totalCount }
        receivables { overdue { amount currencyCode } }
        stock: products(first: 1, filter: { belowReorderPoint: true }) { totalCount }
      }`,
      {},
      'agent',
    )) as unknown as { data: Truth };
    const year = card(page, 'Orders and revenue');
    await contains(year, number(data.year.reduce((sum, { count }) => sum + count, 0)));
    assert.equal(data.year.length, 4);
    for (const { total } of data.year) await contains(year, money(total));
    await contains(card(page, 'Orders waiting'), number(data.waiting.totalCount));
    await contains(card(page, 'Orders waiting'), `${number(data.held.totalCount)} on hold`);
    await contains(card(page, 'Open cases'), number(data.cases.totalCount));
    await contains(card(page, 'Overdue invoices'), number(data.overdue.totalCount));
    for (const { overdue } of data.receivables) await contains(card(page, 'Overdue invoices'), money(overdue));
    await contains(card(page, 'Products to reorder'), number(data.stock.totalCount));
    // March has an hour less there.
    const march = panel(page, 'Orders').getByRole('row', { name: 'March 2026' });
    await contains(march, `March 2026 ${number(data.march.reduce((sum, { count }) => sum + count, 0))} `);
    for (const { total } of data.march) {
      await page.getByRole('button', { name: total.currencyCode, exact: true }).click();
      const revenue = panel(page, `Revenue in ${total.currencyCode}`).getByRole('row', { name: 'March 2026' });
      await contains(revenue, money(total));
    }
    assert.deepEqual(await seriousFindings(page), []);
  });

  await t.test('a range and a list that are chosen stand in the address bar', async () => {
    const page = await open('/overview?from=2026-08-01&to=2026-10-31', wide);
    await contains(card(page, 'Orders waiting'), 'on hold');
    await page.getByLabel('From', { exact: true }).fill('2026-09-01');
    await page.getByRole('button', { name: 'USD', exact: true }).click();
    await page.getByRole('link', { name: 'Orders waiting' }).click();
    await page.getByRole('button', { name: 'On hold', exact: true }).click();
    const rows = panel(page, 'Orders waiting');
    await contains(rows, '1–20 of 90');
    await rows.getByRole('link', { name: 'Next page' }).click();
    await contains(rows, '21–40 of 90');
    const pasted = await open(page.url().slice(junction.url.length), wide);
    await contains(panel(pasted, 'Orders waiting'), '21–40 of 90');
    for (const part of [card, panel]) {
      const text = async (of: Page) =>
        (await part(of, 'Orders waiting').innerText()).replace(/(read|in) [\d:. ms]+/g, '');
      assert.equal(await text(pasted), await text(page));
    }
    await contains(panel(pasted, 'Revenue in USD'), '1 Jul – 31 Aug 2026');
    assert.equal(await pasted.getByLabel('From', { exact: true }).inputValue(), '2026-09-01');
    const [order] = await rows.getByRole('link', { name: /^W\d+$/ }).allInnerTexts();
    await rows.getByRole('link', { name: order ?? '' }).click();
    await page.waitForURL(`**/orders/${order}`);
  });

  await t.test('a chart tells the values of what is pointed at', async () => {
    const page = await open('/overview?from=2026-10-01&to=2026-10-30', wide);
    const chart = panel(page, 'Orders').getByRole('img', {
      name: /^Orders from 1 – 30 Oct 2026 by day: \d+, and \d+ in 1 – 30 Sept? 2026/,
    });
    const box = await chart.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width - 10, box.y + box.height / 2);
    await contains(
      panel(page, 'Orders').locator('figcaption'),
      /^Fri,? 30 Oct 2026 Orders ?\d+ 1 – 30 Sept? 2026 ?\d+$/,
    );
    await page.setViewportSize({ width: 700, height: 900 });
    await until(async () => ((await chart.locator('canvas').boundingBox())?.width ?? 9999) < 700);
    // uPlot comes with this page alone.
    const scripts = (of: Page) => of.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    assert.ok((await scripts(page)).some((name) => name.includes('/overview-page-')));
    assert.ok(!(await scripts(await open('/'))).some((name) => name.includes('/overview-page-')));
  });

  await t.test('cards are opened and closed by keyboard', async () => {
    const page = await open('/overview', wide);
    const requests = requestsOf(page)();
    await page.getByRole('link', { name: 'Products to reorder' }).focus();
    await page.keyboard.press('Enter');
    await contains(panel(page, 'Products to reorder'), '1–20 of 50');
    assert.equal(await page.evaluate(() => document.activeElement?.className), 'overview-rows');
    assert.deepEqual(requests, [stockQuery]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until(async () => (await panel(page, 'Products to reorder').count()) === 0);
    assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ''), /^Products to reorder/);
  });

  await t.test('cases are there by priority', async () => {
    const page = await open('/overview?show=cases', wide);
    const cases = panel(page, 'Open cases');
    await contains(cases, 'Urgent 5');
    const priorities = await cases.getByRole('row').locator('td:first-child').allInnerTexts();
    assert.deepEqual(priorities.slice(0, 6), ['Urgent', 'Urgent', 'Urgent', 'Urgent', 'Urgent', 'High']);
    await cases.getByRole('button', { name: 'Low' }).click();
    await contains(cases, '1–20 of 23');
    assert.deepEqual(await seriousFindings(page), []);
  });

  await t.test('it asks again by itself, once for each part, and not while nobody looks', async () => {
    const page = await open('/overview', wide);
    await page.clock.install();
    const requests = requestsOf(page)();
    await page.goto(`${junction.url}/overview?show=stock`, { waitUntil: 'networkidle' });
    await contains(panel(page, 'Products to reorder'), 'of 50');
    assert.deepEqual(requests.toSorted(), [overviewQuery, stockQuery].toSorted());
    await stopClock(page);
    await page.clock.runFor(15_000);
    await until(() => requests.length === 4);
    await page.waitForLoadState('networkidle');
    await look(page, 'hidden');
    await page.clock.runFor(60_000);
    assert.equal(requests.length, 4);
    await look(page, 'visible');
    await until(() => requests.length === 6);
    assert.deepEqual(requests.slice(4).toSorted(), [overviewQuery, stockQuery].toSorted());
  });

  await t.test('who may not see a part is told so', async () => {
    const page = await open('/overview?show=waiting', { as: 'dashboard', theme: 'dark', ...wide });
    await contains(card(page, 'Open cases'), 'Not for you');
    const rows = panel(page, 'Orders waiting');
    await contains(rows, 'Customers: not for you');
    assert.deepEqual(await rows.getByRole('columnheader').allInnerTexts(), [
      'Order',
      'Placed',
      'Status',
      'Fulfilment',
      'Total',
    ]);
    assert.deepEqual(await seriousFindings(page), []);
    const nobody = await open('/overview?show=cases', { as: 'customer', ...wide });
    await contains(panel(nobody, 'Open cases'), 'requires the scope support:read');
    await contains(panel(nobody, 'Orders'), 'requires the scope order:read');
    await contains(card(nobody, 'Products to reorder'), '50');
    assert.deepEqual(await seriousFindings(nobody), []);
  });

  await t.test('a time without orders leads to one with some', async () => {
    const page = await open('/overview?from=2027-01-01&to=2027-01-31', wide);
    const orders = panel(page, 'Orders');
    await contains(orders, 'No orders in this time (1 – 31 Jan 2027). The last one was placed on 1 Nov 2026.');
    assert.deepEqual(await seriousFindings(page), []);
    await orders.getByRole('button', { name: 'Show the 30 days up to then' }).click();
    await orders.getByRole('img').waitFor();
    assert.match(page.url(), /from=2026-10-03&to=2026-11-01/);
  });

  await t.test('on a phone and on a wall', async () => {
    const phone = await open('/overview?show=overdue', { theme: 'dark', viewport: { width: 390, height: 844 } });
    await contains(panel(phone, 'Overdue invoices'), '1–20 of 785');
    assert.equal(await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    assert.deepEqual(await seriousFindings(phone), []);
    const wall = await open('/overview?view=wall', { as: 'dashboard', viewport: { width: 1920, height: 1080 } });
    await contains(card(wall, 'Orders waiting'), '90 on hold');
    assert.equal(await wall.getByRole('navigation').count(), 0);
    assert.equal(await wall.evaluate(() => document.documentElement.scrollHeight - innerHeight), 0);
    assert.deepEqual(await seriousFindings(wall), []);
    await wall.keyboard.press('Escape');
    await wall.getByRole('navigation', { name: 'Pages' }).waitFor();
  });

  await t.test('a part whose system is down says so, and the others stand', async () => {
    const page = await open('/overview?from=2026-08-01&to=2026-10-31&show=overdue', wide);
    await contains(panel(page, 'Overdue invoices'), '1–20 of 785');
    await junction.stopSystem('finance');
    const refresh = page.getByRole('button', { name: 'Refresh' });
    await refresh.click();
    await contains(card(page, 'Overdue invoices'), 'ERP can’t be reached or failed');
    await contains(card(page, 'Orders waiting'), '90 on hold');
    await contains(card(page, 'Products to reorder'), '50');
    await panel(page, 'Orders').getByRole('img').waitFor();
    const anew = await open('/overview?show=overdue', wide);
    await contains(panel(anew, 'Overdue invoices'), 'Not available');
    assert.deepEqual(await seriousFindings(anew), []);
    await junction.startSystem('finance');
    await until(async () => {
      await refresh.click();
      await page.waitForLoadState('networkidle');
      return (await card(page, 'Overdue invoices').innerText()).includes('785');
    });
  });

  await t.test('without Junction it keeps what is there, and says that it is older', async () => {
    const page = await open('/overview', wide);
    await page.route('**/graphql', (route) => route.abort());
    await page.getByRole('button', { name: 'Refresh' }).click();
    await contains(page.locator('main'), 'What you see is older.');
    await contains(card(page, 'Orders waiting'), '90 on hold');
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('button', { name: '30 days' }).click();
    await page.getByRole('heading', { name: 'Junction does not answer' }).waitFor();
    assert.match(page.url(), /\/overview\?range=30d$/);
    assert.equal(await page.getByRole('button', { name: '30 days' }).getAttribute('aria-pressed'), 'true');
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await contains(card(page, 'Orders waiting'), '90 on hold');
  });
});

interface Truth {
  readonly year: readonly Totals[];
  readonly march: readonly Totals[];
  readonly waiting: Counted;
  readonly held: Counted;
  readonly cases: Counted;
  readonly overdue: Counted;
  readonly receivables: readonly { readonly overdue: Money }[];
  readonly stock: Counted;
}

interface Totals {
  readonly count: number;
  readonly total: Money;
}

interface Counted {
  readonly totalCount: number;
}

interface Money {
  readonly amount: string;
  readonly currencyCode: string;
}

/** One of the page's numbers, by its heading. */
function card(page: Page, name: string): Locator {
  const heading = page.getByRole('heading', { name, exact: true });
  return page.getByRole('list', { name: 'Numbers' }).locator('> li').filter({ has: heading });
}

/** Says to the page whether it is looked at, as the browser does. */
async function look(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

function number(value: number): string {
  return new Intl.NumberFormat('en-GB').format(value);
}

function money({ amount, currencyCode }: Money): string {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency: currencyCode });
  return format.format(amount as `${number}`);
}
