import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyone, type Caller } from '../../../../gateway/access/caller.ts';
import { addressOf, networkOf, networksOf } from '../../../../gateway/access/identity/address.ts';
import { wwwAuthenticate } from '../../../../gateway/access/identity/authenticator.ts';
import { CredentialError } from '../../../../gateway/access/identity/credential.ts';
import { DemoIssuer, demoIssuer } from '../../../../gateway/access/identity/demo-callers.ts';
import { authenticatorOf, connectionFrom, deskOf, FakeIssuers, forwarded } from './authenticator-fixture.ts';

const ada: Caller = { id: 'https://login.example ada', kind: 'token', claims: { sub: 'ada' }, scopes: new Set() };

test('a bearer token goes to the providers, whatever case the scheme has', async (t) => {
  const issuers = new FakeIssuers(new Map([['abc.def.ghi', ada]]));
  const { ask, callers } = await deskOf(t, { issuers });
  for (const scheme of ['Bearer', 'bearer', 'BEARER ']) {
    const { who, status } = await ask({ authorization: `${scheme} abc.def.ghi` });
    assert.deepEqual({ who, status }, { who: 'token https://login.example ada', status: 200 });
  }
  assert.deepEqual(issuers.asked, ['abc.def.ghi', 'abc.def.ghi', 'abc.def.ghi']);
  assert.ok(callers.every((caller) => caller === ada));
});

test('any credential that is not one bearer token is refused, and no provider hears of it', async (t) => {
  const issuers = new FakeIssuers();
  const { ask } = await deskOf(t, { issuers });
  for (const authorization of [
    'Basic YWRhOnNlY3JldA==',
    'Bearer',
    'Bearer ',
    '',
    'abc.def.ghi',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer a"b',
    'Bearer a\u00e4',
    'BearerX abc',
    'Bearer\tabc',
  ]) {
    const { status, who, challenge } = await ask({ authorization });
    assert.equal(status, 401, authorization);
    assert.equal(who, 'Authorization: expected "Bearer" and one token.');
    assert.equal(
      challenge,
      `Bearer realm="junction", error="invalid_token", error_description="Authorization: expected 'Bearer' and one token."`,
    );
  }
  assert.deepEqual(issuers.asked, []);
});

test('two credentials are refused, even if one is good', async (t) => {
  const issuers = new FakeIssuers(new Map([['good', ada]]));
  const { ask } = await deskOf(t, { issuers });
  const { status, who } = await ask({ authorization: 'Bearer good', 'x-api-key': 'jct_x' });
  assert.deepEqual(
    { status, who },
    { status: 401, who: 'Expected one credential: Authorization or x-api-key, got both.' },
  );
  assert.deepEqual(issuers.asked, []);
});

test('what the providers say of a token goes on: refused, or nobody can say', async (t) => {
  const { ask } = await deskOf(t, { issuers: new FakeIssuers() });
  assert.deepEqual(await ask({ authorization: 'Bearer nobody' }), {
    status: 401,
    who: 'The token is not "known".',
    challenge: `Bearer realm="junction", error="invalid_token", error_description="The token is not 'known'."`,
  });
  assert.deepEqual(await ask({ authorization: 'Bearer down' }), {
    status: 503,
    who: "The provider can't be asked.",
    challenge: 'Bearer realm="junction"',
  });
});

test('where nothing knows tokens or keys, both are refused', async (t) => {
  const { ask } = await deskOf(t);
  assert.equal((await ask({ authorization: 'Bearer abc' })).who, 'No tokens are taken here.');
  for (const headers of [{ authorization: 'Bearer jct_abc' }, { 'x-api-key': 'jct_abc' }, { 'x-api-key': '' }]) {
    const { status, who } = await ask(headers);
    assert.deepEqual({ status, who }, { status: 401, who: 'No API keys are taken here.' });
  }
});

test('demo tokens go to the demo issuer alone, all others to the providers alone', async (t) => {
  const demo = new DemoIssuer(Buffer.alloc(32, 1));
  const issuers = new FakeIssuers(new Map([['real', ada]]));
  const { ask } = await deskOf(t, { issuers, demo });
  const token = await demo.tokenOf('agent');
  for (let i = 0; i < 2; i++) {
    assert.equal((await ask({ authorization: `Bearer ${token}` })).who, `demo ${demoIssuer} agent`);
  }
  const forged = await new DemoIssuer(Buffer.alloc(32, 2)).tokenOf('agent');
  assert.equal((await ask({ authorization: `Bearer ${forged}` })).status, 401);
  assert.equal((await ask({ authorization: 'Bearer real' })).status, 200);
  assert.deepEqual(issuers.asked, ['real']);
});

test('without a demo issuer its tokens are any other token', async (t) => {
  const issuers = new FakeIssuers();
  const { ask } = await deskOf(t, { issuers });
  const token = await new DemoIssuer(Buffer.alloc(32, 1)).tokenOf('supervisor');
  assert.equal((await ask({ authorization: `Bearer ${token}` })).status, 401);
  assert.deepEqual(issuers.asked, [token]);
});

test('nobody in particular is an address, the same object each time', async (t) => {
  const { ask, callers } = await deskOf(t);
  for (let i = 0; i < 3; i++) assert.equal((await ask()).who, 'anonymous address 127.0.0.1');
  assert.equal(new Set(callers).size, 1);
  assert.deepEqual([callers[0]?.claims, callers[0]?.scopes.size], [{}, 0]);
});

test('the client of a trusted proxy is who it says; of any other, the connection', async (t) => {
  const trusting = await deskOf(t, { trustedProxies: ['127.0.0.0/8'] });
  assert.equal((await trusting.ask({ 'x-forwarded-for': '198.51.100.7' })).who, 'anonymous address 198.51.100.7');
  const others = await deskOf(t, { trustedProxies: ['10.0.0.0/8'] });
  assert.equal((await others.ask({ 'x-forwarded-for': '198.51.100.7' })).who, 'anonymous address 127.0.0.1');
});

test('switched off, everybody is anyone, whatever they bring', async (t) => {
  const issuers = new FakeIssuers();
  const { ask, callers } = await deskOf(t, { authentication: false, issuers });
  await ask();
  await ask({ authorization: 'Basic x', 'x-api-key': 'x' });
  assert.deepEqual(callers, [anyone, anyone]);
  assert.deepEqual(issuers.asked, []);
});

test('an address without credentials is one caller for all its IPv6 interfaces, and addresses are bounded', () => {
  const authenticator = authenticatorOf();
  const who = (address: string) => authenticator.authenticate({}, connectionFrom(address)) as Caller;
  assert.equal(who('2001:db8:0:1::1'), who('2001:db8:0:1:ffff::2'));
  assert.equal(who('2001:db8:0:1::1').id, 'address 2001:db8:0:1::/64');
  assert.notEqual(who('2001:db8:0:2::1'), who('2001:db8:0:1::1'));
  const first = who('192.0.2.1');
  assert.equal(who('::ffff:192.0.2.1'), first);
  for (let i = 0; i < 10_000; i++) who(`10.1.${i >> 8}.${i & 255}`);
  assert.notEqual(who('192.0.2.1'), first);
});

test('what it was given is closed with it', () => {
  const issuers = new FakeIssuers();
  authenticatorOf({ issuers }).close();
  assert.equal(issuers.closed, 1);
});

test('X-Forwarded-For is walked from the right for as long as the writer is trusted', () => {
  const proxies = networksOf(['10.0.0.0/8', 'fd00::/8', '192.0.2.1']);
  const rows: readonly [peer: string | undefined, header: string, client: string][] = [
    ['10.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['10.0.0.1', '1.1.1.1, 203.0.113.5', '203.0.113.5'],
    ['10.0.0.1', '203.0.113.5, 10.0.0.2', '203.0.113.5'],
    ['10.0.0.1', '6.6.6.6, 203.0.113.5, fd00::1,192.0.2.1', '203.0.113.5'],
    ['192.0.2.2', '203.0.113.5', '192.0.2.2'],
    ['::ffff:10.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['fd00::1', '2001:db8::5', '2001:db8::5'],
    ['fd00::1', '[2001:db8::5]:4711', '2001:db8::5'],
    ['10.0.0.1', '203.0.113.5:4711', '203.0.113.5'],
    ['10.0.0.1', '::ffff:cb00:7105', '203.0.113.5'],
    ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['10.0.0.1', 'nonsense', '10.0.0.1'],
    ['10.0.0.1', '203.0.113.5, nonsense', '10.0.0.1'],
    ['10.0.0.1', '203.0.113.5, nonsense, 10.0.0.9', '10.0.0.9'],
    ['10.0.0.1', '203.0.113.5,', '10.0.0.1'],
    ['10.0.0.1', '', '10.0.0.1'],
    ['10.0.0.1', '__proto__', '10.0.0.1'],
    ['10.0.0.1', '1.2.3.4.5', '10.0.0.1'],
    [undefined, '203.0.113.5', 'unknown'],
  ];
  for (const [peer, header, client] of rows) {
    assert.equal(addressOf(connectionFrom(peer), forwarded(header), proxies), client, `${peer} ${header}`);
  }
  assert.equal(addressOf(connectionFrom('10.0.0.1'), forwarded('203.0.113.5')), '10.0.0.1');
  assert.equal(addressOf(connectionFrom('fe80::1%eth0'), {}), 'fe80::1');
});

test('a network is an IPv4 address, or 64 bits of IPv6 however they are written', () => {
  assert.equal(networkOf('192.0.2.1'), '192.0.2.1');
  assert.equal(networkOf('unknown'), 'unknown');
  for (const [address, network] of [
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0000:0:1:2:3:4', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1:2:3:4::', '1:2:3:4::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
  ] as const) {
    assert.equal(networkOf(address), network);
  }
});

test('a challenge without an error only says what is taken', () => {
  assert.equal(wwwAuthenticate(), 'Bearer realm="junction"');
  assert.equal(
    wwwAuthenticate(new CredentialError('invalid', 'Not “so”\r\nSet-Cookie: a\\b')),
    `Bearer realm="junction", error="invalid_token", error_description="Not 'so'''Set-Cookie: a'b"`,
  );
});
