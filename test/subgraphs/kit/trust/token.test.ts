import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jwtVerify, SignJWT } from 'jose';
import { KeyRing } from '../../../../subgraphs/kit/trust/keys.ts';
import { TokenReader } from '../../../../subgraphs/kit/trust/token.ts';
import { keyOf, message, noon, pair, tokenOf, verdict } from './fixture.ts';

const now = noon / 1000;

test('it is a JWT as others read it', async () => {
  const key = keyOf('k1');
  const token = tokenOf(key, { sub: 'Zoë', nested: { list: [1] } });
  const { payload, protectedHeader } = await jwtVerify(token, key.secret, {
    issuer: 'junction',
    audience: 'subgraphs',
    currentDate: new Date(noon),
  });
  assert.deepEqual(protectedHeader, { alg: 'HS256', typ: 'JWT', kid: 'k1' });
  assert.deepEqual(payload, {
    iss: 'junction',
    aud: 'subgraphs',
    iat: now,
    exp: now + 600,
    caller: { sub: 'Zoë', nested: { list: [1] } },
  });
});

test('its claims reach who asks for them, and nobody changes them', () => {
  const key = keyOf('k1');
  const reader = new TokenReader(new KeyRing([key]));
  const token = tokenOf(key, { sub: '1', roles: ['agent'], ['__proto__']: { admin: true } });
  const claims = reader.read(token, now);
  assert.ok(typeof claims === 'object');
  assert.deepEqual(claims.roles, ['agent']);
  assert.equal((claims as { admin?: unknown }).admin, undefined);
  assert.equal(reader.read(token, now), claims, 'read once');
  assert.throws(() => (claims.roles as string[]).push('supervisor'), TypeError);
});

test('what is not one of the gateway is refused', async () => {
  const key = keyOf('k1');
  const good = { iss: 'junction', aud: 'subgraphs', exp: now + 600, caller: { sub: '1' } };
  const make = (payload: object, { alg = 'HS256', typ = 'JWT', kid = 'k1', secret = key.secret } = {}) =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg, typ, kid }).sign(secret);
  const token = await make(good);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const none = `${Buffer.from('{"alg":"none","typ":"JWT","kid":"k1"}').toString('base64url')}.${payload}.`;
  const bad = {
    'another key': await make(good, { secret: keyOf('k9').secret }),
    'an unknown key': await make(good, { kid: 'k9' }),
    'another algorithm': await make(good, { alg: 'HS512', secret: keyOf('x').secret }),
    'another type': await make(good, { typ: 'at+jwt' }),
    'another issuer': await make({ ...good, iss: 'https://login.example.com' }),
    'another audience': await make({ ...good, aud: 'clients' }),
    'several audiences': await make({ ...good, aud: ['subgraphs', 'clients'] }),
    'no end': await make({ ...good, exp: undefined }),
    'no caller': await make({ ...good, caller: 'root' }),
    'no algorithm': none,
    'no signature': `${header}.${payload}.`,
    'a fourth part': `${token}.`,
    'other spelling of the same signature': `${header}.${payload}.${signature}=`,
    nothing: '',
    'no JSON': 'a.b.c',
  };
  const reader = new TokenReader(new KeyRing([key]));
  assert.deepEqual(reader.read(token, now), { sub: '1' });
  for (const [what, text] of Object.entries(bad)) assert.equal(reader.read(text, now), 'invalid', what);
});

test('it ends, also where it is remembered, and with its key', () => {
  const keys = new KeyRing([keyOf('k1')]);
  const reader = new TokenReader(keys);
  const token = tokenOf(keys.signing, { sub: '1' });
  assert.deepEqual(reader.read(token, now + 599), { sub: '1' });
  assert.equal(reader.read(token, now + 600), 'expired');
  keys.replace([keyOf('k2'), keyOf('k1', 5)]);
  assert.equal(reader.read(token, now), 'invalid');
});

test('a signed fetch with a bad token is refused', async () => {
  const { signer, verifier, keys, clock } = pair();
  const said = (authorization: string) => verdict(verifier, message(signer, { covered: { authorization } }));
  const token = tokenOf(keys.signing, { sub: '1' });
  assert.deepEqual(await said(`Bearer ${token}`), { sub: '1' });
  assert.equal(await said(`Bearer ${tokenOf(keyOf('k1', 9), {})}`), 'The caller token is not one of our gateway.');
  assert.equal(await said(`Basic ${token}`), 'The caller token is not one of our gateway.');
  assert.equal(await said(''), 'The caller token is not one of our gateway.');
  // Clocks may differ by the window.
  clock.now = noon + 659_000;
  assert.deepEqual(await said(`Bearer ${token}`), { sub: '1' });
  clock.now = noon + 660_000;
  assert.equal(await said(`Bearer ${token}`), 'The caller token has expired.');
});
