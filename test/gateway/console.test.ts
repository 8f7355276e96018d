import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { buildConsole } from '../../gateway/console/build.ts';
import { explorePage, uncompressed } from '../../gateway/console/explore-frame.ts';
import { composeSupergraph } from '../../gateway/supergraph/compose.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';
import { createGateway } from '../../gateway/supergraph/gateway.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { httpTransport } from '../../gateway/transport/http.ts';
import { run } from './fixture.ts';

const queries = new URL('../../gateway/console/queries/', import.meta.url);

test("the console's queries fit the supergraph", async (t) => {
  const path = new URL('../../supergraph.yaml', import.meta.url).pathname;
  const gateway = await createGateway({
    supergraph: await composeSupergraph(await readSupergraphFile(path)),
    transport: (_name, url) => httpTransport(url),
    log: createLog({ level: 'silent' }),
    fetchTimeoutMs: 1_000,
  });
  t.after(() => gateway.close());
  const files = await readdir(queries);
  assert.equal(files.length, 6);
  for (const file of files) {
    const query = await readFile(new URL(file, queries), 'utf8');
    const { kind } = await gateway.use(async ({ operations }) => operations.prepare(query, undefined, ''));
    assert.equal(kind, 'ready', file);
    // What it is for is said in Explore.
    assert.match(query, /^# \w.*\.\nquery \w+\(/, file);
  }
});

test('GraphiQL is one page without anything from elsewhere, compressed, kept by the browser, and runs nothing but what it is made of', async (t) => {
  const { origin } = await run(t, { server: { console: { signIn: { kind: 'open' }, introspection: true } } });
  const first = await get(origin, { 'accept-encoding': 'gzip, br' });
  assert.equal(first.status, 200);
  assert.equal(first.headers['content-encoding'], 'gzip');
  assert.equal(first.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(first.headers['x-content-type-options'], 'nosniff');
  assert.equal(first.headers['referrer-policy'], 'no-referrer');
  const html = gunzipSync(first.body).toString();
  const scripts = Array.from(html.matchAll(/<script>([\s\S]*?)<\/script>/g), ([, script = '']) => script);
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  const policy = String(first.headers['content-security-policy']);
  assert.match(policy, /^default-src 'none'; .*connect-src 'self' blob:; .*frame-ancestors 'self'$/);
  assert.deepEqual(/script-src ([^;]*)/.exec(policy)?.[1]?.split(' '), ['blob:', ...hashes]);
  assert.match(html, /junctionExplore/);
  assert.doesNotMatch(html.replace(/<script>.*<\/script>/s, ''), /(src|href)="?https?:/);

  const again = await get(origin, { 'accept-encoding': 'gzip', 'if-none-match': String(first.headers.etag) });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
  const plain = await get(origin, {});
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.equal(plain.body.toString(), html);
  // Nine megabytes for each who asks would be more than some gateways have.
  const page = await explorePage();
  assert.equal(await uncompressed(page), await uncompressed(page));
});

test('an address that no page has is told to a browser by the console, with 404, and to programs as ever', async (t) => {
  await buildConsole();
  const { origin } = await run(t, { server: { console: { signIn: { kind: 'open' }, introspection: true } } });
  const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
  const page = await fetch(origin, { headers: { accept: html } });
  const document = await page.text();
  const told = (headers: Headers) => [...headers].filter(([name]) => !/^(date|x-request-id)$/.test(name));
  for (const path of ['/nope', '/overview/x', '/health', '/nope?a=b']) {
    const nope = await fetch(origin + path, { headers: { accept: html } });
    assert.deepEqual([nope.status, await nope.text(), told(nope.headers)], [404, document, told(page.headers)], path);
    const head = await fetch(origin + path, { method: 'HEAD', headers: { accept: html } });
    assert.deepEqual([head.status, head.headers.get('content-type')], [404, 'text/html; charset=utf-8'], path);
  }
  const nothing = {
    errors: [{ message: 'Nothing is served here. GraphQL is at /graphql.', extensions: { code: 'NOT_FOUND' } }],
  };
  const others: [string, RequestInit][] = [
    ['/nope', {}],
    ['/nope', { headers: { accept: 'application/json, text/html;q=0' } }],
    ['/nope', { method: 'POST', headers: { accept: html } }],
    ['/assets/nope.js', { headers: { accept: html } }],
    ['/assets/', { headers: { accept: html } }],
  ];
  for (const [path, init] of others) {
    const response = await fetch(origin + path, init);
    const { status, headers } = response;
    const type = headers.get('content-type');
    const expected = [404, 'application/json; charset=utf-8', nothing];
    assert.deepEqual([status, type, await response.json()], expected, `${init.method ?? 'GET'} ${path}`);
  }
  const head = await fetch(`${origin}/nope`, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('content-type')], [404, 'application/json; charset=utf-8']);
  const graphql = await fetch(`${origin}/graphql`, { headers: { accept: html } });
  assert.equal(((await graphql.json()) as typeof nothing).errors[0]?.extensions.code, 'BAD_REQUEST');
});

test('without the console a browser is told as programs are', async (t) => {
  const { origin } = await run(t);
  const { status, headers } = await fetch(`${origin}/nope`, { headers: { accept: 'text/html' } });
  assert.deepEqual([status, headers.get('content-type')], [404, 'application/json; charset=utf-8']);
});

test('below /assets there are the files of the console, and nothing of folders or beside them', async (t) => {
  await buildConsole();
  const { origin } = await run(t, { server: { console: { signIn: { kind: 'open' }, introspection: true } } });
  const { port } = new URL(origin);
  const status = (path: string, method = 'GET') =>
    new Promise<number | undefined>((resolve, reject) => {
      // As it is: `fetch` would take the dots out.
      request({ host: '127.0.0.1', port, path, method }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
        .on('error', reject)
        .end();
    });
  const document = await (await fetch(origin)).text();
  const [script = ''] = /\/assets\/[\w.-]+\.js/.exec(document) ?? [];
  assert.deepEqual([await status(script), await status(script, 'HEAD')], [200, 200]);
  for (const path of [
    ...['/assets', '/assets/', '/assets//etc/passwd', '/assets/../index.html', '/assets/%2e%2e/index.html'],
    ...['/assets/..%2findex.html', '/assets/%2e%2e%2f%2e%2e%2fpackage.json', '/assets/..%5cindex.html', '//assets/x'],
  ])
    assert.equal(await status(path), 404, path);
});

function get(origin: string, headers: Record<string, string>) {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      request(`${origin}/explore/graphiql`, { headers }, (response) => {
        const { statusCode: status, headers } = response;
        buffer(response).then((body) => resolve({ status, headers, body }), reject);
      })
        .on('error', reject)
        .end();
    },
  );
}
