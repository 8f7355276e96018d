import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { until } from '../gateway/fixture.ts';
import { noBrowser, seriousFindings, startConsole } from './fixture.ts';

test('search', { skip: noBrowser, timeout: 180_000 }, async (t) => {
  const { open, junction } = await startConsole(t);
  const zoe = /\/customers\/10008$/;

  await t.test('by mail, telephone and order number: typed, Enter, and the only one opens', async () => {
    const ways = [
      ['ZOE.mueller@example.com', zoe, 'Zoë Müller'],
      ['+49 (0)89 2000581', zoe, 'Zoë Müller'],
      ['0049-89-2000581', zoe, 'Zoë Müller'],
      ['089 / 2000581', zoe, 'Zoë Müller'],
      ['w100018870', /\/orders\/W100018870$/, 'Order W100018870'],
      ['10008', zoe, 'Zoë Müller'],
    ] as const;
    const page = await open('/', { locale: 'de-DE' });
    for (const [typed, url, heading] of ways) {
      await focused(page);
      const operations = operationsOf(page);
      await page.keyboard.type(typed);
      await page.keyboard.press('Enter');
      await page.waitForURL(url);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      // Looking, and the page that it led to, whose heading stands there before its answer.
      await until(() => operations.names().length > 1);
      assert.deepEqual(operations.names(), ['Search', /customers/.test(page.url()) ? 'CustomerPage' : 'OrderPage']);
      operations.end();
      await page.goto(`${junction.url}/`);
    }
  });

  await t.test('by name: arrow keys go through what is found; going back finds it again', async () => {
    const page = await open('/');
    await focused(page);
    const operations = operationsOf(page);
    await page.keyboard.type('großhandel weiß', { delay: 20 });
    await page.getByText('Looked for “großhandel weiß” as a name.').waitFor();
    // On a slow machine there may be a pause between letters.
    assert.ok(operations.names().length < 6, `${operations.names().length} questions for 15 letters`);
    operations.end();
    await page.getByRole('searchbox').fill('weiß');
    await page.getByText('Looked for “weiß” as a name.').waitFor();
    await page.getByRole('status').getByText('Found 67 customers.').waitFor();
    await page.getByText('the first 20 of 67 customers').waitFor();
    const results = page.getByRole('list', { name: 'Results' }).getByRole('link');
    assert.equal(await results.count(), 20);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    const second = await results.nth(1).innerText();
    assert.match(second, /Anna Weiß.*Köln, Germany.*Consumer.*10203/s);
    assert.equal(await page.evaluate(() => (document.activeElement as HTMLElement).innerText), second);
    assert.deepEqual(await seriousFindings(page), []);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/customers\/10203$/);
    await page.goBack();
    await page.getByText('Looked for “weiß” as a name.').waitFor();
    assert.equal(await page.getByRole('searchbox').inputValue(), 'weiß');

    // The link finds the same in a new window.
    const other = await open(new URL(page.url()).pathname + new URL(page.url()).search);
    await other.getByText('Looked for “weiß” as a name.').waitFor();
    assert.equal(await other.getByRole('list', { name: 'Results' }).getByRole('link').nth(1).innerText(), second);
  });

  await t.test(
    'what is found is kept until there is something else; what is not waited for any more is canceled',
    async () => {
      const page = await open('/');
      const search = page.getByRole('searchbox');
      await search.fill('weiß');
      await page.getByText('Looked for “weiß” as a name.').waitFor();
      let held: (() => void) | undefined;
      await page.route('**/graphql', async (route) => {
        if (!route.request().postData()?.includes('schm')) return route.continue();
        await new Promise<void>((resolve) => {
          held = resolve;
        });
        // It was canceled meanwhile.
        await route.continue().catch(() => {});
      });
      const canceled = page.waitForEvent('requestfailed');
      await search.fill('schm');
      await until(() => held !== undefined);
      assert.equal(await page.getByRole('link', { name: /Anna Weiß/ }).count(), 6);
      await search.fill('núñez');
      assert.match((await canceled).postData() ?? '', /schm/);
      held?.();
      await page.getByText('Looked for “núñez” as a name.').waitFor();
      await page.getByRole('link', { name: /José Ángel Núñez/ }).waitFor();
    },
  );

  await t.test('nothing found, and too little to look for', async () => {
    const page = await open('/?q=qqqq');
    await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('searchbox').fill('zo');
    await page.getByText('Go on typing: three letters').waitFor();
    await page.getByRole('searchbox').fill('zoe@exa');
    await page.getByText('a mail address is found when it is whole').waitFor();
    assert.equal(new URL(page.url()).searchParams.get('q'), 'zoe@exa');
  });

  await t.test('the start: examples that work, and whom one looked at last, until that is forgotten', async () => {
    const page = await open('/');
    assert.equal(await page.getByRole('heading', { name: 'Looked at last' }).count(), 0);
    assert.deepEqual(await seriousFindings(page), []);
    const examples = await page.getByRole('button', { name: 'Look for' }).allInnerTexts();
    assert.equal(examples.length, 5);
    for (const name of examples) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('list', { name: 'Results' }).waitFor();
      await page.getByRole('searchbox').fill('');
      await page.getByRole('heading', { name: 'What you can look for' }).waitFor();
    }
    const looked = { 10008: 'Zoë Müller', 10001: 'Großhandel Weiß & Söhne GmbH' };
    for (const id of ['10008', '10001'] as const) {
      await page.goto(`${junction.url}/customers/${id}`);
      await page.getByRole('heading', { level: 1, name: looked[id] }).waitFor();
    }
    await page.getByRole('link', { name: 'Customer', exact: true }).click();
    const recent = page.getByRole('region', { name: 'Looked at last' }).getByRole('link');
    await recent.first().waitFor();
    assert.deepEqual(
      (await recent.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ')),
      ['Großhandel Weiß & Söhne GmbH 10001', 'Zoë Müller 10008'],
    );
    // Ids and names, and nothing else of them; not for who looks at this machine next.
    assert.deepEqual(
      await page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.includes('recent'))),
      [
        [
          'junction:recent:demo:agent',
          '[{"id":"10001","name":"Großhandel Weiß & Söhne GmbH"},{"id":"10008","name":"Zoë Müller"}]',
        ],
      ],
    );
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole('button', { name: 'Forget these' }).click();
    assert.equal(await recent.count(), 0);
    assert.equal(await page.evaluate(() => localStorage.getItem('junction:recent:demo:agent')), null);
  });

  await t.test('what a caller may not look by is said', async () => {
    const reporting = await open('/?q=zoe.mueller%40example.com', { as: 'reporting' });
    await reporting.getByText('Looking by mail address is not for you').waitFor();
    await reporting.getByText('requires the scope customer:contact').waitFor();
    assert.deepEqual(await seriousFindings(reporting), []);
    await reporting.getByRole('searchbox').fill('zoë m');
    const [found] = await reporting.getByRole('link', { name: /Zoë Müller.*10008/s }).allInnerTexts();
    assert.doesNotMatch(found ?? '', /@|Germany/);

    const dashboard = await open('/?q=zo%C3%AB', { as: 'dashboard' });
    await dashboard.getByText('Looking by name is not for you').waitFor();
    await dashboard.getByRole('searchbox').fill('w100018870');
    await dashboard.getByRole('link', { name: 'Order W100018870' }).waitFor();
    assert.equal(await dashboard.getByText('Ordered by').count(), 0);
  });

  await t.test('on a phone, dark', async () => {
    const page = await open('/?q=wei%C3%9F', { theme: 'dark', viewport: { width: 390, height: 844 } });
    await page.getByText('Looked for “weiß” as a name.').waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    assert.deepEqual(await seriousFindings(page), []);
  });

  await t.test(
    'the CRM is down: it says so, orders are found all the same, and it finds them when it is back',
    async () => {
      await junction.stopSystem('customers');
      const page = await open('/?q=wei%C3%9F');
      await page.getByText('Could not be looked for by name').waitFor();
      await page.getByText('CRM can’t be reached or failed').waitFor();
      assert.deepEqual(await seriousFindings(page), []);
      await page.getByRole('searchbox').fill('w100018870');
      await page.getByRole('link', { name: 'Order W100018870' }).waitFor();
      await page.getByRole('searchbox').fill('weiß');
      await page.getByText('Could not be looked for by name').waitFor();
      await junction.startSystem('customers');
      await page
        .getByRole('link', { name: /Anna Weiß/ })
        .first()
        .waitFor();
    },
  );
});

/** Waits until the search box has the focus, as it has when the page has opened. */
async function focused(page: Page): Promise<void> {
  await page.locator('input[type=search]:focus').waitFor();
}

/** The operations that a page asks from now on. */
function operationsOf(page: Page): { names(): string[]; end(): void } {
  const names: string[] = [];
  const listener = (request: { url(): string; postData(): string | null }) => {
    if (request.url().endsWith('/graphql')) names.push(/query (\w+)/.exec(request.postData() ?? '')?.[1] ?? '');
  };
  page.on('request', listener);
  return { names: () => names, end: () => void page.off('request', listener) };
}
