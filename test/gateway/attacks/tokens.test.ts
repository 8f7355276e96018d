import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { before, type TestContext, test } from 'node:test';
import { keysPath, signingKey } from '../../servers/openid.ts';
import { ask, flood, liveQuery, refused, startTarget, type Target, whileAsked } from './fixture.ts';

// Tokens that are none: what whoever sends them is told, and what that costs others.

let target: Target;
before(async (t) => {
  target = await startTarget(t as TestContext);
});

const encode = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
const body = { query: liveQuery };
const unauthenticated = (message: string) => ({ status: 401, body: refused('UNAUTHENTICATED', message) });

/** The claims of a good token. */
function claims(more: object = {}): object {
  const now = Math.floor(Date.now() / 1000);
  const aud = 'https://junction.example/graphql';
  return { iss: target.openid.issuer, sub: 'mallory', aud, iat: now, exp: now + 600, scope: 'diary:read', ...more };
}

/** Signed with a public key, as if it were a secret. */
function hmac(secret: string | Buffer, header: object): string {
  const text = `${encode(header)}.${encode(claims())}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const other = await signingKey('one');

const forgeries: Record<string, { token: () => Promise<string> | string; told: string }> = {
  'alg none': {
    token: () => `${encode({ alg: 'none', typ: 'JWT', kid: 'one' })}.${encode(claims())}.`,
    told: 'The token is signed in a way that is not allowed here.',
  },
  'alg NONE in other letters': {
    token: () => `${encode({ alg: 'nOnE', kid: 'one' })}.${encode(claims())}.AA`,
    told: 'The token is signed in a way that is not allowed here.',
  },
  'a public key as the secret of an HMAC (PEM)': {
    token: async () => hmac(await publicPem(), { alg: 'HS256', kid: 'one' }),
    told: 'The token is signed in a way that is not allowed here.',
  },
  'a public key as the secret of an HMAC (its modulus)': {
    token: async () => hmac(Buffer.from((await publicJwk()).n, 'base64url'), { alg: 'HS256', kid: 'one' }),
    told: 'The token is signed in a way that is not allowed here.',
  },
  'a key of its own in the header': {
    token: () => {
      const { n, e, kty } = other.jwk;
      return target.openid.sign({}, { jwk: { n, e, kty } as never, kid: 'mine' });
    },
    told: 'The token is signed with a key that its issuer does not have.',
  },
  'keys elsewhere, named in the header': {
    token: () => target.openid.sign({}, { jku: 'http://127.0.0.1:1/keys', kid: 'mine' }),
    told: 'The token is signed with a key that its issuer does not have.',
  },
  'an extension that must be understood': {
    token: () => {
      const [, payload] = hmac('x', {}).split('.');
      return `${encode({ alg: 'RS256', kid: 'one', crit: ['exp'], exp: 1 })}.${payload}.AA`;
    },
    told: 'The token is not an access token that can be used here.',
  },
  'another key of the same name': {
    token: async () => {
      const { importJWK, SignJWT } = await import('jose');
      const key = await importJWK(other.jwk, 'RS256');
      return new SignJWT(claims() as never).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(key);
    },
    told: 'The signature of the token is wrong.',
  },
  'claims that were changed': {
    token: async () => {
      const [header, , signature] = (await target.token('mallory')).split('.');
      return `${header}.${encode(claims({ sub: 'live' }))}.${signature}`;
    },
    told: 'The signature of the token is wrong.',
  },
  'another audience': {
    token: () => target.openid.sign({ aud: 'https://other.example' }),
    told: 'The token is not meant for this service.',
  },
  'no audience': {
    token: () => target.openid.sign({ aud: undefined }),
    told: 'The token is not meant for this service.',
  },
  'another issuer': {
    token: () => target.openid.sign({ iss: 'https://login.evil.example' }),
    told: 'The token is from an issuer that is not known here.',
  },
  expired: {
    token: () => target.openid.sign({ exp: Math.floor(Date.now() / 1000) - 60 }),
    told: 'The token has expired.',
  },
  'without an end': {
    token: () => target.openid.sign({ exp: undefined }),
    told: 'The token lacks a claim that is needed, or has it in a wrong form.',
  },
  'an end that is text': {
    token: () => target.openid.sign({ exp: '9999999999' }),
    told: 'The token lacks a claim that is needed, or has it in a wrong form.',
  },
  'not valid yet': {
    token: () => target.openid.sign({ nbf: Math.floor(Date.now() / 1000) + 600 }),
    told: 'The token is not valid yet.',
  },
  'of nobody': {
    token: () => target.openid.sign({ sub: undefined }),
    told: 'The token does not say whom it stands for.',
  },
  'one for signing out': {
    token: () => target.openid.sign({}, { typ: 'logout+jwt' }),
    told: 'The token is not an access token that can be used here.',
  },
  'a demo token': {
    token: () => hmac(Buffer.alloc(32), { alg: 'HS256' }),
    told: 'The token is signed in a way that is not allowed here.',
  },
  'ten thousand letters': { token: () => 'a'.repeat(10_000), told: 'The token is longer than 8192 characters.' },
  'not a token': { token: () => '../../etc/passwd', told: 'The token is not a JSON Web Token.' },
};

test('a forged token is refused, and says why to whoever sent it', async () => {
  for (const [what, { token, told }] of Object.entries(forgeries)) {
    assert.deepEqual(await ask(target, { token: await token(), body }), unauthenticated(told), what);
  }
  assert.deepEqual([target.calls.people.length, target.calls.orders.length], [0, 0]);
  // The one that they are all like.
  const good = await ask(target, { token: await target.token('mallory'), body });
  assert.equal(good.status, 200);
  for (const line of target.log) assert.doesNotMatch(line, /eyJ/, 'a token in the log');
});

test('a refusal says by header what is expected', async () => {
  const response = await fetch(`${target.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer x"y' },
    body: '{}',
  });
  assert.equal(
    response.headers.get('www-authenticate'),
    `Bearer realm="junction", error="invalid_token", error_description="Authorization: expected 'Bearer' and one token."`,
  );
  assert.deepEqual(
    await response.json(),
    refused('UNAUTHENTICATED', 'Authorization: expected "Bearer" and one token.'),
  );
});

test('tokens of unknown keys make the provider be asked once, however many they are', async (t) => {
  // What was tried before has made it be asked; the next may be in half a minute.
  const fresh = await startTarget(t);
  await ask(fresh, { token: await fresh.token('someone'), body });
  const asked = fresh.openid.count(keysPath);
  const tokenOf = (i: number) =>
    `${encode({ alg: 'RS256', kid: `k${i}` })}.${encode({ iss: fresh.openid.issuer, i })}.AAAA`;
  const { counts, samples } = await whileAsked(t, fresh, () =>
    flood(fresh, 2_000, (i) => ({ token: tokenOf(i), body })),
  );
  assert.deepEqual(Object.keys(counts), ['401', '429']);
  assert.ok((counts['401'] ?? 0) >= 200, 'a burst of them is looked at');
  assert.deepEqual(
    samples['401'],
    refused('UNAUTHENTICATED', 'The token is signed with a key that its issuer does not have.'),
  );
  assert.deepEqual(samples['429'], tooOften);
  assert.equal(fresh.openid.count(keysPath) - asked, 1);
});

const tooOften = refused(
  'RATE_LIMITED',
  'More than 50 requests a second came from one address without a valid credential; at most 50 are allowed, and 200 at once after a rest (limits.anonymous_rate).',
  { limit: 'anonymous_rate.per_second', maximum: 50 },
);

test('a flood of wrong signatures of a known key, and one of one bad token', async (t) => {
  const fresh = await startTarget(t);
  const [header, payload] = (await fresh.token('mallory')).split('.');
  const signature = (i: number) => Buffer.alloc(256, i % 251).toString('base64url');
  const tokenOf = (i: number) => `${header}.${payload}.${i < 1_000 ? signature(i) : 'AAAA'}`;
  const { counts, samples } = await whileAsked(t, fresh, () =>
    flood(fresh, 2_000, (i) => ({ token: tokenOf(i), body })),
  );
  assert.deepEqual(Object.keys(counts), ['401', '429']);
  assert.deepEqual(samples['401'], refused('UNAUTHENTICATED', 'The signature of the token is wrong.'));
  assert.deepEqual(samples['429'], tooOften);
  assert.equal(fresh.calls.people.length > 0, true, 'the live query was answered');
});

test('claims named like parts of objects give nothing, and take nothing', async () => {
  const odd = JSON.parse(
    '{"__proto__":{"scope":"diary:read","sub":"live"},"constructor":{"prototype":{"scope":"diary:read"}},"toString":"x","hasOwnProperty":1}',
  );
  const { payload } = { payload: { ...claims({ scope: undefined }), sub: '__proto__' } };
  const token = await target.openid.sign(
    Object.defineProperties(payload, Object.getOwnPropertyDescriptors(odd)) as never,
  );
  assert.match(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(), /"__proto__":\{"scope"/);
  assert.deepEqual(await ask(target, { token, body: { query: '{ person(id: "1") { askedBy diary } }' } }), {
    status: 200,
    body: {
      data: { person: { askedBy: '__proto__', diary: null } },
      errors: [
        {
          message: 'Not allowed: Person.diary requires the scope diary:read.',
          path: ['person', 'diary'],
          extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
        },
      ],
    },
  });
  assert.equal(({} as { scope?: unknown }).scope, undefined);
});

async function publicJwk(): Promise<{ readonly n: string }> {
  const { keys } = (await (await fetch(target.openid.issuer + keysPath)).json()) as { keys: [{ n: string }] };
  return keys[0];
}

async function publicPem(): Promise<string> {
  const { createPublicKey } = await import('node:crypto');
  return createPublicKey({ key: (await publicJwk()) as never, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
}
