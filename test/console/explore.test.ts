import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page, Request } from 'playwright-core';
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
    const elsewhere: string[] = [];
    const asked: string[] = [];
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(junction.url) && !/^(blob|data):/.test(url)) elsewhere.push(url);
      if (isOperation(request)) asked.push(url);
    });
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
    assert.deepEqual(elsewhere, []);
    assert.deepEqual(asked, [`${junction.url}/graphql`]);
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
    const asked: string[] = [];
    const other = await open('/', { as: 'supervisor' });
    other.on('request', (request) => void (isOperation(request) && asked.push(request.url())));
    await other.goto(link, { waitUntil: 'networkidle' });
    await editor(other).getByText('# Seen by both').waitFor();
    await editor(other).getByText('"CHR-0217"').waitFor();
    assert.deepEqual(asked, []);
    await run(other, 'WaitingOrders', 'supervisor');
  });

  await t.test('a link that says nothing right opens the ready-made queries', async () => {
    const page = await open('/explore#q=nonsense');
    await editor(page).locator('.graphiql-tab-button', { hasText: 'BelowReorderPoint' }).waitFor();
    await editor(page).locator('.graphiql-query-editor').getByText('CustomerView').waitFor();
  });

  await t.test('the keyboard comes out of the editor; colours are those of the page', async () => {
    const page = await open('/explore', { theme: 'dark' });
    await editor(page).locator('body.graphiql-dark').waitFor();
    await page.getByRole('button', { name: 'Colours: dark' }).click();
    await page.getByRole('button', { name: 'Colours: auto' }).click();
    await editor(page).locator('body.graphiql-light').waitFor();
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

test('explore without a schema to read', { skip: noBrowser }, async (t) => {
  const { open } = await startConsole(t, { introspection: false });
  const page = await open('/explore');
  await page.getByText('This gateway keeps its schema to itself').waitFor();
  await choose(page, 'OrderView');
  await run(page, 'OrderView', 'agent');
  await editor(page).getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await editor(page).getByText('No GraphQL schema available').waitFor();

  // The frame alone has nobody to ask for it.
  const alone = await open('/explore/graphiql');
  await alone.getByRole('link', { name: 'Explore' }).click();
  await alone.getByRole('heading', { name: 'Explore' }).waitFor();
});

/** Whether it asks the graph for more than its schema. */
function isOperation(request: Request): boolean {
  return request.url().endsWith('/graphql') && !request.postData()?.includes('JunctionExploreSchema');
}

/** What the page calls the systems behind the subgraphs. */
const systems = { customers: 'crm', orders: 'shop', inventory: 'warehouse', finance: 'erp' };

/** The frame itself is GraphiQL's own affair. */
async function around(page: Page): Promise<string[]> {
  const findings = await seriousFindings(page);
  return findings.filter((finding) => !finding.includes('graphiql'));
}
