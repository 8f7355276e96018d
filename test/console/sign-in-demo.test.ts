import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noBrowser, seriousFindings, startConsole } from './fixture.ts';

test('in development one is whom one chooses', { skip: noBrowser }, async (t) => {
  const { open } = await startConsole(t);

  await t.test('by keyboard alone', async () => {
    const page = await open('/customers/10348');
    const asked = () =>
      page
        .waitForRequest('**/graphql')
        .then((request) => request.allHeaders())
        .then(({ authorization }) => authorization);
    const before = asked();
    await page.reload();
    const menu = page.getByRole('button', { name: 'Asks as agent' });
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'agent Support agent', pressed: true }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    assert.match(await page.locator(':focus').innerText(), /^agent\b/);
    await page.keyboard.press('Tab');
    assert.match(await page.locator(':focus').innerText(), /^supervisor\b/);
    const after = asked();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Asks as supervisor' }).waitFor();
    assert.notEqual(await after, await before);
    assert.equal(await page.locator('.caller-box').isVisible(), false);
    assert.match(await page.locator(':focus').innerText(), /supervisor/, 'the focus is where it was');
    await page.keyboard.press('Enter');
    await page.getByText('What supervisor may see: 7 scopes').click();
    await page.getByText('finance:margin').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.caller-box').waitFor({ state: 'hidden' });
  });

  await t.test('on a phone', async () => {
    const page = await open('/', { viewport: { width: 390, height: 844 }, as: 'dashboard' });
    await page.getByRole('button', { name: 'Asks as dashboard' }).click();
    const nobody = page.getByRole('button', { name: 'nobody Without saying who asks' });
    const box = await page.locator('.caller-box').boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= 390, 'it is all on the screen');
    await nobody.click();
    await page.getByRole('button', { name: 'Asks as nobody' }).waitFor();
  });
});
