import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { run } from '../fixture.ts';

// What a page of another site can make its user's browser send without asking first, and tricks that make it look like more. Sent as
// bytes: no client library mends it on the way.

const body = '{"query":"{ customer(id: \\"1\\") { name } }"}';

async function send(origin: string, method: 'GET' | 'POST', lines: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.setTimeout(10_000, () => socket.destroy(new Error('expected an answer')));
  const get = method === 'GET';
  const target = get ? '/graphql?query={customer(id:"1"){name}}' : '/graphql';
  const own = ['host: x', 'connection: close', ...(get ? [] : [`content-length: ${body.length}`])];
  socket.write(
    `${method} ${target} HTTP/1.1\r\n${[...own, ...lines].join('\r\n')}\r\n\r\n${get ? '' : body}`,
    'latin1',
  );
  const said = (await socket.toArray()).join('');
  assert.equal(said.includes('Ada'), said.startsWith('HTTP/1.1 200 '), said);
  return /^HTTP\/1\.1 (\d+)/.exec(said)?.[1] ?? said;
}

const type = (text: string) => `content-type: ${text}`;

/** None of these is JSON in UTF-8 alone. */
const others = [
  ...[
    '',
    ';',
    '/',
    'json',
    'text/plain',
    'text/json',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ],
  ...['text/plain; application/json', 'text/plain;charset=application/json', 'text/plain; x="application/json"'],
  ...['application/json, text/plain', 'text/plain, application/json', 'text/plain;,application/json'],
  ...['application/jsonp', 'application/json+x', 'application/x-json', 'application /json', 'application/ json'],
  ...['application/json\xa0', 'application/json"', '"application/json"', 'application/json:', 'application\\json'],
  ...[
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'application/json; charset="utf-8, utf-7"',
  ],
  ...[
    'application/json; charset=iso-8859-1',

    'application/%6Ason',
    '*/*',
    'application/*',
  ],
];

test('a POST that is not JSON in UTF-8 is refused, whatever else its content type says', async (t) => {
  const { origin } = await run(t, { server: { preflightedGet: true } });
  assert.equal(await send(origin, 'POST', []), '415', 'no content type');
  for (const each of others) assert.equal(await send(origin, 'POST', [type(each)]), '415', each);
  const first = [type('text/plain'), type('application/json')];
  assert.equal(await send(origin, 'POST', first), '415', 'two content types, JSON last');
  for (const each of [
    'application/json',
    'Application/JSON ; Charset="UTF-8"',
    'application/json;charset=utf8;a=b',
    'application/json;charset=',
  ]) {
    assert.equal(await send(origin, 'POST', [type(each)]), '200', each);
  }
});

test('a GET that a page of another site can send is refused in production, whatever it says', async (t) => {
  const { origin } = await run(t, { server: { preflightedGet: true } });
  // Fetch standard, "CORS-safelisted request-header", "forbidden request-header" and what a browser adds by itself.
  const simple = [
    ...['accept: application/json', 'accept-language: de', 'content-language: de', 'range: bytes=0-1', 'dnt: 1'],
    ...['sec-fetch-site: cross-site', 'sec-fetch-site: same-site', 'sec-fetch-site:', 'sec-fetch-mode: cors'],
    ...[
      'origin: https://evil.example',
      'origin: null',
      'referer: http://127.0.0.1/',
      'cookie: a=b',
      'upgrade-insecure-requests: 1',
    ],
    ...['apollo-require-preflight:', 'x-apollo-operation-name:', 'save-data: on', 'sec-purpose: prefetch'],
    ...[
      '',
      'text/plain',
      'TEXT/PLAIN; a=application/json',
      'multipart/form-data',
      'application/x-www-form-urlencoded',
    ].map(type),
    ...[
      'application/json, text/plain',
      'text/plain, application/json',
      'text/plain;,application/json',
      'json',
      '/',
    ].map(type),
  ];
  for (const each of simple) assert.equal(await send(origin, 'GET', [each]), '403', each);
  assert.equal(await send(origin, 'GET', simple.slice(0, 4)), '403', 'several of them');
  const proofs = [
    ...['apollo-require-preflight: 1', 'x-apollo-operation-name: A', 'graphql-require-preflight: 1'],
    ...['sec-fetch-site: same-origin', 'sec-fetch-site: none', type('application/json')],
  ];
  for (const each of proofs) assert.equal(await send(origin, 'GET', [each]), '200', each);
});

test('a header that may stand once stands once, or the request is refused', async (t) => {
  const { origin } = await run(t);
  const json = type('application/json');
  assert.equal(await send(origin, 'POST', [json, 'host: y']), '400', 'two hosts');
  assert.equal(await send(origin, 'POST', [json, type('text/plain')]), '415', 'two content types, JSON first');
});
