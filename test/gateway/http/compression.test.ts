import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { utf8 } from '../../../gateway/execution/utf8.ts';
import { isCompressible } from '../../../gateway/http/compression.ts';
import { embedded, type RunOptions, resolvers, run, subgraphSchema } from '../fixture.ts';

const names = Array.from({ length: 1_000 }, (_, i) => ({ id: String(i), name: `Ada ${i} 🏃` }));
const query = '{ customers { id name } }';

test('a long answer is compressed as the client takes it, and says what it depends on', async (t) => {
  const ask = await asking(t, { compression: 'all' });
  const plain = await ask({});
  assert.deepEqual([plain.headers['content-encoding'], plain.headers.vary], [undefined, 'accept-encoding']);
  assert.deepEqual(JSON.parse(plain.body.toString()), { data: { customers: names } });
  for (const [accept, encoding, decompress] of [
    ['gzip', 'gzip', gunzipSync],
    ['gzip, deflate, br', 'br', brotliDecompressSync],
  ] as const) {
    const { status, headers, body } = await ask({ 'accept-encoding': accept });
    assert.deepEqual(
      [status, headers['content-encoding'], headers.vary, headers['content-type'], headers['content-length']],
      [200, encoding, 'accept-encoding', 'application/json; charset=utf-8', String(body.length)],
    );
    assert.ok(body.length * 4 < plain.body.length, `${body.length} bytes instead of ${plain.body.length}`);
    assert.deepEqual(decompress(body), plain.body);
  }
  assert.equal((await ask({ 'accept-encoding': 'identity' })).headers['content-encoding'], undefined);
});

test('a short answer is not compressed, and on this machine none is', async (t) => {
  const short = await asking(t, { compression: 'all' }, '{ __typename }');
  const { headers } = await short({ 'accept-encoding': 'gzip' });
  assert.deepEqual([headers['content-encoding'], headers.vary], [undefined, undefined]);
  const local = await asking(t, {});
  const answer = await local({ 'accept-encoding': 'gzip' });
  assert.deepEqual([answer.headers['content-encoding'], answer.headers.vary], [undefined, undefined]);
  const long = utf8('x'.repeat(10_000));
  const from = (remoteAddress: string) =>
    isCompressible(long, { socket: { remoteAddress } } as unknown as IncomingMessage, 'remote');
  assert.deepEqual(
    ['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1'].map(from),
    [false, false, false, false, true, true, true],
  );
});

/** A client of a gateway whose answer to the query is 35 KB. */
async function asking(t: TestContext, server: NonNullable<RunOptions['server']>, text = query) {
  const schema = subgraphSchema('customers', { ...resolvers.customers, Query: { customers: () => names } });
  const { origin } = await run(t, { server, subgraphs: { customers: embedded(schema) } });
  return (headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; headers: IncomingMessage['headers']; body: Buffer }>(
      (resolve, reject) => {
        const sent = request(`${origin}/graphql?query=${encodeURIComponent(text)}`, { headers }, (response) => {
          const { statusCode: status, headers } = response;
          buffer(response).then((body) => resolve({ status, headers, body }), reject);
        });
        sent.on('error', reject).end();
      },
    );
}
