import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyone, type Caller } from '../../../gateway/access/caller.ts';
import { defaultConfigFile } from '../../../gateway/config-file.ts';
import { FetchCallers } from '../../../gateway/transport/caller.ts';
import { KeyRing } from '../../../subgraphs/kit/trust/keys.ts';
import { TokenReader } from '../../../subgraphs/kit/trust/token.ts';
import { keyOf, noon } from '../../subgraphs/kit/trust/fixture.ts';

// What subgraphs get of callers.

const claims = {
  sub: '4711',
  iss: 'https://login.example.com',
  role: 'agent',
  email: 'a@example.com',
  aud: 'junction',
};

function callerOf(given: object = claims, scopes: readonly string[] = [], kind: Caller['kind'] = 'token'): Caller {
  return { id: 'someone', kind, claims: { ...given }, scopes: new Set(scopes) };
}

function setUp(forward_headers: string[] = [], names = defaultConfigFile.subgraphs.claims) {
  const clock = { now: noon };
  const keys = new KeyRing([keyOf('k1')]);
  const now = () => clock.now;
  const callers = new FetchCallers({ settings: { claims: names, forward_headers }, keys, now });
  return { clock, keys, callers };
}

test('the token has the claims that settings name, and no others', () => {
  const { callers, keys } = setUp();
  const caller = callers.of(callerOf(claims, ['finance:read', 'customer:contact']), { 'accept-language': 'de' });
  const { email: _, aud: __, ...named } = claims;
  const expected = { ...named, scope: 'finance:read customer:contact' };
  assert.deepEqual(caller.claims, expected);
  assert.deepEqual(caller.headers, []);
  const token = caller.token() ?? '';
  assert.deepEqual(new TokenReader(keys).read(token, noon / 1000), expected);
});

test('its own copy: nobody changes a caller by it', () => {
  const { callers } = setUp([], ['roles', '__proto__', 'constructor']);
  const given = JSON.parse('{"roles":["agent"],"__proto__":{"admin":true}}');
  const { claims = {} } = callers.of(callerOf(given), {});
  assert.throws(() => (claims.roles as string[]).push('supervisor'), TypeError);
  assert.equal((claims as { admin?: boolean }).admin, undefined);
  assert.deepEqual(
    Object.keys(claims),
    ['roles', '__proto__'].filter((name) => Object.hasOwn(claims, name)),
  );
});

test('minted once for each caller, and again before it ends', () => {
  const { callers, keys, clock } = setUp();
  const caller = callerOf();
  const minted = () => callers.of(caller, {}).token();
  const first = minted();
  assert.equal(callers.of(caller, {}), callers.of(caller, {}));
  for (clock.now = noon; clock.now < noon + 540_000; clock.now += 1_000) assert.equal(minted(), first);
  const second = minted();
  assert.notEqual(second, first);
  assert.equal(payloadOf(second).exp, noon / 1000 + 1_140);
  keys.replace([keyOf('k2'), keyOf('k1')]);
  const third = minted();
  assert.equal(JSON.parse(Buffer.from(third?.split('.')[0] ?? '', 'base64url').toString()).kid, 'k2');
  assert.equal(minted(), third);
});

test('it ends no later than the caller’s own credential', () => {
  const { callers, clock } = setUp();
  const ends = noon / 1000 + 100;
  const caller = callerOf({ ...claims, exp: ends });
  const first = callers.of(caller, {}).token();
  assert.equal(payloadOf(first).exp, ends);
  clock.now = noon + 99_000;
  assert.equal(callers.of(caller, {}).token(), first, 'there is no longer one to be had');
  const later = callerOf({ ...claims, exp: noon / 1000 + 3_600 });
  assert.equal(payloadOf(callers.of(later, {}).token()).exp, noon / 1000 + 699);
});

test('where nobody is known to ask there is no token', () => {
  const { callers } = setUp();
  for (const caller of [anyone, callerOf({}, [], 'anonymous')]) {
    const { key, claims, token } = callers.of(caller, {});
    assert.deepEqual(
      { key, claims, token: token.call(callers.of(caller, {})) },
      { key: '', claims: undefined, token: undefined },
    );
  }
});

test('without keys there is no token, and the claims still reach what runs in this process', () => {
  const callers = new FetchCallers({ settings: defaultConfigFile.subgraphs, keys: undefined });
  const caller = callers.of(callerOf(), {});
  assert.equal(caller.token(), undefined);
  assert.equal(caller.claims?.sub, '4711');
});

test('headers go on when they are listed, as they are', () => {
  const { callers } = setUp(['accept-language', 'x-tenant']);
  const client = { 'accept-language': 'de', cookie: 'a=1', authorization: 'Bearer secret', 'x-other': '1' };
  assert.deepEqual(callers.of(callerOf(), client).headers, ['accept-language', 'de']);
  assert.deepEqual(callers.of(anyone, { 'x-tenant': '' }).headers, ['x-tenant', '']);
  assert.deepEqual(callers.of(anyone, { 'x-tenant': undefined }).headers, []);
});

test('keys are equal where all that reaches a subgraph is, and nowhere else', () => {
  const { callers } = setUp(['a', 'b']);
  const keyOfOne = (caller: Caller, headers: Record<string, string> = {}) => callers.of(caller, headers).key;
  assert.equal(
    keyOfOne(callerOf()),
    keyOfOne(callerOf({ ...claims, email: 'not sent' })),
    'two credentials of one person',
  );
  assert.equal(keyOfOne(callerOf(), { a: '1' }), keyOfOne(callerOf(), { a: '1', c: 'not sent' }));
  const different = [
    keyOfOne(anyone),
    keyOfOne(callerOf()),
    keyOfOne(callerOf({ ...claims, sub: '4712' })),
    keyOfOne(callerOf({ ...claims, role: undefined })),
    keyOfOne(callerOf(claims, ['x'])),
    keyOfOne(callerOf(claims, ['x', 'y'])),
    keyOfOne(callerOf({})),
    ...[anyone, callerOf()].flatMap((caller) => [
      keyOfOne(caller, { a: '1' }),
      keyOfOne(caller, { b: '1' }),
      keyOfOne(caller, { a: '', b: '1' }),
      keyOfOne(caller, { a: '1', b: '' }),
      keyOfOne(caller, { a: '1","b","' }),
    ]),
  ];
  assert.equal(new Set(different).size, different.length);
});

function payloadOf(token = ''): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
