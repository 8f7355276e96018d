import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configFile } from '../../gateway/config-file.ts';
import { audience, OpenIdServer, signingKey } from '../servers/openid.ts';
import { noBrowser, seriousFindings, startConsole } from './fixture.ts';

test('without a provider people bring a token', { skip: noBrowser }, async (t) => {
  const provider = await OpenIdServer.start(await signingKey('one'));
  t.after(() => provider.down());
  const access = configFile.parse({
    authentication: { issuers: [{ issuer: provider.issuer, audience }] },
    authorization: { anonymous: 'refuse' },
  });
  const { open, junction } = await startConsole(t, { access, console: { kind: 'token' } });
  const page = await open('/systems');
  const field = page.getByLabel('Token or API key');

  await t.test('which is asked for, and kept in no store', async () => {
    await field.waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    assert.equal(await field.getAttribute('type'), 'password');
    await field.fill(await provider.sign({ scope: 'junction:operator' }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'finance' }).waitFor();
    assert.equal(page.url(), `${junction.url}/systems`);
    assert.doesNotMatch(await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }])), /eyJ/);
    await page.reload();
    await field.waitFor();
  });

  await t.test('one that is refused is asked for again, with the reason', async () => {
    await field.fill(await provider.sign({ exp: Math.floor(Date.now() / 1_000) - 600 }));
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('alert').getByText('The token has expired.').waitFor();
    assert.equal(await field.inputValue(), '');
    assert.deepEqual(await seriousFindings(page), []);
  });

  await t.test('one without the scope for a page is told which it needs', async () => {
    await field.fill(await provider.sign({ scope: 'order:read' }));
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('heading', { name: 'This page is for operators' }).waitFor();
    await page.getByText('junction:operator', { exact: true }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
  });

  await t.test('and it can be forgotten', async () => {
    await page.getByRole('button', { name: 'Signed in with a Token' }).click();
    await page.getByRole('button', { name: 'Forget the token' }).click();
    await field.waitFor();
    await page.getByText('You are signed out.').waitFor();
  });
});
