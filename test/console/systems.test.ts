import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { until } from '../gateway/fixture.ts';
import { noBrowser, seriousFindings, startBrowser, stopClock } from './fixture.ts';
import { startProcess } from './systems-fixture.ts';

const overdue = '{ customers(first: 2) { nodes { id invoices(first: 1) { totalCount } } } }';
const phone = { viewport: { width: 390, height: 844 } };

test('how the systems are', { skip: noBrowser }, async (t) => {
  const [junction, { open }] = await Promise.all([startProcess(t), startBrowser(t)]);
  await junction.ask(overdue, 'went-well');
  const page = await open(`${junction.url}/systems`);
  const panel = (name: string, on: Page = page) => on.getByRole('region', { name, exact: true });
  const refresh = () => page.getByRole('button', { name: 'Ask again' }).click();

  await t.test('each with its system, how it is, and its last hour', async () => {
    await page.getByText('All systems answer.').waitFor();
    const systems = { customers: 'crm', orders: 'shop', inventory: 'warehouse', finance: 'erp' };
    for (const [name, system] of Object.entries(systems)) {
      const way = panel(name).getByRole('list', { name: `The way to ${system}` });
      assert.match(
        await way.innerText(),
        new RegExp(`${name} subgraph.*, up.*in the gateway · .*${system}.*, up`, 's'),
      );
    }
    await panel('Gateway')
      .getByRole('img', { name: /^1 requests in the last hour, none failed;/ })
      .waitFor();
    await panel('finance')
      .getByRole('img', { name: /^1 fetches in the last hour, none failed;/ })
      .waitFor();
    await panel('inventory').getByRole('img', { name: 'No fetches in the last hour' }).waitFor();
    assert.match(await panel('Schema').innerText(), /Current.*Version\s+[0-9a-f]{12}\s.*Last composition/s);
    assert.deepEqual(await seriousFindings(page), []);
  });

  await t.test('asked every five seconds, while somebody looks', async () => {
    const watched = await open(`${junction.url}/health/live`);
    await watched.clock.install();
    let asked = 0;
    watched.on('request', (request) => {
      if (request.url().endsWith('/systems.json')) asked += 1;
    });
    await watched.goto(`${junction.url}/systems`);
    await panel('finance', watched).waitFor();
    await stopClock(watched);
    for (const times of [2, 3]) {
      const answered = watched.waitForResponse(/\/systems\.json$/);
      // One that is still being read when the time has come is not asked for again then.
      await until(async () => {
        if (asked < times) await watched.clock.runFor(5_000);
        return asked >= times;
      });
      assert.equal(asked, times);
      await (await answered).finished();
    }
    await watched.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    });
    await watched.clock.runFor(60_000);
    assert.equal(asked, 3);
    await watched.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await until(() => asked === 4);
  });

  await t.test('a system that goes down is named, with what failed by it; and it comes back', async () => {
    await junction.stopErp();
    await junction.ask(overdue, 'went-wrong');
    // A report is good for a second.
    await until(async () => {
      await refresh();
      return page.getByText('The erp behind finance is down.').isVisible();
    });
    assert.match(await panel('finance').innerText(), /erp.*, down.*soap · does not answer.*SYSTEM_UNAVAILABLE/s);
    await panel('finance')
      .getByRole('img', { name: /^2 fetches in the last hour, 1 failed;/ })
      .waitFor();
    await panel('finance').getByText('Failed calls to erp').click();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await panel('finance').getByRole('button', { name: 'Copy request id went-wrong' }).click();
    await panel('finance').getByText('Copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'went-wrong');
    assert.deepEqual(await seriousFindings(page), []);
    assert.equal(new URL(page.url()).search, '?errors=finance.calls');
    const linked = await open(page.url(), { ...phone, theme: 'dark' });
    await panel('finance', linked).getByRole('table', { name: 'Failed calls to erp' }).waitFor();
    assert.equal(await linked.evaluate(() => document.documentElement.scrollWidth), 390);
    assert.deepEqual(await seriousFindings(linked), []);
    await junction.startErp();
    await until(async () => {
      await refresh();
      return page.getByText('All systems answer.').isVisible();
    });
  });

  await t.test('a broken composition is told with its messages, until it is mended', async () => {
    const schema = junction.schemaOf('orders');
    await junction.writeSchema('orders', `${schema}\ntype Parcel { of: Nothing }\n`);
    await until(async () => {
      await refresh();
      return page.getByText('A change of the schema can’t be taken up.').isVisible();
    });
    const broken = panel('A change of the schema can’t be taken up');
    assert.match(await broken.getByRole('list').innerText(), /orders.*Unknown type "?Nothing"?/s);
    assert.match(await broken.innerText(), /Since \d+ \w+ \d{4}, \d\d:\d\d.*All goes on with version [0-9a-f]{12}/s);
    assert.match(await panel('Schema').innerText(), /Outdated/);
    assert.deepEqual(await seriousFindings(page), []);
    await junction.writeSchema('orders', schema);
    await until(async () => {
      await refresh();
      return page.getByText('All systems answer.').isVisible();
    });
    assert.equal(await broken.count(), 0);
  });

  await t.test('when Junction itself is gone, what was known stays, and says so', async () => {
    await junction.stop();
    await refresh();
    await page.getByRole('alert').getByText('Junction does not answer').waitFor();
    await panel('finance').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
  });
});
