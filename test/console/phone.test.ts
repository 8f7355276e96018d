import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { noBrowser, startConsole } from './fixture.ts';

test('on a phone nothing is cut', { skip: noBrowser }, async (t) => {
  const { open } = await startConsole(t);
  const viewport = { width: 390, height: 844 };
  const show = (path: string) => open(path, { as: 'supervisor', viewport });

  await t.test('words and amounts stay in their panels', async () => {
    // This customer owes amounts of seven digits.
    for (const path of ['/customers/10001', '/orders/W100018870', '/products/CHR-0001', '/overview?range=36m'])
      assert.deepEqual(await outside(await show(path)), [], path);
  });

  await t.test('names of columns, which stand beside the values there, stay in one piece', async () => {
    const page = await show('/orders/W100018870');
    const row = page.getByRole('region', { name: 'Invoices', exact: true }).locator('td[data-name="Payments"]');
    const lines = await row.evaluate((cell) => {
      const name = document.createElement('span');
      name.textContent = cell.getAttribute('data-name');
      const before = getComputedStyle(cell, '::before');
      name.style.cssText = `position: absolute; white-space: nowrap; font: ${before.font}`;
      cell.append(name);
      const { width } = name.getBoundingClientRect();
      name.remove();
      return Math.ceil(width / Number.parseFloat(before.width));
    });
    assert.equal(lines, 1);
  });

  await t.test('a query stands with its variables', async () => {
    const page = await show('/explore');
    const variables = page.frameLocator('iframe').locator('.graphiql-editor-tool .graphiql-editor').first();
    await variables.waitFor();
    const { height = 0 } = (await variables.boundingBox()) ?? {};
    assert.ok(height >= 60, `room for three lines, not ${height} pixels`);
  });

  await t.test('what the search takes is there to read', async () => {
    const page = await show('/');
    const room = await page.getByRole('searchbox').evaluate((field) => {
      const input = field as HTMLInputElement;
      const style = getComputedStyle(input);
      const pen = document.createElement('canvas').getContext('2d');
      if (!pen) throw new Error('no canvas here');
      pen.font = style.font;
      const padding = Number.parseFloat(style.paddingLeft) + Number.parseFloat(style.paddingRight);
      return input.clientWidth - padding - pen.measureText(input.placeholder).width;
    });
    assert.ok(room >= 0, `${room} pixels left`);
  });
});

/** Texts that reach beyond the box that they stand in. */
function outside(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('main *')]
      .filter((each) => each.childElementCount === 0 && each.textContent?.trim() && !each.closest('.unseen, thead'))
      .filter((each) => {
        const box = each.closest('section, li, main') ?? document.body;
        return each.getBoundingClientRect().right > box.getBoundingClientRect().right + 1;
      })
      .map((each) => each.textContent ?? ''),
  );
}
