import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { audience, client, introspectionPath, type OpenIdServer } from '../../../servers/openid.ts';
import { until } from '../../../servers/process.ts';
import { refusalOf, setUp, withIntrospection } from './issuers-fixture.ts';

const introspection = { ...withIntrospection, remember_s: 60 };
const notGood = 'invalid: The token is not good, or not any more.';
const unavailable = "unavailable: Tokens can't be verified at the moment.";

test('a token that only its issuer can read, until it is revoked', async (context) => {
  const { server, issuers, pass, log } = await setUp(context, { introspection });
  const token = await server.token('opaque');
  const [caller, same] = await Promise.all([issuers.verify(token), issuers.verify(token)]);
  assert.deepEqual(
    { id: caller.id, kind: caller.kind, scopes: [...caller.scopes], iss: caller.claims.iss, aud: caller.claims.aud },
    {
      id: `${server.issuer} reporting`,
      kind: 'token',
      scopes: ['order:read', 'finance:read'],
      iss: server.issuer,
      aud: audience,
    },
  );
  assert.equal(same, caller);
  await server.revoke(token);
  pass(59);
  assert.equal(issuers.verify(token), caller, 'the answer counts for 60 seconds');
  assert.equal(server.count(introspectionPath), 1);
  pass(2);
  assert.equal(await refusalOf(issuers, token), notGood);
  assert.equal(await refusalOf(issuers, token), notGood);
  assert.equal(server.count(introspectionPath), 2);
  assert.deepEqual(log, []);
});

test('a token that is asked about again stays the same caller', async (context) => {
  const { server, issuers } = await setUp(context, { introspection: { ...introspection, remember_s: 0 } });
  const token = await server.token('opaque');
  const caller = await issuers.verify(token);
  assert.equal(await issuers.verify(token), caller);
  assert.equal(server.count(introspectionPath), 2, 'where answers are not remembered, each request asks');
});

test('a JSON Web Token is verified, and then asked about', async (context) => {
  const { server, issuers, pass } = await setUp(context, { introspection });
  // The provider itself answers about opaque tokens alone.
  let active: unknown = true;
  const asked: string[] = [];
  server.instead.set(introspectionPath, async (request, response) => {
    asked.push(`${request.headers.authorization} ${Buffer.concat(await request.toArray())}`);
    response.end(JSON.stringify({ active, sub: 'eve', scope: 'everything' }));
  });
  const token = await server.sign({ scope: 'a' });
  const caller = await issuers.verify(token);
  assert.deepEqual([caller.id, ...caller.scopes], [`${server.issuer} ada`, 'a'], 'its own claims count');
  // RFC 6749, appendix B: a space is a plus.
  const pair = 'reporting:not+so%3A+secret+%25%26%2B';
  assert.deepEqual(asked, [`Basic ${btoa(pair)} token=${token}&token_type_hint=access_token`]);

  const [header, payload] = token.split('.');
  assert.equal(await refusalOf(issuers, `${header}.${payload}.`), 'invalid: The signature of the token is wrong.');
  assert.equal(asked.length, 1);
  active = 'true';
  pass(61);
  assert.equal(await refusalOf(issuers, token), notGood);
});

test('the provider is down: its last answer counts no longer than usual', async (context) => {
  const { server, issuers, pass, log } = await setUp(context, { introspection });
  const token = await server.token('opaque');
  const caller = await issuers.verify(token);
  await server.down();
  assert.equal(issuers.verify(token), caller);
  pass(61);
  assert.equal(await refusalOf(issuers, token), unavailable);
  assert.equal(await refusalOf(issuers, token), unavailable);
  await server.up();
  assert.equal(await issuers.verify(token), caller);
  assert.equal(log.length, 2);
  assert.match(String(log[0]), /^40 an issuer can't be asked about tokens: it can't be reached \([A-Z_]+\)$/);
  assert.equal(log[1], '30 an issuer can be asked about tokens again');
});

test('what the answer says is checked', async (context) => {
  const { server, issuers } = await setUp(context, { introspection });
  assert.equal(
    await refusalOf(issuers, await server.token('opaque', 'https://other.example/')),
    'invalid: The token is not meant for this service.',
  );
  const seconds = Math.floor(Date.now() / 1_000);
  const good = { active: true, sub: 'ada', aud: ['x', audience] };
  const cases: Record<string, readonly [change: object, refusal: string]> = {
    'another issuer': [
      { iss: 'https://other.example' },
      'invalid: The token is from an issuer that is not known here.',
    ],
    'no audience': [{ aud: undefined }, 'invalid: The token is not meant for this service.'],
    expired: [{ exp: seconds - 60 }, 'invalid: The token has expired.'],
    'an expiry that is a text': [{ exp: '2999' }, 'invalid: The token has expired.'],
    'not yet valid': [{ nbf: seconds + 60 }, 'invalid: The token is not valid yet.'],
    nobody: [{ sub: undefined }, 'invalid: The token does not say whom it stands for.'],
    'active, almost': [{ active: 1 }, notGood],
  };
  for (const [name, [change, refusal]] of Object.entries(cases)) {
    answer(server, { ...good, ...change });
    assert.equal(await refusalOf(issuers, name), refusal, name);
  }
  answer(server, { ...good, exp: seconds - 10, nbf: seconds + 10 });
  assert.equal((await issuers.verify('good')).id, `${server.issuer} ada`, 'clocks may differ');
});

test('tokens that are made up do not bring the provider down', async (context) => {
  const { server, issuers } = await setUp(context, { introspection });
  const good = await server.token('opaque');
  const caller = await issuers.verify(good);
  const held: ServerResponse[] = [];
  server.instead.set(introspectionPath, (_request, response) => held.push(response));
  const refusals = Array.from({ length: 150 }, (_, i) => refusalOf(issuers, `made up ${i}`));
  assert.deepEqual(await Promise.all(refusals.slice(100)), Array(50).fill(unavailable));
  assert.equal(issuers.verify(good), caller);
  await until(() => held.length === 100);
  for (const response of held) response.end('{"active":false}');
  assert.deepEqual(await Promise.all(refusals.slice(0, 100)), Array(100).fill(notGood));
  assert.equal(server.count(introspectionPath), 101);
});

test("the client's secret and the token stay out of logs and errors", async (context) => {
  const { server, issuers, log } = await setUp(context, {
    introspection: { ...introspection, client_id: 'nobody-here' },
  });
  const token = await server.token('opaque');
  assert.equal(await refusalOf(issuers, token), unavailable);
  assert.deepEqual(log, ["40 an issuer can't be asked about tokens: it answered 401, expected 200"]);
  for (const secret of [client.secret, token]) assert(!log.join().includes(secret));
});

test('no issuer is asked where none is to be', async (context) => {
  const { server, issuers } = await setUp(context);
  const token = await server.token('opaque');
  assert.equal(await refusalOf(issuers, token), 'invalid: The token is not a JSON Web Token.');
  assert.equal(server.count(introspectionPath), 0);
});

function answer({ instead }: OpenIdServer, body: object): void {
  instead.set(introspectionPath, (_request, response) => response.end(JSON.stringify(body)));
}
