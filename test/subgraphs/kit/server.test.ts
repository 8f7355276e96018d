import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { type SubgraphServer, serveSubgraph } from '../../../subgraphs/kit/server.ts';
import type { Subgraph } from '../../../subgraphs/kit/subgraph.ts';

// What a service answers over HTTP. How a subgraph executes is tested elsewhere.

const long = 'ü'.repeat(20_000);
const subgraph: Subgraph = {
  name: 'stub',
  execute: async ({ query, variables }) =>
    query === 'none' ? { errors: [] } : { data: { text: query === 'long' ? long : query, ...variables } },
  health: async () => ({ name: 'stub', kind: 'stub', status: 'up', latencyMs: 0 }),
  close: async () => {},
};
let server: SubgraphServer;
before(async () => {
  server = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0 });
});
after(() => server.close());

async function post(body: string, headers: Record<string, string> = {}) {
  const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body } as const;
  const response: Dispatcher.ResponseData = await request(`${server.origin}/graphql`, options);
  const bytes = Buffer.from(await response.body.arrayBuffer());
  return { status: response.statusCode, headers: response.headers, bytes, text: bytes.toString() };
}

test('the media type and the status follow what the client accepts', async () => {
  const both = 'application/graphql-response+json, application/json';
  for (const [accept, body, status, type] of [
    [both, '{"query":"a"}', 200, 'application/graphql-response+json; charset=utf-8'],
    ['application/json', '{"query":"a"}', 200, 'application/json; charset=utf-8'],
    ['text/html, */*', '{"query":"a"}', 200, 'application/json; charset=utf-8'],
    [both, '{"query":"none"}', 400, 'application/graphql-response+json; charset=utf-8'],
    ['application/json', '{"query":"none"}', 200, 'application/json; charset=utf-8'],
    ['text/html', '{"query":"a"}', 406, undefined],
    ['application/json; charset=latin1', '{"query":"a"}', 406, undefined],
  ] as const) {
    const answer = await post(body, { accept });
    assert.deepEqual([answer.status, answer.headers['content-type']], [status, type], accept);
  }
});

test('a body that is no request says so, and reaches no resolver', async () => {
  for (const [body, message] of [
    ['', 'Missing body'],
    ['{"query":', 'Unparsable JSON body'],
    ['[]', 'JSON body must be an object'],
    ['{}', 'Missing query'],
    ['{"query":1}', 'Invalid query'],
    ['{"query":"a","variables":[]}', 'Invalid variables'],
    ['{"query":"a","operationName":1}', 'Invalid operationName'],
    ['{"query":"a","extensions":"x"}', 'Invalid extensions'],
  ] as const) {
    const { status, text } = await post(body);
    assert.deepEqual([status, JSON.parse(text)], [400, { errors: [{ message }] }], body);
  }
  for (const type of ['text/plain', 'application/json; charset=latin1', 'application/x-www-form-urlencoded']) {
    assert.equal((await post('{"query":"a"}', { 'content-type': type })).status, 415, type);
  }
  const quoted = await post('{"query":"a","variables":null}', { 'content-type': 'application/json; charset="UTF-8"' });
  assert.equal(quoted.text, '{"data":{"text":"a"}}');
});

test('long answers are compressed for those who take them so', async () => {
  const body = '{"query":"long"}';
  const expected = JSON.stringify({ data: { text: long } });
  for (const accept of ['gzip', 'br;q=1.0, gzip;q=0.8, *;q=0.1']) {
    const { headers, bytes } = await post(body, { 'accept-encoding': accept });
    assert.deepEqual([headers['content-encoding'], headers.vary], ['gzip', 'accept-encoding']);
    assert.ok(bytes.length < 1000, `${bytes.length} bytes`);
    assert.equal(gunzipSync(bytes).toString(), expected);
  }
  for (const accept of ['', 'identity', 'br', 'gzip;q=0', 'x-gzip']) {
    const { headers, text } = await post(body, { 'accept-encoding': accept });
    assert.deepEqual([headers['content-encoding'], text], [undefined, expected], accept);
  }
  assert.equal((await post('{"query":"short"}', { 'accept-encoding': 'gzip' })).headers['content-encoding'], undefined);
});
