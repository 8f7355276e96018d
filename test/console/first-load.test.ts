import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { noBrowser, startConsole } from './fixture.ts';

/** What a first visit may bring over the wire, Explore's editor left out, in bytes. */
const mostBytes = 300_000;

test('a first visit: few bytes, one request to the graph, nothing from elsewhere', { skip: noBrowser }, async (t) => {
  const { browser, junction } = await startConsole(t);
  for (const { path, heading, graph } of [
    { path: '/', heading: /customer/i, graph: 0 },
    { path: '/customers/10001', heading: 'Großhandel Weiß & Söhne GmbH', graph: 1 },
    { path: '/orders/W100018870', heading: /W100018870/, graph: 1 },
    { path: '/overview', heading: 'Overview', graph: undefined },
    { path: '/systems', heading: 'Systems', graph: 0 },
  ]) {
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
    const seen = await watched(page);
    await page.goto(junction.url + path);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    const usefulMs = await page.evaluate(() => performance.now());
    await page.waitForLoadState('networkidle');
    const paint = await page.evaluate(() => performance.getEntriesByType('paint').at(-1)?.startTime ?? 0);
    t.diagnostic(
      `${path}: ${seen.bytes()} bytes, first paint ${Math.round(paint)} ms, heading within ${Math.round(usefulMs)} ms, ${seen.urls.length} requests`,
    );
    assert.ok(seen.bytes() <= mostBytes, `${path}: ${seen.bytes()} bytes`);
    assert.deepEqual(
      seen.urls.filter((url) => !url.startsWith(junction.url)),
      [],
      path,
    );
    const asked = seen.urls.filter((url) => url === `${junction.url}/graphql`);
    if (graph !== undefined) assert.equal(asked.length, graph, path);
    await page.context().close();
  }
});

/** What a page loads: addresses, and how much came over the wire, with headers. */
async function watched(page: Page): Promise<{ readonly urls: string[]; readonly bytes: () => number }> {
  const session = await page.context().newCDPSession(page);
  const urls: string[] = [];
  let bytes = 0;
  session.on('Network.requestWillBeSent', ({ request: { url } }) => {
    // The browser's own pictures, such as that of a date field.
    if (!url.startsWith('data:')) urls.push(url);
  });
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await session.send('Network.enable');
  return { urls, bytes: () => bytes };
}
