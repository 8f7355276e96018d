import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { before, type TestContext, test } from 'node:test';
import { until } from '../fixture.ts';
import { answersIn, refused, sendBytes, startTarget, type Target, whileAsked } from './fixture.ts';

// Requests that a browser sends behind its user's back, requests that can be read in two ways, and requests that don't end.

let target: Target;
let token: string;
before(async (t) => {
  target = await startTarget(t as TestContext);
  token = await target.token('mallory');
});

const query = '{"query":"{ person(id: \\"1\\") { name } }"}';
const mutation = '{"query":"mutation { rename(id: 1, name: \\"x\\") { id } }"}';
const named = { data: { person: { name: 'Person 1' } } };

/** A request's bytes; a header without a value is left out. */
function bytes(method: string, path: string, lines: readonly string[], body = ''): string {
  const length = body === '' ? [] : [`content-length: ${body.length}`];
  const own = ['host: junction.example', 'connection: close', `authorization: Bearer ${token}`, ...length];
  return `${method} ${path} HTTP/1.1\r\n${[...own, ...lines].join('\r\n')}\r\n\r\n${body}`;
}

const evil = ['origin: https://evil.example', 'sec-fetch-site: cross-site', 'cookie: session=1'];
const unsupported = {
  status: 415,
  body: refused('UNSUPPORTED_MEDIA_TYPE', 'Expected the content type application/json, in UTF-8.'),
};
const preflight = {
  status: 403,
  body: refused('PREFLIGHT_REQUIRED', 'Expected POST, or for GET a header such as "apollo-require-preflight: true".'),
};

test('a page of another site can change nothing and read nothing: neither by a form nor by a GET', async () => {
  const form = (type: string, body: string) => bytes('POST', '/graphql', [...evil, `content-type: ${type}`], body);
  const forms = [
    form('application/x-www-form-urlencoded', 'query=mutation%7Brename(id%3A1%2Cname%3A%22x%22)%7Bid%7D%7D'),
    form('text/plain', mutation),
    form('multipart/form-data; boundary=x', `--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n{a}\r\n--x--`),
    form('text/plain; charset=application/json', mutation),
    bytes('POST', '/graphql', evil, mutation),
  ];
  for (const sent of forms) assert.deepEqual(answersIn(await sendBytes(target, sent)), [unsupported], sent);
  const gets = [
    '/graphql?query={person(id:1){name}}',
    '/graphql?query=mutation{rename(id:1,name:%22x%22){id}}',
    '/graphql?query={person(id:1){name}}&apollo-require-preflight=true',
  ];
  for (const path of gets)
    assert.deepEqual(answersIn(await sendBytes(target, bytes('GET', path, evil))), [preflight], path);
  // With the proof that such a page can't give, a GET still changes nothing.
  const proof = ['apollo-require-preflight: true'];
  const [, asked] = gets;
  assert.deepEqual(answersIn(await sendBytes(target, bytes('GET', asked ?? '', proof))), [
    { status: 405, body: refused('METHOD_NOT_ALLOWED', 'Expected POST, or GET for queries.') },
  ]);
  assert.equal(target.calls.people.length, 0);
  const asks = ['access-control-request-method: POST', 'access-control-request-headers: content-type, authorization'];
  const preflighted = await sendBytes(target, bytes('OPTIONS', '/graphql', [...evil, ...asks]));
  assert.match(preflighted, /^HTTP\/1\.1 405 /);
  assert.doesNotMatch(preflighted, /access-control/i);
});

const malformed = { status: 400, body: refused('BAD_REQUEST', 'The request is malformed.') };
const unauthenticated = (message: string) => ({ status: 401, body: refused('UNAUTHENTICATED', message) });
const json = 'content-type: application/json';

test('a request that two servers may read differently is refused, and nothing behind it is read', async () => {
  const twoTokens = unauthenticated('Authorization: expected "Bearer" and one token.');
  const twoKinds = unauthenticated('Expected one credential: Authorization or x-api-key, got both.');
  const chunked = `${query.length.toString(16)}\r\n${query}\r\n0\r\n\r\n`;
  const hidden = bytes('GET', '/graphql?query={hidden:__typename}', ['apollo-require-preflight: 1']);
  const other = await target.token('live', 'diary:read');
  const sent: Record<string, [string, object]> = {
    'two tokens': [bytes('POST', '/graphql', [json, `authorization: Bearer ${other}`], query), twoTokens],
    'two tokens in one header': [
      bytes('POST', '/graphql', [json], query).replace(token, `${token}, Bearer ${other}`),
      twoTokens,
    ],
    'a token and an API key': [bytes('POST', '/graphql', [json, 'x-api-key: jct_a_b'], query), twoKinds],
    'two hosts': [bytes('POST', '/graphql', [json, 'host: evil.example'], query), malformed],
    'a length and chunks': [
      bytes('POST', '/graphql', [json, 'content-length: 6', 'transfer-encoding: chunked'], '').concat(chunked),
      malformed,
    ],
    'a folded header': [bytes('POST', '/graphql', [json, 'x: y', ' authorization: Bearer x'], query), malformed],
    'a bare LF': [bytes('POST', '/graphql', [json, 'x: y\nauthorization: Bearer x'], query), malformed],
    'a NUL': [bytes('POST', '/graphql', [json, 'x: \0'], query), malformed],
  };
  for (const [what, [text, answer]] of Object.entries(sent)) {
    assert.deepEqual(answersIn(await sendBytes(target, text + hidden)), [answer], what);
  }
  assert.deepEqual(answersIn(await sendBytes(target, bytes('POST', '/graphql', [json], query))), [
    { status: 200, body: named },
  ]);
});

test('headers that a proxy sets count for nothing from somebody else', async () => {
  const spoofed = ['x-forwarded-for: 127.0.0.1', 'x-real-ip: 127.0.0.1', 'x-user: live', 'x-forwarded-user: live'];
  const more = ['x-ssl-client-verify: SUCCESS', 'x-client-cert: CN=reporting', 'x-original-url: /demo/supervisor'];
  const sent = bytes('POST', '/graphql', [json, ...spoofed, ...more], query).replace(/authorization: .*\r\n/, '');
  assert.deepEqual(answersIn(await sendBytes(target, sent)), [
    unauthenticated('Expected a credential: a bearer token, an API key or a client certificate.'),
  ]);
});

test('bodies that never come hold nobody up, and are let go', async (t) => {
  const slow = await startTarget(t, { server: { stallTimeoutMs: 700 } });
  const head = bytes('POST', '/graphql', [json, 'x: y'], query).replace('connection: close\r\n', '');
  const closed: string[] = [];
  const sockets = await whileAsked(t, slow, async () => {
    const opened = Array.from({ length: 500 }, () => {
      const socket = connect(Number(new URL(slow.origin).port), '127.0.0.1');
      socket.on('data', (data) => closed.push(String(data))).on('error', () => {});
      socket.write(head.slice(0, -10));
      return socket;
    });
    await until(() => opened.every(({ closed }) => closed));
    return opened;
  });
  assert.deepEqual([sockets.length, closed.filter((said) => said.includes(' 200 '))], [500, []]);
});

test('a caller who cancels a thousand requests leaves nothing behind', async (t) => {
  // As many at once as the caller may have: one that stayed would keep the last ones out.
  const limits = { concurrency: 120, caller_concurrency: 80 };
  const waiting: (() => void)[] = [];
  const answer = ({ caller, signal, requestId }: { caller?: unknown; signal: AbortSignal; requestId: string }) => {
    const { claims } = caller as { claims: { sub: string } };
    if (claims.sub !== 'mallory') return claims.sub;
    return new Promise((resolve) => {
      // One that was canceled may still come when all others are through.
      if (requestId.startsWith('again')) waiting.push(() => resolve('late'));
      signal.addEventListener('abort', () => resolve('canceled'));
    });
  };
  const canceled = await startTarget(t, { limits, answer });
  const mine = await canceled.token('mallory');
  const asks = 'query ($id: ID!) { person(id: $id) { askedBy } }';
  let sent = 0;
  const cancelOne = async (i: number) => {
    const controller = new AbortController();
    const body = JSON.stringify({ query: asks, variables: { id: `${i}` } });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${mine}`, 'x-request-id': `c${i}` };
    const asking = fetch(`${canceled.origin}/graphql`, { method: 'POST', headers, body, signal: controller.signal });
    asking.catch(() => {});
    if (i % 4 === 0) await until(() => canceled.calls.people.some(({ requestId }) => requestId === `c${i}`));
    else await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await asking.then(
      ({ status }) => assert.fail(`it was answered: ${status}`),
      () => {},
    );
    sent += 1;
  };
  await whileAsked(t, canceled, async () => {
    for (let round = 0; round < 40; round++) {
      await Promise.all(Array.from({ length: 25 }, (_, i) => cancelOne(round * 25 + i)));
    }
  });
  assert.equal(sent, 1_000);
  const ofMallory = canceled.calls.people.filter(({ caller }) => caller?.claims.sub === 'mallory');
  assert.ok(ofMallory.length >= 250, 'they reached the subgraph');
  await until(() => ofMallory.every(({ signal }) => signal.aborted));
  const again = Array.from({ length: limits.caller_concurrency }, async (_, i) => {
    const body = JSON.stringify({ query: asks, variables: { id: `again ${i}` } });
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${mine}`,
      'x-request-id': `again${i}`,
    };
    const ask = async () => (await fetch(`${canceled.origin}/graphql`, { method: 'POST', headers, body })).status;
    // The last ones that were canceled may still be arriving, and have a place each until it's seen that their clients are gone.
    for (let refused = 0; refused < 500; refused += 1) {
      const status = await ask();
      if (status !== 429) return status;
    }
    return 429;
  });
  await until(() => waiting.length === limits.caller_concurrency);
  for (const end of waiting) end();
  assert.deepEqual(new Set(await Promise.all(again)), new Set([200]));
});
