import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { folderWith } from '../gateway/fixture.ts';
import { audience, OpenIdServer, publicClient, signingKey } from '../servers/openid.ts';
import { contains, panel } from './customer-fixture.ts';
import { noBrowser, startBrowser } from './fixture.ts';
import { logIn } from './sign-in-fixture.ts';

// The way of one person, from sign-in to sign-out, through the real command line as production has it.

const root = resolve(import.meta.dirname, '../..');
const path = '/customers/10348';
/** All that a customer's page shows but the ERP's part. */
const scopes = ['customer:read', 'customer:contact', 'support:read', 'order:read', 'inventory:read'];

test('in production people sign in at their provider, and out', { skip: noBrowser, timeout: 120_000 }, async (t) => {
  const provider = await OpenIdServer.start(await signingKey('one'));
  t.after(() => provider.down());
  const { open } = await startBrowser(t);
  const { url, log, stop } = await startProduction(t, provider.issuer);
  provider.admit({ returnAddress: `${url}/signed-in`, scopes, names: { ada: 'Ada Lovelace' }, tokenLifeS: 600 });

  const page = await open(url + path);
  const wantsSignIn = () => page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  const signIn = () => page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await wantsSignIn();
  assert.deepEqual(await page.getByRole('alert').all(), []);
  await signIn();
  await logIn(page);

  await page.getByRole('button', { name: 'Signed in as Ada Lovelace' }).waitFor();
  assert.equal(page.url(), url + path);
  const orders = panel(page, 'Orders');
  await orders.getByRole('link').first().waitFor();
  await contains(panel(page, 'Account'), 'finance:read');
  const name = await page.getByRole('heading', { level: 1 }).innerText();

  const forms = () => provider.requests.filter((each) => each.startsWith('/interaction/')).length;
  const [before, tokens] = [forms(), provider.count('/token')];
  await page.reload();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await orders.getByRole('link').first().waitFor();
  assert.equal(page.url(), url + path);
  assert.deepEqual([forms(), provider.count('/token')], [before, tokens + 1], 'quietly, with a token of its own');

  await page.getByRole('button', { name: 'Signed in as Ada Lovelace' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await wantsSignIn();
  await page.getByText('You are signed out.').waitFor();
  await page.goto(url + path);
  await wantsSignIn();
  await signIn();
  await page.getByPlaceholder('Enter any login').waitFor();

  assert.equal(await stop(), 0);
  assert.deepEqual(
    log.filter((line) => /eyJ|verifier=|code=/.test(line)),
    [],
    'no credential is logged',
  );
});

/** Starts all of Junction as its operator does, and ends it with the test; `stop` says how it ended. */
async function startProduction(t: TestContext, issuer: string) {
  const folder = await folderWith(t, {
    'gateway.yaml': `authentication:
  issuers:
    - { issuer: "${issuer}", audience: "${audience}" }
  api_keys: none.json
console:
  sign_in:
    issuer: "${issuer}"
    client_id: ${publicClient}
    scopes: [openid, profile, ${scopes.map((scope) => `"${scope}"`).join(', ')}]
    resource: "${audience}"
`,
  });
  const child = spawn(process.execPath, ['gateway/main.ts', 'start'], {
    cwd: root,
    env: {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'production',
      CONSOLE: 'on',
      PORT: '0',
      GATEWAY_CONFIG: join(folder, 'gateway.yaml'),
      SUPERGRAPH_CONFIG: join(root, 'test/supergraph/supergraph.yaml'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = async (): Promise<unknown> => {
    child.kill('SIGTERM');
    const [code, signal] = await ended;
    return code ?? signal;
  };
  t.after(stop);
  const log: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise<string>((found, failed) => {
    lines.on('line', (line) => {
      log.push(line);
      const { msg = '', url } = line.startsWith('{') ? (JSON.parse(line) as { msg?: string; url?: string }) : {};
      if (url && msg.endsWith('ready')) found(url);
    });
    lines.on('close', () => failed(new Error(`it ended before it was ready: ${log.join('\n')}`)));
  });
  return { url, log, stop };
}
