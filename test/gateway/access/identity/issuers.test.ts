import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Issuers, issuerFaults } from '../../../../gateway/access/identity/issuers.ts';
import { createLog } from '../../../../gateway/telemetry/log.ts';
import { audience, discoveryPath, keysPath, OpenIdServer } from '../../../servers/openid.ts';
import { issuerSettings, keyOne, keyTwo, refusalOf, setUp, withIntrospection } from './issuers-fixture.ts';

test("a provider's token says who is asking, and is verified once", async (context) => {
  const { server, issuers, log } = await setUp(context);
  const token = await server.token();
  const all = await Promise.all(Array.from({ length: 50 }, () => issuers.verify(token)));
  const [caller] = all;
  assert(caller);
  assert.deepEqual(
    { id: caller.id, kind: caller.kind, scopes: [...caller.scopes], aud: caller.claims.aud, sub: caller.claims.sub },
    {
      id: `${server.issuer} reporting`,
      kind: 'token',
      scopes: ['order:read', 'finance:read'],
      aud: audience,
      sub: 'reporting',
    },
  );
  assert(all.every((each) => each === caller));
  assert.equal(issuers.verify(token), caller, 'the same caller, at once');
  assert.deepEqual(server.requests.toSorted(), [discoveryPath, keysPath, '/token']);
  assert.deepEqual(log, []);
});

test('a remembered token counts until it expires, and as long as clocks may differ', async (context) => {
  const { server, issuers, pass, now } = await setUp(context, { clock_skew_s: 20 });
  const token = await server.token();
  const caller = await issuers.verify(token);
  const { exp } = caller.claims;
  assert(typeof exp === 'number');
  pass(exp + 20 - now() / 1_000 - 0.001);
  assert.equal(issuers.verify(token), caller);
  pass(0.001);
  assert.equal(await refusalOf(issuers, token), 'invalid: The token has expired.');
  assert.equal(await refusalOf(issuers, await server.sign({ exp })), 'invalid: The token has expired.');
});

test("tokens of an issuer for another service, of an unknown issuer, or with another's key are refused", async (context) => {
  const { server, issuers } = await setUp(context);
  const other = await OpenIdServer.start(keyTwo);
  context.after(() => other.down());
  await issuers.verify(await server.token());
  const asked = server.requests.length;

  const forOther = await server.token('jwt', 'https://other.example/');
  assert.equal(await refusalOf(issuers, forOther), 'invalid: The token is not meant for this service.');
  const unknown = 'invalid: The token is from an issuer that is not known here.';
  assert.equal(await refusalOf(issuers, await other.token()), unknown);
  assert.equal(await refusalOf(issuers, await server.sign({ iss: undefined })), unknown);
  assert.equal(await refusalOf(issuers, await server.sign({ iss: '__proto__' })), unknown);
  const pretended = await other.sign({ iss: server.issuer }, { kid: 'one' });
  assert.equal(await refusalOf(issuers, pretended), 'invalid: The signature of the token is wrong.');
  assert.equal(server.requests.length, asked + 1, 'nobody was asked but for the token');
  assert.deepEqual(other.requests, ['/token']);
});

test('each of two issuers vouches for its own', async (context) => {
  const { server: second } = await setUp(context, {}, { keys: [keyTwo] });
  const { server: first } = await setUp(context);
  const issuers = new Issuers(
    issuerSettings({ issuer: first.issuer, audience: [audience, 'b'] }, { issuer: second.issuer, audience: 'b' }),
    { environment: {}, log: createLog({ level: 'silent' }) },
  );
  context.after(() => issuers.close());
  const ada = [await issuers.verify(await first.sign()), await issuers.verify(await second.sign({ aud: ['a', 'b'] }))];
  assert.deepEqual(
    ada.map(({ id }) => id),
    [`${first.issuer} ada`, `${second.issuer} ada`],
  );
  const aud = 'invalid: The token is not meant for this service.';
  assert.equal(await refusalOf(issuers, await second.sign()), aud);
});

test('scopes are a text or a list, in the first claim that is there', async (context) => {
  const { server, issuers } = await setUp(context, { scopes_claim: ['permissions', 'scope'] });
  const scopes = async (claims: Record<string, unknown>) => [
    ...(await issuers.verify(await server.sign(claims))).scopes,
  ];
  assert.deepEqual(await scopes({ scope: 'a  b' }), ['a', 'b']);
  assert.deepEqual(await scopes({ scope: ['a b', 7, 'c'] }), ['a b', 'c']);
  assert.deepEqual(await scopes({ scope: 'a', permissions: [] }), []);
  assert.deepEqual(await scopes({ scope: { a: true } }), []);
  assert.deepEqual(await scopes({}), []);
});

test('a machine without a subject is known by its client', async (context) => {
  const { server, issuers } = await setUp(context);
  const id = async (claims: Record<string, unknown>) => (await issuers.verify(await server.sign(claims))).id;
  assert.equal(await id({ sub: undefined, client_id: 'm', azp: 'n' }), `${server.issuer} m`);
  assert.equal(await id({ sub: '', azp: 'n' }), `${server.issuer} n`);
  const nobody = await server.sign({ sub: undefined });
  assert.equal(await refusalOf(issuers, nobody), 'invalid: The token does not say whom it stands for.');
});

test('forged and unsuitable tokens are refused', async (context) => {
  const { server, issuers, log } = await setUp(context);
  const good = await server.sign();
  const caller = await issuers.verify(good);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const asked = server.requests.length;

  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = (alg: string) => `${encode({ alg, typ: 'JWT', kid: 'one' })}.${payload}.`;
  /** As a verifier would accept it that takes the public key for a secret. */
  const confused = (secret: string | Buffer) => {
    const text = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'one' })}.${payload}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const { jwk, publicPem } = keyOne;
  const own = await generateKeyPair('RS256', { extractable: true });
  const ownJwk = await exportJWK(own.publicKey);
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const signedByOwn = (extra: object) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...extra }).sign(own.privateKey);

  const way = 'invalid: The token is signed in a way that is not allowed here.';
  const wrong = 'invalid: The signature of the token is wrong.';
  const key = 'invalid: The token is signed with a key that its issuer does not have.';
  const unsuitable = 'invalid: The token is not an access token that can be used here.';
  const claim = 'invalid: The token lacks a claim that is needed, or has it in a wrong form.';
  const seconds = Math.floor(Date.now() / 1_000);
  const cases: Record<string, readonly [token: string, refusal: string]> = {
    'alg none': [unsigned('none'), way],
    'alg None': [unsigned('None'), way],
    'alg none with a signature': [`${unsigned('none')}${signature}`, way],
    'no signature': [`${header}.${payload}.`, wrong],
    "the public key's PEM as a secret": [confused(publicPem), way],
    "the public key's PEM as a secret, trimmed": [confused(publicPem.trim()), way],
    "the public key's modulus as a secret": [confused(Buffer.from(String(jwk.n), 'base64url')), way],
    "the public key's JSON as a secret": [confused(JSON.stringify({ kty: jwk.kty, n: jwk.n, e: jwk.e })), way],
    'an algorithm that the settings leave out': [await server.sign({}, { alg: 'RS384' }), way],
    'altered claims': [`${header}.${encode({ ...claims, sub: 'eve' })}.${signature}`, wrong],
    'an altered header': [`${encode({ alg: 'PS256', kid: 'one' })}.${payload}.${signature}`, key],
    'a key of its own, in the header': [await signedByOwn({ kid: 'one', jwk: ownJwk }), wrong],
    'a key of its own, by URL': [await signedByOwn({ kid: 'one', jku: `${server.issuer}/evil` }), wrong],
    'a critical extension': [
      `${encode({ alg: 'RS256', kid: 'one', crit: ['x'], x: 1 })}.${payload}.${signature}`,
      unsuitable,
    ],
    'an unencoded payload': [
      `${encode({ alg: 'RS256', kid: 'one', crit: ['b64'], b64: false })}.${payload}.${signature}`,
      unsuitable,
    ],
    'a token for a logout': [await server.sign({}, { typ: 'logout+jwt' }), unsuitable],
    'no expiry': [await server.sign({ exp: undefined }), claim],
    'an expiry that is a text': [await server.sign({ exp: '2999-01-01' }), claim],
    'no audience': [await server.sign({ aud: undefined }), 'invalid: The token is not meant for this service.'],
    expired: [await server.sign({ exp: seconds - 60 }), 'invalid: The token has expired.'],
    'not yet valid': [await server.sign({ nbf: seconds + 60 }), 'invalid: The token is not valid yet.'],
    'too long': [`${good}${'A'.repeat(8_192)}`, 'invalid: The token is longer than 8192 characters.'],
    'not a token': ['hello', 'invalid: The token is not a JSON Web Token.'],
    'an empty one': ['', 'invalid: The token is not a JSON Web Token.'],
    'claims that are no object': [
      `${header}.${encode([1])}.${signature}`,
      'invalid: The token is not a JSON Web Token.',
    ],
  };
  for (const [name, [token, refusal]] of Object.entries(cases)) {
    assert.equal(await refusalOf(issuers, token), refusal, name);
    assert.equal(issuers.verify(good), caller, 'a good one is answered at once, all the while');
  }
  assert.deepEqual(server.requests.slice(asked), [keysPath], 'once, for the algorithm that no key is for');
  assert.deepEqual(log, []);
});

test('a bad token costs its verification once', async (context) => {
  const { server, issuers, pass } = await setUp(context);
  const bad = await server.sign({ aud: 'other' });
  await refusalOf(issuers, bad);
  const thrown = () => {
    try {
      return issuers.verify(bad);
    } catch (error) {
      return error;
    }
  };
  const first = thrown();
  assert(first instanceof Error, 'at once');
  for (let i = 0; i < 1_000; i++) assert.equal(thrown(), first);
  pass(9);
  assert.equal(thrown(), first);
  pass(2);
  const again = thrown();
  assert(again instanceof Promise, 'for ten seconds');
  await assert.rejects(again);
});

test('settings that can not work are told', () => {
  const issuer = 'https://login.example.com';
  const settings = issuerSettings(
    { issuer, audience, introspection: withIntrospection },
    { issuer, audience },
    { issuer: 'https://b.example', audience, introspection: { ...withIntrospection, client_secret: 'EMPTY' } },
  );
  assert.deepEqual(issuerFaults(settings, { OPENID_SECRET: 's', EMPTY: '' }), [
    'authentication.issuers.1.issuer: https://login.example.com is there twice, expected each issuer once.',
    "authentication.issuers.2.introspection.client_secret: EMPTY is not set, expected the client's secret in that variable.",
  ]);
  assert.deepEqual(issuerFaults(settings.slice(0, 1), { OPENID_SECRET: 's' }), []);
});
