import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { noBrowser, seriousFindings } from './fixture.ts';
import { logIn, startSignIn } from './sign-in-fixture.ts';

const path = '/customers/10348?filter=orders';

test('people sign in at a provider', { skip: noBrowser }, async (t) => {
  const { open, junction, provider } = await startSignIn(t);
  const { data } = await junction.ask('{ customer(id: "10348") { name } }', {}, 'agent');
  const { name } = (data as { customer: { name: string } }).customer;

  const shown = (page: Page) => page.getByRole('heading', { level: 1, name }).waitFor();
  const wantsSignIn = (page: Page) => page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  const signIn = (page: Page) => page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  const told = (page: Page) => page.getByRole('alert').innerText();
  const forms = () => provider.requests.filter((each) => each.startsWith('/interaction/')).length;
  const tokens = () => provider.count('/token');
  /** Opens a page as somebody who has just signed in. */
  const signedIn = async () => {
    const page = await open(path);
    await wantsSignIn(page);
    await signIn(page);
    await logIn(page);
    await shown(page);
    return page;
  };

  await t.test('whoever is not signed in is told so, signs in, and is back where they were', async () => {
    const page = await open(path);
    await wantsSignIn(page);
    assert.equal(page.url(), junction.url + path);
    assert.deepEqual(await page.getByRole('alert').all(), [], 'nothing went wrong');
    assert.deepEqual(await seriousFindings(page), []);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await logIn(page);
    await shown(page);
    assert.equal(page.url(), junction.url + path);
    await page.getByRole('button', { name: 'Signed in as Ada Lovelace' }).waitFor();
    // A JSON Web Token begins so; what was kept for the way is gone.
    const stored = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
    assert.doesNotMatch(stored, /eyJ|verifier|nonce|state/);
  });

  await t.test('signed in they stay, over a reload and in another window, without being asked', async () => {
    const page = await signedIn();
    const before = forms();
    await page.reload();
    await shown(page);
    assert.equal(page.url(), junction.url + path);
    const other = await page.context().newPage();
    await other.goto(junction.url + path);
    await shown(other);
    assert.equal(forms(), before);
  });

  await t.test('a token is renewed before it ends, once, and when it is refused', async () => {
    const page = await signedIn();
    await page.clock.install();
    await page.reload();
    await shown(page);
    const systems = () => page.waitForRequest('**/systems.json').then((request) => request.allHeaders());
    const before = tokens();
    await page.clock.fastForward(9.9 * 60_000);
    const asking = systems();
    await page.getByRole('link', { name: 'Systems' }).click();
    await page.getByRole('heading', { name: 'This page is for operators' }).waitFor();
    assert.equal(tokens(), before + 1);
    const { authorization } = await asking;
    await page.route('**/systems.json', (route) => route.fulfill({ status: 401, body: '{}' }), { times: 1 });
    await page.getByRole('link', { name: 'Customer' }).click();
    const again = page.waitForResponse(
      (response) => response.url().endsWith('/systems.json') && response.status() === 403,
    );
    await page.getByRole('link', { name: 'Systems' }).click();
    assert.notEqual((await (await again).request().allHeaders()).authorization, authorization);
    assert.equal(tokens(), before + 2);
  });

  await t.test('what the provider has ended, ends here without alarm', async () => {
    const page = await signedIn();
    await page.clock.install();
    await page.reload();
    await shown(page);
    provider.forget();
    await page.clock.fastForward(2 * 60_000);
    await page.route('**/systems.json', (route) => route.fulfill({ status: 401, body: '{}' }));
    await page.getByRole('link', { name: 'Systems' }).click();
    await wantsSignIn(page);
    assert.equal(page.url(), `${junction.url}/systems`);
    assert.deepEqual(await page.getByRole('alert').all(), []);
  });

  await t.test('who is refused at the provider is told so, and may try again', async () => {
    const page = await open(path);
    await signIn(page);
    await page.getByRole('link', { name: 'Cancel' }).click();
    await wantsSignIn(page);
    assert.match(await told(page), /^The provider did not let you in/);
    assert.equal(page.url(), junction.url + path);
    assert.deepEqual(await seriousFindings(page), []);
    await signIn(page);
    await logIn(page);
    await shown(page);
  });

  await t.test('an answer that nobody here waits for is not used', async () => {
    const before = tokens();
    const page = await open('/signed-in?code=stolen&state=made-up');
    assert.match(await told(page), /^This answer does not belong to a sign-in that began in this window/);
    assert.equal(page.url(), `${junction.url}/`);
    const other = await open(path);
    await signIn(other);
    await other.getByPlaceholder('Enter any login').waitFor();
    await other.goto(`${junction.url}/signed-in?code=stolen&state=made-up&iss=${provider.issuer}`);
    assert.match(await told(other), /^This answer does not belong to a sign-in that began in this window/);
    assert.equal(tokens(), before);
    // What was kept for the way is gone: the right state would not help either.
    assert.equal(await other.evaluate(() => sessionStorage.getItem('junction:sign-in')), null);
  });

  await t.test('an answer in the name of another provider is not used', async () => {
    const before = tokens();
    const page = await open(path);
    const leaving = page.waitForRequest('**/auth?*');
    await signIn(page);
    await page.getByPlaceholder('Enter any login').waitFor();
    const state = new URL((await leaving).url()).searchParams.get('state');
    await page.goto(`${junction.url}/signed-in?code=stolen&state=${state}&iss=https://elsewhere.example`);
    assert.match(await told(page), /^This answer does not belong/);
    assert.equal(tokens(), before);
  });

  await t.test('a provider that is down is named, with what to do', async () => {
    const page = await open(path);
    await wantsSignIn(page);
    await provider.down();
    await signIn(page);
    assert.match(
      await told(page),
      /^127\.0\.0\.1:\d+, where people sign in, does not answer\. Try again in a minute\./,
    );
    assert.equal(page.url(), junction.url + path);
    await provider.up();
    await signIn(page);
    await logIn(page);
    await shown(page);
  });

  await t.test('a clock that is wrong is named', async () => {
    const page = await open(path);
    await page.clock.setSystemTime(Date.now() + 2 * 3_600_000);
    await signIn(page);
    await logIn(page);
    assert.match(await told(page), /^The clock of this machine and that of the provider are more than a minute apart/);
  });

  await t.test('signing out ends it here and at the provider', async () => {
    const page = await signedIn();
    await page.getByRole('button', { name: 'Signed in as Ada Lovelace' }).click();
    await page.getByText('What Ada Lovelace may see').click();
    await page.getByText('customer:contact').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await wantsSignIn(page);
    await page.getByText('You are signed out.').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.goto(junction.url + path);
    await wantsSignIn(page);
    await signIn(page);
    await page.getByPlaceholder('Enter any login').waitFor();
  });
});
