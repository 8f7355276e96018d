import assert from 'node:assert/strict';
import { type IncomingHttpHeaders, request } from 'node:http';
import { test } from 'node:test';
import { buildConsole } from '../../../gateway/console/build.ts';
import { isPreflighted } from '../../../gateway/http/preflight.ts';
import { ask, post, run } from '../fixture.ts';

const production = { preflightedGet: true };

test('only a request that no page of another site can send counts as preflighted', () => {
  const requests: [IncomingHttpHeaders, boolean][] = [
    [{}, false],
    [{ accept: 'application/graphql-response+json' }, false],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'none' }, true],
    [{ 'sec-fetch-site': 'cross-site', 'apollo-require-preflight': 'true' }, true],
    [{ 'x-apollo-operation-name': 'A' }, true],
    [{ 'graphql-require-preflight': '1' }, true],
    [{ 'apollo-require-preflight': '' }, false],
    [{ 'content-type': 'application/json' }, true],
    [{ 'content-type': 'text/plain' }, false],
    [{ 'content-type': 'TEXT/plain; charset=utf-8; a="application/json"' }, false],
    [{ 'content-type': 'multipart/form-data; boundary=x' }, false],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, false],
    [{ 'content-type': 'application/json, text/plain' }, false],
    [{ 'content-type': 'json' }, false],
    [{ 'content-type': '' }, false],
  ];
  for (const [headers, expected] of requests) assert.equal(isPreflighted(headers), expected, JSON.stringify(headers));
});

test('production: a GET that another site could send is refused, others are answered', async (t) => {
  const { origin } = await run(t, { server: production });
  const url = `${origin}/graphql?query={customer(id:"1"){name}}`;
  const simple = await get(url);
  assert.deepEqual(simple, [
    403,
    {
      errors: [
        {
          message: 'Expected POST, or for GET a header such as "apollo-require-preflight: true".',
          extensions: { code: 'PREFLIGHT_REQUIRED' },
        },
      ],
    },
  ]);
  const answer = { data: { customer: { name: 'Ada' } } };
  assert.deepEqual(await get(url, { 'apollo-require-preflight': 'true' }), [200, answer]);
  assert.deepEqual(await get(url, { 'sec-fetch-site': 'same-origin' }), [200, answer]);
  assert.deepEqual(await ask(origin, '{ customer(id: "1") { name } }'), answer);
  const form = await post(origin, '{"query":"{__typename}"}', { headers: { 'content-type': 'text/plain' } });
  assert.equal(form.status, 415, 'a form that looks like JSON');
});

test('production: the schema cannot be read, and there is no console', async (t) => {
  const { origin } = await run(t, { introspection: false, server: production });
  const closed = {
    errors: [{ message: 'Introspection is turned off here.', extensions: { code: 'INTROSPECTION_DISABLED' } }],
  };
  assert.deepEqual(await ask(origin, '{ __schema { types { name } } }'), closed);
  assert.deepEqual(
    await ask(origin, '{ customer(id: "1") { name } ...A } fragment A on Query { x: __type(name: "Query") { name } }'),
    closed,
  );
  assert.deepEqual(
    await ask(origin, 'query ($no: Boolean!, $name: String!) { a: __type(name: $name) @include(if: $no) { name } }', {
      no: false,
      name: 'Query',
    }),
    closed,
  );
  assert.deepEqual(await ask(origin, '{ __typename customer(id: "1") { __typename } }'), {
    data: { __typename: 'Query', customer: { __typename: 'Customer' } },
  });
  const strict = await post(origin, '{"query":"{ __schema { types { name } } }"}', {
    headers: { accept: 'application/graphql-response+json' },
  });
  assert.deepEqual([strict.status, await strict.json()], [400, closed]);
  assert.deepEqual((await get(`${origin}/`))[0], 404);
  assert.deepEqual((await get(`${origin}/health/live`))[0], 200);
});

test('each of the three is open on its own', async (t) => {
  const { origin } = await run(t, {
    introspection: true,
    server: { ...production, console: { signIn: { kind: 'token' }, introspection: true } },
  });
  assert.deepEqual(await ask(origin, '{ __type(name: "Query") { name } }'), { data: { __type: { name: 'Query' } } });
  await buildConsole();
  const page = await fetch(origin);
  await page.body?.cancel();
  assert.equal(page.status, 200);
});

/** As a browser or a program would: `fetch` adds a header that tells that it is none. */
function get(url: string, headers: Record<string, string> = {}): Promise<[number | undefined, unknown]> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve([response.statusCode, JSON.parse(text)]);
    });
    sent.on('error', reject).end();
  });
}
