import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { CredentialError } from '../../../../gateway/access/identity/credential.ts';
import { DemoIssuer, demoCaller, demoCallers, demoIssuer } from '../../../../gateway/access/identity/demo-callers.ts';

const secret = Buffer.alloc(32, 7);
const hourMs = 3_600_000;

test('each demo caller is known by their token, as the same object, in every process with the secret', async () => {
  const [one, other] = [new DemoIssuer(secret), new DemoIssuer(secret)];
  for (const { name, claims, scopes } of demoCallers) {
    const token = await one.tokenOf(name);
    assert.ok(one.isNamedBy(token));
    const caller = await other.verify(token);
    assert.equal(caller.id, `urn:junction:demo ${name}`);
    assert.equal(caller.kind, 'demo');
    assert.deepEqual(caller.claims, { iss: demoIssuer, ...claims, scope: scopes.join(' ') });
    assert.deepEqual([...caller.scopes], scopes);
    // Remembered: at once, and the same.
    assert.equal(other.verify(token), caller);
    assert.equal(demoCaller(name), caller);
    assert.equal(await other.verify(await one.tokenOf(name)), caller);
  }
  assert.equal(demoCaller('__proto__'), undefined);
  await assert.rejects(
    one.tokenOf('boss'),
    /expected one of agent, supervisor, dashboard, reporting, customer; got "boss"/,
  );
});

test('who may what', () => {
  const may = Object.fromEntries(demoCallers.map(({ name, scopes }) => [name, scopes.join(' ')]));
  assert.deepEqual(may, {
    agent: 'customer:read customer:contact support:read order:read inventory:read finance:read',
    supervisor: 'customer:read customer:contact support:read order:read inventory:read finance:read finance:margin',
    dashboard: 'order:read inventory:read finance:read',
    reporting: 'customer:read order:read inventory:read finance:read finance:margin',
    customer: '',
  });
});

test('a token ends after 12 hours, remembered or not', async () => {
  let now = Date.now();
  const issuer = new DemoIssuer(secret, () => now);
  const token = await issuer.tokenOf('agent');
  assert.equal((decodeJwt(token).exp ?? 0) - (decodeJwt(token).iat ?? 0), 12 * 3_600);
  now += 12 * hourMs - 2_000;
  await issuer.verify(token);
  now += 2_000;
  assert.throws(() => issuer.verify(token), refused(/has expired/));
  await assert.rejects(async () => new DemoIssuer(secret, () => now).verify(token), refused(/has expired/));
});

test('nothing else is believed', async () => {
  const issuer = new DemoIssuer(secret);
  const now = Math.floor(Date.now() / 1_000);
  const good = { iss: demoIssuer, aud: 'junction', sub: 'agent', iat: now, exp: now + 60 };
  const signed = (claims: Record<string, unknown>, key: Uint8Array = secret, alg = 'HS256') =>
    new SignJWT(claims).setProtectedHeader({ alg }).sign(key);
  assert.equal(await issuer.verify(await signed(good)), demoCaller('agent'));
  const { exp: _, ...endless } = good;
  const wrong = {
    'of another start': await new DemoIssuer(Buffer.alloc(32, 8)).tokenOf('supervisor'),
    'of another issuer': await signed({ ...good, iss: 'https://login.example' }),
    'for another audience': await signed({ ...good, aud: 'other' }),
    'of nobody known': await signed({ ...good, sub: 'boss' }),
    'of a prototype': await signed({ ...good, sub: '__proto__' }),
    'of nobody': await signed({ ...good, sub: undefined }),
    'without an end': await signed(endless),
    'that has ended': await signed({ ...good, exp: now - 1 }),
    'with another algorithm': await signed(good, Buffer.alloc(64, 7), 'HS512'),
    'without a signature': new UnsecuredJWT(good).encode(),
    'with a changed payload': changed(await signed(good)),
    'that is none': 'a.b.c',
    'that is nothing': '',
  };
  for (const [what, token] of Object.entries(wrong)) {
    await assert.rejects(async () => issuer.verify(token), refused(/^The demo token/), what);
  }
  assert.ok(!issuer.isNamedBy('a.b.c') && !issuer.isNamedBy('') && !issuer.isNamedBy(wrong['of another issuer']));
});

test('a short secret is refused', () => {
  assert.throws(() => new DemoIssuer(Buffer.alloc(16)), /expected a secret of at least 32 bytes, got 16/);
});

function refused(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof CredentialError && error.code === 'invalid' && message.test(error.message);
}

/** The same token for somebody else. */
function changed(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const other = Buffer.from(JSON.stringify({ ...claims, sub: 'supervisor' })).toString('base64url');
  return [header, other, signature].join('.');
}
