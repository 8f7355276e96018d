import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { contains } from './customer-fixture.ts';
import { noBrowser, seriousFindings, startConsole } from './fixture.ts';
import { startSignIn } from './sign-in-fixture.ts';

/** How browsers keep nothing for a page: they refuse to hand out their stores, or to write into them. */
const refusals = {
  'are not handed out': () => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError');
        },
      });
    }
  },
  'take nothing': () => {
    Storage.prototype.setItem = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    };
  },
} as const;

for (const [how, refuse] of Object.entries(refusals)) {
  test(`where the browser's stores ${how}, all pages show`, { skip: noBrowser }, async (t) => {
    const { junction, browser } = await startConsole(t);
    const page = await opened(t, browser, refuse);
    await page.goto(`${junction.url}/customers/10001`);
    await page.getByRole('button', { name: 'Asks as agent' }).waitFor();
    await page.getByRole('region', { name: 'Orders', exact: true }).getByRole('link').first().waitFor();
    const name = await page.getByRole('heading', { level: 1 }).innerText();

    await page.getByRole('button', { name: /^Colours/ }).click();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
    // As long as the page does, it lasts.
    await page.getByRole('link', { name: 'Customer', exact: true }).click();
    await contains(page.getByRole('region', { name: 'Looked at last' }), name);

    await page.getByRole('link', { name: 'Explore' }).click();
    const graphiql = page.frameLocator('iframe');
    await graphiql.getByRole('button', { name: /^Execute query/ }).click();
    await contains(page.getByRole('main'), 'Cost');
    assert.match(await graphiql.getByRole('tab').first().innerText(), /\w/);
    await page.getByRole('separator').press('ArrowRight');

    await page.getByRole('button', { name: 'Asks as agent' }).click();
    await page.getByRole('button', { name: /^supervisor/ }).click();
    await page.getByRole('button', { name: 'Asks as supervisor' }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
  });
}

test('where the browser keeps nothing, who signs in is told what to change', { skip: noBrowser }, async (t) => {
  const { junction, browser, provider } = await startSignIn(t);
  const page = await opened(t, browser, refusals['are not handed out']);
  await page.goto(`${junction.url}/customers/10001`);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await contains(
    page.getByRole('alert'),
    /^This browser keeps nothing for 127\.0\.0\.1:\d+, and without that nobody can sign in\. Allow it to keep the site’s data/,
  );
  assert.equal(page.url(), `${junction.url}/customers/10001`);
  assert.equal(provider.count('/auth'), 0, 'it is not left for what could not be come back from');
});

/** A window whose browser refuses so. Faults of the page fail the test. */
async function opened(t: TestContext, browser: Browser, refuse: () => void): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin' });
  await context.addInitScript(refuse);
  const page = await context.newPage();
  page.on('pageerror', (error) => t.assert.fail(`the page threw: ${error.stack ?? error.message}`));
  return page;
}
