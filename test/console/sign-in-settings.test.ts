import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { readConfig } from '../../gateway/config.ts';
import { buildConsole } from '../../gateway/console/build.ts';
import { consoleConfig } from '../../gateway/console/configured.ts';
import { ProviderOrigins } from '../../gateway/console/provider-origins.ts';
import { serveConsole } from '../../gateway/console/serve.ts';
import { folderWith } from '../gateway/fixture.ts';
import { discoveryPath, OpenIdServer, signingKey } from '../servers/openid.ts';

test('how people sign in follows from the settings', async (t) => {
  const folder = await folderWith(t, {
    'gateway.yaml': `authentication:
  issuers:
    - { issuer: https://login.example.com/realms/a, audience: junction }
console:
  sign_in:
    issuer: https://login.example.com/realms/a
    client_id: junction-console
    scopes: [openid, profile, offline_access]
    resource: https://junction.example.com/graphql
`,
  });
  const signIn = (environment: Record<string, string>) => consoleConfig(readConfig(environment))?.signIn;
  const oidc = {
    kind: 'oidc',
    issuer: 'https://login.example.com/realms/a',
    clientId: 'junction-console',
    scopes: ['openid', 'profile', 'offline_access'],
    resource: 'https://junction.example.com/graphql',
  };
  const file = { GATEWAY_CONFIG: join(folder, 'gateway.yaml') };
  const production = { NODE_ENV: 'production', CONSOLE: 'on' };
  assert.equal(signIn({})?.kind, 'demo');
  assert.deepEqual(signIn(file), oidc);
  assert.deepEqual(signIn({ ...production, ...file }), oidc);
  assert.deepEqual(signIn(production), { kind: 'token' });
  assert.deepEqual(signIn({ ...production, AUTHENTICATION: 'off' }), { kind: 'open' });
  assert.equal(signIn({ NODE_ENV: 'production' }), undefined);
});

test('pages may ask the provider, where its token endpoint is, too, and nobody else', async (t) => {
  await buildConsole();
  const provider = await OpenIdServer.start(await signingKey('one'));
  t.after(() => provider.down());
  const { issuer } = provider;
  const connects = async () => {
    const app = fastify();
    serveConsole(app, {
      config: { signIn: { kind: 'oidc', issuer, clientId: 'console', scopes: ['openid'] }, introspection: true },
      systems: async () => ({}),
    });
    const { headers } = await app.inject('/');
    await app.close();
    return /connect-src ([^;]+)/.exec(String(headers['content-security-policy']))?.[1];
  };
  assert.equal(await connects(), `'self' ${issuer}`);
  const told = (document: object) =>
    provider.instead.set(discoveryPath, (_request, response) => response.end(JSON.stringify(document)));
  told({ issuer, token_endpoint: 'https://tokens.example.com/oauth2/token' });
  assert.equal(await connects(), `'self' ${issuer} https://tokens.example.com`);
  // Neither what it doesn't protect nor what another says for it.
  told({ issuer, token_endpoint: 'http://tokens.example.com/oauth2/token' });
  assert.equal(await connects(), `'self' ${issuer}`);
  told({ issuer: 'https://other.example.com', token_endpoint: 'https://tokens.example.com/oauth2/token' });
  assert.equal(await connects(), `'self' ${issuer}`);
  await provider.down();
  assert.equal(await connects(), `'self' ${issuer}`);
});

test('a provider that fails is not asked again for each page', async (t) => {
  const provider = await OpenIdServer.start(await signingKey('one'));
  t.after(() => provider.down());
  provider.instead.set(discoveryPath, (_request, response) => response.writeHead(500).end());
  const origins = new ProviderOrigins(provider.issuer);
  t.after(() => origins.close());
  for (let page = 0; page < 5; page += 1) assert.deepEqual(await origins.all(), [provider.issuer]);
  assert.equal(provider.requests.filter((path) => path === discoveryPath).length, 1);
});
