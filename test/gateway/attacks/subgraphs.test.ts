import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { request } from 'undici';
import { ask, liveQuery, refused, startTarget, type Target, whileAsked } from './fixture.ts';

// Somebody within the network, who reaches a subgraph without the gateway and reads what passes between the two.

/** A fetch as it passed. */
interface Captured {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A target whose fetches are read on their way; what passed. `alter` changes a fetch. */
async function wiretapped(
  t: TestContext,
  alter: (captured: Captured) => Captured = (captured) => captured,
): Promise<{ readonly target: Target; readonly captured: Captured[] }> {
  const captured: Captured[] = [];
  const between = async (_name: string, url: string) => {
    const proxy = createServer(async (received, response) => {
      const { url: path = '', headers } = received;
      let body = '';
      for await (const chunk of received) body += chunk;
      const seen = { path, headers, body };
      captured.push(seen);
      const sent = alter(seen);
      const answer = await send(new URL(sent.path, url).href, sent);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => proxy.once('listening', resolve));
    t.after(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/graphql`;
  };
  return { target: await startTarget(t, { between }), captured };
}

/** Sends what was captured, or something like it, to a subgraph. */
async function send(url: string, { headers, body }: Pick<Captured, 'headers' | 'body'>) {
  const { connection: _, host: __, 'content-length': ___, 'transfer-encoding': ____, ...own } = headers;
  const response = await request(url, { method: 'POST', headers: own as Record<string, string>, body });
  return { status: response.statusCode, text: await response.body.text() };
}

async function sent(url: string, captured: Pick<Captured, 'headers' | 'body'>) {
  const { status, text } = await send(url, captured);
  return { status, body: JSON.parse(text) };
}

const untrusted = (message: string) => ({ status: 401, body: refused('UNTRUSTED_REQUEST', message) });
const json = { 'content-type': 'application/json' };

test('a subgraph that is called directly answers nobody but the gateway', async (t) => {
  const target = await startTarget(t);
  const { people } = target.subgraphs;
  const token = await target.token('mallory', 'diary:read');
  const body = JSON.stringify({ query: '{ person(id: "1") { diary } }' });
  await whileAsked(t, target, async () => {
    for (const headers of [
      json,
      { ...json, authorization: `Bearer ${token}` },
      { ...json, 'x-forwarded-for': '127.0.0.1', 'x-request-id': 'health' },
    ]) {
      assert.deepEqual(await sent(people, { headers, body }), untrusted('The request is not signed.'));
    }
    const forged = { ...json, 'signature-input': 'junction=("@method");created=1', signature: 'junction=:AAAA:' };
    assert.deepEqual(
      await sent(people, { headers: forged, body }),
      untrusted('The signature cannot be read: expected one, with created, nonce, keyid, alg and tag.'),
    );
    for (const query of ['{ _service { sdl } }', '{ __schema { types { name } } }', '{ __typename }']) {
      const asked = { headers: json, body: JSON.stringify({ query }) };
      assert.deepEqual(await sent(people, asked), untrusted('The request is not signed.'), query);
    }
    for (const method of ['GET', 'PUT', 'OPTIONS'] as const) {
      const { statusCode, body: stream } = await request(`${people}?query={__typename}`, { method });
      assert.equal(statusCode, 404, method);
      assert.doesNotMatch(await stream.text(), /Query/);
    }
    await Promise.all(
      Array.from({ length: 500 }, async () => assert.equal((await send(people, { headers: json, body })).status, 401)),
    );
  });
  assert.ok(
    target.calls.people.every(({ caller }) => caller?.claims.sub === 'live'),
    'only the live query reached it',
  );
});

test('a captured fetch can be sent neither again, nor to another subgraph, nor changed, nor by another caller', async (t) => {
  const { target, captured } = await wiretapped(t);
  const body = { query: liveQuery };
  const answered = await ask(target, { token: await target.token('ann'), body });
  assert.equal(answered.status, 200);
  const [ofAnn] = captured as [Captured];
  await ask(target, { token: await target.token('bob'), body });
  const ofBob = captured.find(({ headers }) => headers.authorization !== ofAnn.headers.authorization) as Captured;
  const { people, orders } = target.subgraphs;
  const calls = target.calls.people.length;

  assert.deepEqual(await sent(people, ofAnn), untrusted('The request was received before.'), 'replayed');
  const many = await Promise.all(Array.from({ length: 100 }, () => send(people, ofAnn)));
  assert.deepEqual(new Set(many.map(({ status }) => status)), new Set([401]));
  assert.deepEqual(
    await sent(orders, ofAnn),
    untrusted('The signature is not one of a gateway for this subgraph: expected other "alg" or "tag".'),
    'sent to another subgraph',
  );
  assert.deepEqual(
    await sent(people, { ...ofAnn, body: ofAnn.body.replace('"1"', '"2"') }),
    untrusted('The body is not the one that was signed.'),
    'another body',
  );
  const { 'content-digest': digest } = ofBob.headers;
  const changes: Record<string, [Record<string, unknown>, string]> = {
    'the token of another caller': [
      { authorization: ofBob.headers.authorization },
      'The request is not as it was signed.',
    ],
    'no token': [{ authorization: undefined }, 'The signature covers what the request does not have.'],
    'the digest of another body': [{ 'content-digest': `${digest}x` }, 'The request is not as it was signed.'],
    'another nonce': [
      { 'signature-input': String(ofAnn.headers['signature-input']).replace(/nonce="/, 'nonce="x') },
      'The request is not as it was signed.',
    ],
    'a later time': [
      {
        'signature-input': String(ofAnn.headers['signature-input']).replace(
          /created=(\d+)/,
          (_, at) => `created=${Number(at) + 10}`,
        ),
      },
      'The request is not as it was signed.',
    ],
    'fewer covered headers': [
      { 'signature-input': String(ofAnn.headers['signature-input']).replace(' "authorization"', '') },
      'The signature does not cover "authorization".',
    ],
    'two signatures': [
      { 'signature-input': `${ofAnn.headers['signature-input']}, ${ofBob.headers['signature-input']}` },
      'The signature cannot be read: expected one, with created, nonce, keyid, alg and tag.',
    ],
  };
  for (const [what, [changed, told]] of Object.entries(changes)) {
    const headers = Object.fromEntries(
      Object.entries({ ...ofAnn.headers, ...changed }).filter(([, value]) => value !== undefined),
    ) as IncomingHttpHeaders;
    assert.deepEqual(await sent(people, { ...ofAnn, headers }), untrusted(told), what);
  }
  assert.deepEqual(
    await sent(`${people}?a=b`, ofAnn),
    untrusted('The signature does not cover "@query".'),
    'another target',
  );
  assert.equal(target.calls.people.length, calls, 'none of them reached the subgraph');
  // No client's own token leaves the gateway.
  for (const { headers } of captured) {
    const [, payload = ''] = String(headers.authorization).split('.');
    const { iss, aud, caller } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    assert.deepEqual([iss, aud, Object.keys(caller).sort()], ['junction', 'subgraphs', ['iss', 'sub']]);
  }
});

test('a fetch that is changed on its way costs its fields, and its client learns nothing of why', async (t) => {
  const alter = (captured: Captured): Captured => ({ ...captured, body: captured.body.replace('"1"', '"2"') });
  const { target } = await wiretapped(t, alter);
  assert.deepEqual(
    await ask(target, { token: await target.token('ann'), body: { query: '{ person(id: "1") { name } }' } }),
    {
      status: 200,
      body: {
        data: { person: null },
        errors: [
          {
            message: 'The subgraph "people" refused the gateway.',
            path: ['person'],
            extensions: { code: 'SUBGRAPH_REFUSED', serviceName: 'people' },
          },
        ],
      },
    },
  );
  assert.equal(target.calls.people.length, 0);
});
