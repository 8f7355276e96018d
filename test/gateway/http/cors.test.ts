import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { createCors, originFault } from '../../../gateway/http/cors.ts';
import { run } from '../fixture.ts';

const page = 'https://app.example.com';
const body = '{"query":"{ customer(id: \\"1\\") { name } }"}';
const json = { 'content-type': 'application/json' };

/** Asks as a browser does, which alone may send these headers. Returns the status and the headers that CORS and caches are about. */
function ask(origin: string, method: string, headers: Record<string, string>, sent = '') {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const asked = request(`${origin}/graphql`, { method, headers, agent: false }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        const kept = Object.entries(response.headersDistinct).filter(([name]) =>
          /^(access-control-|vary|allow$|cache|x-content|content-(type|length))/.test(name),
        );
        resolve({ status: response.statusCode, headers: Object.fromEntries(kept), text });
      });
      asked.on('error', reject).end(sent);
    },
  );
}

const preflight = (origin: string) => ({
  origin,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,content-type',
});

const serve = async (t: TestContext, origins?: readonly string[]) =>
  (await run(t, { server: { preflightedGet: true, ...(origins && { origins }) } })).origin;

const kept = { 'cache-control': ['private, no-store'], 'x-content-type-options': ['nosniff'] };
const typed = { 'content-type': ['application/json; charset=utf-8'] };

test('without a list no page of another origin is answered a word of CORS', async (t) => {
  const origin = await serve(t);
  const options = await ask(origin, 'OPTIONS', preflight(page));
  assert.equal(options.status, 405);
  assert.deepEqual(options.headers, { ...kept, ...typed, allow: ['GET, POST'], 'content-length': ['104'] });
  const answer = await ask(origin, 'POST', { ...json, origin: page }, body);
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.headers, { ...kept, ...typed, 'content-length': [String(answer.text.length)] });
});

test('a listed origin may ask by POST, and by GET with a header that says so; the answer names it and no other', async (t) => {
  const origin = await serve(t, ['https://other.example', 'HTTPS://App.Example.Com:443']);
  const options = await ask(origin, 'OPTIONS', preflight(page));
  assert.deepEqual(options, {
    status: 204,
    text: '',
    headers: {
      ...kept,
      'access-control-allow-origin': [page],
      'access-control-allow-methods': ['GET, POST'],
      'access-control-allow-headers': [
        'authorization, content-type, x-api-key, x-request-id, apollo-require-preflight, apollographql-client-name, apollographql-client-version',
      ],
      'access-control-max-age': ['600'],
      'access-control-expose-headers': ['x-request-id, retry-after'],
      vary: ['origin'],
    },
  });
  const allowed = {
    'access-control-allow-origin': [page],
    'access-control-expose-headers': ['x-request-id, retry-after'],
    vary: ['origin'],
  };
  const answer = await ask(origin, 'POST', { ...json, origin: page }, body);
  assert.deepEqual([answer.status, answer.text], [200, '{"data":{"customer":{"name":"Ada"}}}']);
  assert.deepEqual(answer.headers, { ...kept, ...typed, ...allowed, 'content-length': [String(answer.text.length)] });
  const refused = await ask(origin, 'POST', { origin: page, 'content-type': 'text/plain' }, body);
  assert.equal(refused.status, 415);
  assert.deepEqual(refused.headers['access-control-allow-origin'], [page], 'a page may read why it is refused');
  const tooLarge = await ask(origin, 'POST', { ...json, origin: page }, ' '.repeat(1_048_577));
  assert.deepEqual([tooLarge.status, tooLarge.headers['access-control-allow-origin']], [413, [page]]);
  const simple = await ask(origin, 'GET', { origin: page });
  assert.equal(simple.status, 403, 'CORS opens no GET that a browser sends without asking');
});

test('an origin that is not listed, or only looks like a listed one, is allowed nothing', async (t) => {
  const origin = await serve(t, [page]);
  const others = [
    ...['https://evil.example', 'https://app.example.com.evil.example', 'https://evilapp.example.com', 'null', '*'],
    ...[
      'http://app.example.com',
      'https://app.example.com:8443',
      'https://app.example.com/',
      'HTTPS://app.example.com',
    ],
    ...[`${page}, https://evil.example`, `${page} `.padEnd(40, '.'), 'https://app.example.com.', '__proto__'],
  ];
  for (const other of others) {
    const options = await ask(origin, 'OPTIONS', preflight(other));
    assert.equal(options.status, 405, other);
    const answer = await ask(origin, 'POST', { ...json, origin: other }, body);
    for (const { headers } of [options, answer]) {
      assert.deepEqual(
        Object.keys(headers).filter((name) => name.startsWith('access-control-')),
        [],
        other,
      );
      assert.deepEqual(headers.vary, ['origin'], other);
    }
  }
  const { 'access-control-request-method': _, ...noMethod } = preflight(page);
  assert.equal((await ask(origin, 'OPTIONS', noMethod)).status, 405, 'not a question of a browser');
});

test('what is no origin cannot be listed', () => {
  const faults = {
    'https://app.example.com': undefined,
    'https://app.example.com/': undefined,
    'http://localhost:3000': undefined,
    'https://[2001:db8::1]:8443': undefined,
    'https://app.example.com/page': 'expected only the origin: https://app.example.com',
    'https://app.example.com/?': 'expected only the origin: https://app.example.com',
    'https://app.example.com#a': 'expected only the origin: https://app.example.com',
    'https://user:secret@app.example.com': 'expected only the origin: https://app.example.com',
    '*': 'expected an origin such as https://app.example.com',
    null: 'expected an origin such as https://app.example.com',
    'https://*.example.com/*': 'expected only the origin: https://*.example.com',
    'file:///': 'expected an origin such as https://app.example.com',
    'app.example.com': 'expected an origin such as https://app.example.com',
  };
  for (const [text, fault] of Object.entries(faults)) assert.equal(originFault(text), fault, text);
  assert.throws(() => createCors(['https://app.example.com/page']), {
    name: 'TypeError',
    message: 'expected only the origin: https://app.example.com',
  });
});
