import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { configFile } from '../../gateway/config-file.ts';
import { audience, OpenIdServer, publicClient, signingKey } from '../servers/openid.ts';
import { type Console, startConsole } from './fixture.ts';

/** What people ask for, and may have. */
export const scopes = [
  'customer:read',
  'customer:contact',
  'support:read',
  'order:read',
  'inventory:read',
  'finance:read',
];

/** A console whose people sign in at a real provider. */
export interface SignInConsole extends Console {
  readonly provider: OpenIdServer;
}

/** Starts Junction as in production, and a provider; both end with the test. */
export async function startSignIn(t: TestContext): Promise<SignInConsole> {
  const provider = await OpenIdServer.start(await signingKey('one'));
  t.after(() => provider.down());
  const { issuer } = provider;
  const access = configFile.parse({
    authentication: { issuers: [{ issuer, audience }] },
    authorization: { anonymous: 'refuse' },
  });
  const signIn = {
    kind: 'oidc',
    issuer,
    clientId: publicClient,
    scopes: ['openid', 'profile', ...scopes],
    resource: audience,
  } as const;
  const console = await startConsole(t, { access, console: signIn });
  provider.admit({
    returnAddress: `${console.junction.url}/signed-in`,
    scopes,
    names: { ada: 'Ada Lovelace' },
    tokenLifeS: 600,
  });
  return { ...console, provider };
}

/** Fills in the provider's form, and says yes to what it asks. */
export async function logIn(page: Page, name = 'ada'): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(name);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}
