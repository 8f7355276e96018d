import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { noBrowser, seriousFindings, startConsole } from './fixture.ts';

const editor = (page: Page) => page.frameLocator('iframe');
const answer = (page: Page) => page.getByRole('region', { name: 'How the answer was made' });

/** Chooses a tab of GraphiQL's and waits until its query stands in the editor. */
async function choose(page: Page, name: string): Promise<void> {
  await editor(page).locator('.graphiql-tab-button', { hasText: name }).click();
  await editor(page).locator('.graphiql-query-editor').getByText(name).first().waitFor();
}

async function run(page: Page, name: string, as: string): Promise<void> {
  await editor(page).getByRole('button', { name: 'Execute query' }).click();
  await answer(page).getByText(name, { exact: true }).waitFor();
  await answer(page).getByText(`as ${as}, at`).waitFor();
}

test('explore', { skip: noBrowser }, async (t) => {
  const { open, junction } = await startConsole(t);

  await t.test('a ready-made query runs by the keyboard, and its plan is drawn as it was carried out', async () => {
    const page = await open('/explore');
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await choose(page, 'OrderView');
    junction.fetches();
    await editor(page).locator('.graphiql-query-editor .view-lines').click();
    await page.keyboard.press('Control+Enter');
    await answer(page).getByText('as agent, at').waitFor();
    const boxes = answer(page).locator('details');
    const drawn = await boxes.evaluateAll((all) => all.map((box) => box.querySelector('summary span')?.textContent));
    assert.deepEqual(
      drawn.map((name) => name?.toLowerCase()).toSorted(),
      junction
        .fetches()
        .map((name) => systems[name])
        .toSorted(),
    );
    await boxes.first().locator('summary').click();
    await boxes.first().getByText('orderByNumber(number: $number)').waitFor();
    await answer(page).getByRole('tab', { name: 'Fetches' }).click();
    assert.equal(await answer(page).getByRole('row').count(), drawn.length + 1);
    await answer(page).getByRole('tab', { name: 'Fetches' }).press('ArrowRight');
    await answer(page).getByText('Estimated', { exact: true }).waitFor();
    assert.deepEqual(
      requests.filter((url) => !url.startsWith(junction.url) && !/^(blob|data):/.test(url)),
      [],
    );
    assert.equal(requests.filter((url) => url.endsWith('/graphql')).length, 1);
  });

  await t.test('what is refused is told with its rule; another caller gets it', async () => {
    const page = await open('/explore#show=refused');
    await choose(page, 'OrderView');
    await run(page, 'OrderView', 'agent');
    const refused = answer(page).getByRole('listitem');
    assert.equal(await refused.count(), 1);
    assert.match(
      await refused.innerText(),
      /orderByNumber\.margin\s+Not allowed: Order\.margin requires the scope finance:margin\.\s+Allowed by finance:margin, which supervisor/,
    );
    await page.getByRole('button', { name: 'Asks as agent' }).click();
    await page.getByRole('button', { name: /^supervisor/ }).click();
    await answer(page).getByText('You ask as supervisor now').waitFor();
    await run(page, 'OrderView', 'supervisor');
    await answer(page).getByText('Nothing was refused to supervisor.').waitFor();
  });

  await t.test('a link shows the same in a new window, without its caller, and runs nothing', async () => {
    const page = await open('/explore', { permissions: ['clipboard-read', 'clipboard-write'] });
    await choose(page, 'WaitingOrders');
    await editor(page).locator('.graphiql-query-editor .view-lines').click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('# Seen by both\n');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('Copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.doesNotMatch(link, /eyJ/);
    const posts: (string | null)[] = [];
    const other = await open('/', { as: 'supervisor' });
    other.on('request', (request) => {
      if (request.url().endsWith('/graphql')) posts.push(request.postData());
    });
    await other.goto(link, { waitUntil: 'networkidle' });
    await editor(other).getByText('# Seen by both').waitFor();
    await editor(other).getByText('"CHR-0217"').waitFor();
    assert.deepEqual(
      posts.filter((body) => !body?.includes('JunctionExploreSchema')),
      [],
    );
    await run(other, 'WaitingOrders', 'supervisor');
  });

  await t.test('a link that says nothing right opens the ready-made queries', async () => {
    const page = await open('/explore#q=nonsense');
    await editor(page).locator('.graphiql-tab-button', { hasText: 'BelowReorderPoint' }).waitFor();
    await editor(page).locator('.graphiql-query-editor').getByText('CustomerView').waitFor();
  });

  await t.test('the keyboard comes out of the editor; colours are those of the page', async () => {
    const page = await open('/explore', { theme: 'dark' });
    const frame = page.frames().find((each) => each.url().endsWith('/explore/graphiql'));
    const classes = () => frame?.evaluate(() => document.body.className);
    assert.match((await classes()) ?? '', /graphiql-dark/);
    await page.getByRole('button', { name: 'Colours: dark' }).click();
    await page.getByRole('button', { name: 'Colours: auto' }).click();
    assert.match((await classes()) ?? '', /graphiql-light/);
    await editor(page).locator('.graphiql-query-editor .view-lines').click();
    for (let pressed = 0; pressed < 30; pressed += 1) {
      await page.keyboard.press('Tab');
      if (await page.getByRole('separator', { name: 'Width of the editor' }).evaluate((bar) => bar.matches(':focus')))
        return;
    }
    assert.fail('expected to leave the frame by the Tab key');
  });

  await t.test('nothing serious to find around the frame, in any view', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const page = await open('/explore', { theme });
      assert.deepEqual(await around(page), []);
      await choose(page, 'OrderView');
      await run(page, 'OrderView', 'agent');
      for (const view of ['Plan', 'Fetches', 'Cost', 'Refused']) {
        await answer(page).getByRole('tab', { name: view }).click();
        assert.deepEqual(await around(page), [], `${view}, ${theme}`);
      }
      await page.context().close();
    }
  });
});

/** What the page calls the systems behind the subgraphs. */
const systems = { customers: 'crm', orders: 'shop', inventory: 'warehouse', finance: 'finance' };

/** The frame itself is GraphiQL's own affair. */
async function around(page: Page): Promise<string[]> {
  const findings = await seriousFindings(page);
  return findings.filter((finding) => !finding.includes('graphiql'));
}
