import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { DemoIssuer } from '../../../gateway/access/identity/demo-callers.ts';
import { counted } from '../telemetry/counted.ts';

// In development a page of another site could lead its own name to this machine (DNS rebinding): to its browser it would then be of the
// same origin as Junction, and could read everything. By its name it is known.

const body = '{"query":"{ customer(id: \\"1\\") { name } }"}';
const json = `content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
const paths = [
  '/graphql?query={__typename}',
  '/',
  '/health/ready',
  '/metrics',
  '/systems.json',
  '/demo',
  '/demo/agent',
];

/** A gateway as in development. */
const serve = (t: TestContext, origins: readonly string[] = []) =>
  counted(t, {
    server: {
      localNamesOnly: true,
      origins,
      demo: new DemoIssuer(Buffer.alloc(32, 1)),
      console: { signIn: { kind: 'open' }, introspection: true },
    },
  });

/** Sends bytes; returns the status and what came behind the headers. */
async function send(origin: string, text: string): Promise<{ status: number; body: string }> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.setTimeout(10_000, () => socket.destroy(new Error('expected the server to close the connection')));
  socket.write(text, 'latin1');
  const said = (await socket.toArray()).join('');
  const [head = '', ...rest] = said.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), body: rest.join('\r\n\r\n') };
}

const get = (path: string, host: string) => `GET ${path} HTTP/1.1\r\n${host}connection: close\r\n\r\n`;
const named = (host: string) => `host: ${host}\r\n`;

test('a request to a name of another site is refused at every address, and told which names are answered', async (t) => {
  const { origin } = await serve(t);
  const message =
    '"evil.example" is no name of this machine. In development Junction answers to localhost, to names that end in .localhost, to IP addresses, and to the hosts of cors.origins in gateway.yaml.';
  const refused = { errors: [{ message, extensions: { code: 'MISDIRECTED_REQUEST' } }] };
  for (const path of [...paths, '/nowhere', '/assets/nothing.js']) {
    const answer = await send(origin, get(path, named('evil.example:4000')));
    assert.deepEqual([answer.status, JSON.parse(answer.body)], [421, refused], path);
  }
  const posted = await send(origin, `POST /graphql HTTP/1.1\r\nhost: evil.example\r\n${json}\r\n${body}`);
  assert.deepEqual([posted.status, JSON.parse(posted.body)], [421, refused]);
});

test('it answers to names that only this machine has, and to none that looks like one', async (t) => {
  const { origin } = await serve(t);
  const status = async (host: string) => (await send(origin, get('/health/live', named(host)))).status;
  const own = ['localhost', 'LOCALHOST:4000', 'localhost.', 'shop.localhost:4000', '127.0.0.1', '127.0.0.2:80'];
  for (const host of [...own, '192.168.0.7:4000', '[::1]', '[::1]:4000', '[2001:db8::1]'])
    assert.equal(await status(host), 200, host);
  const others = ['localhost.evil.example', '127.0.0.1.evil.example:4000', 'evillocalhost', 'localhost-evil.example'];
  for (const host of [...others, '127.1', '1.2.3.4.5', 'x--1.com', '__proto__', 'evil.example.'])
    assert.equal(await status(host), 421, host);
  const unreadable = ['evil.example, localhost', 'localhost\r\nhost: evil.example', 'a@localhost', 'localhost:80:80'];
  for (const host of [...unreadable, '[::1', '[1::2::3]', 'é.localhost', 'a b', `${'a'.repeat(300)}.localhost`])
    assert.equal(await status(host), 400, host);
});

test('hosts of listed origins are answered at any port', async (t) => {
  const { origin } = await serve(t, ['https://Junction.Example.Com', 'http://dev.internal:4000']);
  const status = async (host: string) => (await send(origin, get('/demo', named(host)))).status;
  for (const host of ['junction.example.com', 'junction.example.com:4000', 'dev.internal', 'DEV.internal.:80'])
    assert.equal(await status(host), 200, host);
  for (const host of ['example.com', 'a.dev.internal', 'junction.example.com.evil.example'])
    assert.equal(await status(host), 421, host);
});

test('the target names the host where it has one, and who names none is no browser', async (t) => {
  const { origin } = await serve(t);
  const status = async (text: string) => (await send(origin, text)).status;
  // RFC 9112, section 3.2.2: then what `Host` says doesn't count.
  assert.equal(await status(get('http://evil.example/graphql', named('localhost'))), 421);
  assert.equal(await status(get('http://evil.example', named('localhost'))), 421);
  assert.equal(await status(get('http://localhost@evil.example/health/live', named('localhost'))), 421);
  assert.equal(await status(get('http://localhost:4000/health/live', named('evil.example'))), 200);
  assert.equal(await status(get('http://', named('evil.example'))), 400);
  assert.equal(await status('GET /health/live HTTP/1.0\r\n\r\n'), 200);
  assert.equal(await status(get('/health/live', named(''))), 200);
  assert.equal(await status(get('/health/live', '')), 400, 'HTTP/1.1 wants one');
  assert.equal(await status('OPTIONS * HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n'), 421);
});

test('in production any name is answered, as a proxy may send one', async (t) => {
  const { origin } = await counted(t);
  for (const host of ['junction.example', 'evil.example', '10.0.0.1'])
    assert.equal((await send(origin, get('/health/live', named(host)))).status, 200, host);
});

test('those that were refused at /graphql are counted', async (t) => {
  const { origin, value } = await serve(t);
  await send(origin, get('/graphql?query={__typename}', named('evil.example')));
  await send(origin, get('/', named('evil.example')));
  assert.equal(await value('junction_refusals_total', { code: 'MISDIRECTED_REQUEST' }), 1);
  assert.equal(await value('junction_requests_total', { status: '421', outcome: 'refused' }), 1);
});
