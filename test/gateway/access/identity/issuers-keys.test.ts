import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { SignJWT } from 'jose';
import type { Issuers } from '../../../../gateway/access/identity/issuers.ts';
import {
  audience,
  discoveryPath,
  keysPath,
  type OpenIdServer,
  type SigningKey,
  signingKey,
} from '../../../servers/openid.ts';
import { until } from '../../../servers/process.ts';
import { keyOne, keyTwo, refusalOf, setUp } from './issuers-fixture.ts';

const unavailable = "unavailable: Tokens can't be verified at the moment.";
const unknownKey = 'invalid: The token is signed with a key that its issuer does not have.';
const wrongSignature = 'invalid: The signature of the token is wrong.';

test('tokens with unknown keys let the provider be asked once in 30 seconds', async (context) => {
  const { server, issuers, pass } = await setUp(context);
  const good = await server.sign();
  const caller = await issuers.verify(good);
  assert.deepEqual(server.requests, [discoveryPath, keysPath]);

  const flood = async (name: string) => {
    const tokens = await Promise.all(Array.from({ length: 100 }, (_, i) => server.sign({}, { kid: `${name} ${i}` })));
    const refusals = await Promise.all(
      tokens.map((token) => {
        const refused = refusalOf(issuers, token);
        assert.equal(issuers.verify(good), caller, 'a good one is answered at once, all the while');
        return refused;
      }),
    );
    assert(refusals.every((refusal) => refusal === unknownKey));
  };
  await flood('a');
  await flood('b');
  assert.equal(server.requests.length, 3);
  pass(29);
  await flood('c');
  assert.equal(server.requests.length, 3);
  pass(2);
  await flood('d');
  assert.equal(server.requests.length, 4);
  assert.equal(server.count(discoveryPath), 1);
});

test('keys that are added and removed while tokens are verified', async (context) => {
  const { server, issuers, log } = await setUp(context, { refresh_keys_s: 1 });
  const [before, unseen] = [await server.token(), await server.sign({ sub: 'bo' })];
  const caller = await issuers.verify(before);
  server.rotate(keyTwo, keyOne);
  const after = await server.token();
  const [first, second] = await Promise.all([issuers.verify(after), issuers.verify(await server.sign({ sub: 'eve' }))]);
  assert.equal(first.id, caller.id, 'at once');
  assert.equal(second.id, `${server.issuer} eve`);
  assert.equal(await issuers.verify(before), caller, 'the same caller, though it was verified again');

  server.rotate(keyTwo);
  await until(async () => (await refusalIfAny(issuers, before)) === unknownKey);
  assert.equal(await refusalOf(issuers, unseen), unknownKey);
  assert.equal(await issuers.verify(after), first);

  server.rotate(keyOne);
  await until(async () => (await refusalIfAny(issuers, unseen)) === undefined);
  assert.equal((await issuers.verify(before)).id, caller.id, 'a refusal is not remembered beyond a change of keys');
  assert.deepEqual(log, []);
});

test('keys without ids', async (context) => {
  const [anonymous, another] = await Promise.all([signingKey(undefined), signingKey(undefined)]);
  const { server, issuers } = await setUp(
    context,
    {},
    { keys: [anonymous], first: (server) => publish(server, anonymous) },
  );
  const before = await server.sign();
  await issuers.verify(before);
  server.rotate(another);
  publish(server, anonymous, another);
  await issuers.verify(await server.sign());
  assert.equal(server.count(keysPath), 2, 'they were asked for once more');
  await issuers.verify(before);
  server.rotate(keyOne);
  assert.equal(await refusalOf(issuers, await server.sign({}, { kid: '' })), unknownKey);
  server.rotate(await signingKey(undefined));
  assert.equal(await refusalOf(issuers, await server.sign()), wrongSignature);
  assert.equal(server.count(keysPath), 2);
});

test('the provider is down: the last keys count for a time', async (context) => {
  const { server, issuers, pass, log } = await setUp(context, { refresh_keys_s: 1, keep_keys_s: 60 });
  const token = await server.sign({ exp: later });
  const caller = await issuers.verify(token);
  await server.down();
  await until(() => log.length > 0);
  assert.equal(issuers.verify(token), caller);
  assert.equal((await issuers.verify(await server.sign({ sub: 'bo', exp: later }))).id, `${server.issuer} bo`);
  const unknown = await server.sign({ exp: later }, { kid: 'new' });
  assert.equal(await refusalOf(issuers, unknown), unavailable, 'it may be a new one');
  pass(50);
  assert.equal(issuers.verify(token), caller);
  pass(20);
  assert.equal(await refusalOf(issuers, token), unavailable);
  assert.equal(await refusalOf(issuers, await server.sign({ sub: 'eve', exp: later })), unavailable);
  assert.equal(log.length, 1);
  assert.match(String(log[0]), /^40 the keys of an issuer can't be asked for: it can't be reached \([A-Z_]+\)$/);

  await server.up();
  await until(async () => (await refusalIfAny(issuers, token)) === undefined);
  assert.equal(issuers.verify(token), caller);
  assert.equal(await refusalOf(issuers, unknown), unknownKey);
  assert.deepEqual(log.slice(1), ['30 the keys of an issuer can be asked for again']);
});

test('the provider is down from the start: tokens count once it is there', async (context) => {
  const { server, issuers, log } = await setUp(context, {}, { first: (server) => server.down() });
  const token = await server.sign();
  assert.equal(await refusalOf(issuers, token), unavailable);
  await Promise.all(Array.from({ length: 100 }, () => refusalOf(issuers, token)));
  await server.up();
  await until(async () => (await refusalIfAny(issuers, token)) === undefined);
  assert.deepEqual(server.requests, [discoveryPath, keysPath]);
  assert.equal(log.length, 2);
});

test('a provider that hangs holds up nobody who has keys, and others for three seconds', async (context) => {
  const held: ServerResponse[] = [];
  const hang = (server: OpenIdServer) =>
    server.instead.set(keysPath, (_request, response) => {
      // It begins to answer, and then doesn't go on.
      response.writeHead(200).write('{"keys":');
      held.push(response);
    });
  const { issuers: without, server: hanging, log } = await setUp(context, {}, { first: hang });
  const { issuers, server } = await setUp(context, { refresh_keys_s: 1 });
  const caller = await issuers.verify(await server.token());
  const waiting = refusalOf(without, await hanging.sign());

  hang(server);
  await until(() => held.length === 2);
  assert.equal((await issuers.verify(await server.token())).id, caller.id);
  assert(!held[1]?.destroyed, 'while the keys are being asked for');
  assert.equal(await waiting, unavailable);
  assert.deepEqual(log, ["40 the keys of an issuer can't be asked for: it did not answer within 3000 ms"]);
});

const elsewhere = 'http://keys.example.com/jwks';
const lies: Record<string, readonly [lie: (server: OpenIdServer, other: string) => unknown, log: string]> = {
  'another issuer': [
    ({ instead }, other) => answer(instead, discoveryPath, { issuer: other, jwks_uri: `${other}/jwks` }),
    'its discovery document names another issuer than the one it was asked for',
  ],
  'keys that come in the clear': [
    ({ instead, issuer }) => answer(instead, discoveryPath, { issuer, jwks_uri: elsewhere }),
    'its discovery document has a "jwks_uri" that is no https URL',
  ],
  'keys in a file': [
    ({ instead, issuer }) => answer(instead, discoveryPath, { issuer, jwks_uri: 'file:///etc/passwd' }),
    'its discovery document has a "jwks_uri" that is no https URL',
  ],
  'no keys': [
    ({ instead, issuer }) => answer(instead, discoveryPath, { issuer }),
    'its discovery document has no "jwks_uri"',
  ],
  'a way to somebody else': [
    ({ instead }, other) =>
      instead.set(keysPath, (_request, response) => response.writeHead(302, { location: `${other}/jwks` }).end()),
    'it answered 302, expected 200',
  ],
  'an error': [
    ({ instead }) => instead.set(keysPath, (_request, response) => response.writeHead(500).end('{"keys":[]}')),
    'it answered 500, expected 200',
  ],
  'too much': [
    ({ instead }) => answer(instead, keysPath, { keys: [], more: 'x'.repeat(1_048_576) }),
    'its answer is longer than 1048576 bytes',
  ],
  'no JSON': [
    ({ instead }) => instead.set(keysPath, (_request, response) => response.end('secret')),
    'its answer is not a JSON object',
  ],
  'a list': [({ instead }) => answer(instead, keysPath, []), 'its answer is not a JSON object'],
  'no list of keys': [({ instead }) => answer(instead, keysPath, {}), 'expected its keys to be { "keys": [] }'],
  'keys that are none': [
    ({ instead }) => answer(instead, keysPath, { keys: ['key'] }),
    'expected its keys to be a JSON Web Key Set (RFC 7517, section 5)',
  ],
};

for (const [name, [lie, reason]] of Object.entries(lies)) {
  test(`what a provider says is not believed: ${name}`, async (context) => {
    const { asked, url } = await bystander(context);
    const { server, issuers, log } = await setUp(context, {}, { first: (server) => lie(server, url) });
    assert.equal(await refusalOf(issuers, await server.sign()), unavailable);
    assert.deepEqual(log, [`40 the keys of an issuer can't be asked for: ${reason}`]);
    assert.equal(asked(), 0);
    server.instead.clear();
  });
}

test('a secret among the keys signs nothing', async (context) => {
  const secret = Buffer.alloc(32, 7);
  const { server, issuers } = await setUp(
    context,
    {},
    {
      first: ({ instead }) =>
        answer(instead, keysPath, {
          keys: [{ kty: 'oct', k: secret.toString('base64url'), kid: 'one', alg: 'HS256' }],
        }),
    },
  );
  const token = await new SignJWT({ iss: server.issuer, aud: audience, sub: 'eve', exp: later })
    .setProtectedHeader({ alg: 'HS256', kid: 'one' })
    .sign(secret);
  assert.equal(await refusalOf(issuers, token), 'invalid: The token is signed in a way that is not allowed here.');
});

test('keys where the settings say', async (context) => {
  const { server: keys } = await setUp(context);
  const { server, issuers } = await setUp(context, { jwks_uri: `${keys.issuer}${keysPath}` });
  await issuers.verify(await server.sign());
  assert.deepEqual(server.requests, []);
});

/** Two hours on: the clock is set ahead here. */
const later = Math.floor(Date.now() / 1_000) + 7_200;

function publish({ instead }: OpenIdServer, ...keys: SigningKey[]): void {
  answer(instead, keysPath, { keys: keys.map(({ jwk: { kty, n, e } }) => ({ kty, n, e })) });
}

function answer(instead: OpenIdServer['instead'], path: string, body: unknown): void {
  instead.set(path, (_request, response) => response.end(JSON.stringify(body)));
}

async function refusalIfAny(issuers: Issuers, token: string): Promise<string | undefined> {
  try {
    await issuers.verify(token);
    return undefined;
  } catch {
    return refusalOf(issuers, token);
  }
}

/** A server that nobody should ask. */
async function bystander(context: TestContext): Promise<{ readonly url: string; asked(): number }> {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end('{"keys":[]}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const address = server.address();
  assert(typeof address === 'object' && address);
  return { url: `http://127.0.0.1:${address.port}`, asked: () => asked };
}
