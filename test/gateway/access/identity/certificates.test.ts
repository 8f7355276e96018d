import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TLSSocket } from 'node:tls';
import type { Caller } from '../../../../gateway/access/caller.ts';
import type { AuthenticatorOptions } from '../../../../gateway/access/identity/authenticator.ts';
import { Certificates } from '../../../../gateway/access/identity/certificates.ts';
import { CredentialError } from '../../../../gateway/access/identity/credential.ts';
import { makeCertificates, missingOpenssl } from '../../../servers/certificates.ts';
import { runProgram } from '../../../servers/process.ts';
import { answerWith, authenticatorOf, FakeIssuers } from './authenticator-fixture.ts';

const options = { skip: missingOpenssl };
/** The authority that listeners trust, and another one. */
const [trusted, foreign] = missingOpenssl
  ? [{ authority: '', cert: '', key: '' }, { authority: '' }]
  : [makeCertificates(), makeCertificates()];

interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

let made = 0;

/** A client's certificate. `names`: lines of OpenSSL's section for alternative names. */
function clientOf(
  subject: string,
  names: readonly string[] = [],
  { authority } = trusted as { authority: string },
): Pair {
  made += 1;
  const path = (name: string) => join(dirname(authority), `client-${made}.${name}`);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-utf8', '-subj', subject];
  runProgram('openssl', ['req', ...newKey, '-keyout', path('key'), '-out', path('csr')]);
  const extension = names.length > 0 ? ['subjectAltName=@names', '[names]', ...names] : ['basicConstraints=CA:FALSE'];
  writeFileSync(path('extension'), `${extension.join('\n')}\n`);
  const signing = ['-CA', authority, '-CAkey', join(dirname(authority), 'ca.key'), '-CAcreateserial', '-days', '2'];
  const request = ['-req', '-in', path('csr'), '-extfile', path('extension')];
  runProgram('openssl', ['x509', ...request, ...signing, '-out', path('pem')]);
  return { cert: readFileSync(path('pem')), key: readFileSync(path('key')) };
}

const entry = (name: string, scopes: string[] = []) => ({ name, scopes, claims: {} });

/** Listens with TLS, asks everybody for a certificate and lets everybody in. Gives the port. */
async function listen(t: TestContext, answer: RequestListener): Promise<number> {
  const [cert, key, ca] = [trusted.cert, trusted.key, trusted.authority].map((path) => readFileSync(path));
  const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: false }, answer);
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** A client that keeps its connection; gives status and text of the answer. */
function client(t: TestContext, port: number, pair: Partial<Pair>) {
  const agent = new Agent({ ...pair, ca: readFileSync(trusted.authority), keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  return async (headers: Record<string, string> = {}): Promise<string> => {
    const sent = request({ port, host: '127.0.0.1', servername: 'localhost', agent, headers }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return `${response.statusCode} ${(await response.setEncoding('utf8').toArray()).join('')}`;
  };
}

/** A listener with this authenticator, everybody who came and over which connections. */
async function listenerOf(t: TestContext, settings: Partial<AuthenticatorOptions>) {
  const callers: Caller[] = [];
  const sockets = new Set<unknown>();
  const answer = answerWith(authenticatorOf(settings), callers);
  const port = await listen(t, (incoming, response) => {
    sockets.add(incoming.socket);
    void answer(incoming, response);
  });
  return { clientWith: (pair: Partial<Pair>) => client(t, port, pair), callers, sockets };
}

test('a client is known by its certificate, by subject or another of its names', options, async (t) => {
  const subject = clientOf('/C=DE/O=Ex, Am=ple/CN=reporting é');
  const dns = clientOf('/CN=x', ['DNS.1=other.example', 'DNS.2=Sheets.Example']);
  const uri = clientOf('/CN=y', ['URI.1=spiffe://example/billing']);
  const { clientWith, callers } = await listenerOf(t, {
    certificates: [
      { name: 'C = DE, O = Ex\\, Am=ple, CN = reporting é', scopes: ['order:read'], claims: { role: 'reporting' } },
      entry('sheets.example'),
      entry('spiffe://example/billing'),
    ],
  });
  assert.equal(await clientWith(subject)(), '200 certificate certificate C = DE, O = Ex\\, Am=ple, CN = reporting é');
  assert.equal(await clientWith(dns)(), '200 certificate certificate sheets.example');
  assert.equal(await clientWith(uri)(), '200 certificate certificate spiffe://example/billing');
  assert.deepEqual(callers[0]?.claims, { sub: 'C = DE, O = Ex\\, Am=ple, CN = reporting é', role: 'reporting' });
  assert.deepEqual([...(callers[0]?.scopes ?? [])], ['order:read']);
});

test('a subject may stand in either order', options, async (t) => {
  const pair = clientOf('/C=DE/O=Example/CN=reporting');
  for (const name of [
    'C=DE,O=Example,CN=reporting',
    'CN=reporting,O=Example,C=DE',
    'C = DE, O = Example, CN = reporting',
  ]) {
    const { clientWith } = await listenerOf(t, { certificates: [entry(name)] });
    assert.equal(await clientWith(pair)(), `200 certificate certificate ${name}`);
  }
});

test('one connection or two, it is the same caller', options, async (t) => {
  const pair = clientOf('/CN=reporting');
  const { clientWith, callers, sockets } = await listenerOf(t, { certificates: [entry('CN=reporting')] });
  const first = clientWith(pair);
  for (let i = 0; i < 3; i++) await first();
  assert.equal(sockets.size, 1);
  await clientWith(pair)();
  assert.equal(sockets.size, 2);
  assert.equal(new Set(callers).size, 1);
  assert.equal(callers.length, 4);
});

test('a certificate that is signed but not named, or not signed here, is refused', options, async (t) => {
  const { clientWith } = await listenerOf(t, { certificates: [entry('CN=reporting')] });
  const unnamed = clientWith(clientOf('/CN=somebody'));
  const refusal = '401 The client certificate is trusted, but nothing is said here about its name.';
  assert.deepEqual([await unnamed(), await unnamed()], [refusal, refusal]);
  const stranger = clientWith(clientOf('/CN=reporting', [], foreign));
  assert.equal(await stranger(), '401 The client certificate is not trusted here.');
  assert.equal(await clientWith({})(), '200 anonymous address 127.0.0.1');
});

test('nobody gets a name by writing it into another one', options, async (t) => {
  const { clientWith } = await listenerOf(t, {
    certificates: [
      entry('admin.example'),
      entry('CN=admin'),
      entry('O=Example,CN=admin'),
      entry('spiffe://example/admin'),
    ],
  });
  const tries: readonly (readonly [subject: string, ...names: string[]])[] = [
    ['/CN=admin.example'],
    ['/CN=x', 'URI.1=urn:x, DNS:admin.example'],
    ['/CN=x', 'DNS.1=x\\, DNS:admin.example'],
    ['/CN=x', 'DNS.1=CN=admin'],
    ['/CN=x', 'URI.1=CN=admin'],
    ['/CN=x', 'DNS.1=spiffe://example/admin'],
    ['/CN=x', 'URI.1=admin.example'],
    ['/CN=x', 'email.1=a@admin.example', 'dirName.1=dir', '[dir]', 'CN=x, DNS:admin.example'],
    ['/O=Example,CN=admin'],
    ['/O=Example\nCN=admin'],
    ['/O=y/CN=admin'],
  ];
  for (const [subject, ...names] of tries) {
    const answer = await clientWith(clientOf(subject, names))();
    assert.match(answer, /^401 The client certificate is trusted, but/, `${subject} ${names}`);
  }
});

test('a header counts before the certificate', options, async (t) => {
  const ada: Caller = { id: 'ada', kind: 'token', claims: {}, scopes: new Set() };
  const issuers = new FakeIssuers(new Map([['good', ada]]));
  const { clientWith } = await listenerOf(t, { certificates: [entry('CN=mesh')], issuers });
  const ask = clientWith(clientOf('/CN=mesh'));
  assert.equal(await ask({ authorization: 'Bearer good' }), '200 token ada');
  assert.match(await ask({ authorization: 'Bearer bad' }), /^401/);
  assert.equal(await ask(), '200 certificate certificate CN=mesh');
});

test('a session that is taken up again proves what it proved before', options, async (t) => {
  const authenticator = authenticatorOf({ certificates: [entry('CN=reporting')] });
  const answer = answerWith(authenticator);
  const port = await listen(t, (incoming, response) => {
    const { socket } = incoming;
    response.setHeader('resumed', String(socket instanceof TLSSocket && socket.isSessionReused()));
    void answer(incoming, response);
  });
  const who = [
    [{}, '200 anonymous address 127.0.0.1'],
    [clientOf('/CN=reporting'), '200 certificate certificate CN=reporting'],
    [clientOf('/CN=reporting', [], foreign), '401 The client certificate is not trusted here.'],
  ] as const;
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const [pair, heard] of who) {
      const agent = new Agent({ ...pair, ca: readFileSync(trusted.authority), maxVersion });
      const resumed: unknown[] = [];
      for (let i = 0; i < 2; i++) {
        const sent = request({ port, host: '127.0.0.1', servername: 'localhost', agent }).end();
        const [response] = (await once(sent, 'response')) as [IncomingMessage];
        resumed.push(response.headers.resumed);
        const text = (await response.setEncoding('utf8').toArray()).join('');
        assert.equal(`${response.statusCode} ${text}`, heard, maxVersion);
      }
      agent.destroy();
      assert.deepEqual(resumed, ['false', 'true'], maxVersion);
    }
  }
});

test('a connection that outlives its certificate is refused', options, async (t) => {
  let now = Date.now();
  const certificates = new Certificates([entry('CN=reporting')], () => now);
  const port = await listen(t, ({ socket }, response) => {
    try {
      assert.ok(socket instanceof TLSSocket);
      response.end(certificates.callerOf(socket)?.id);
    } catch (error) {
      response.end(error instanceof CredentialError ? error.message : 'unexpected');
    }
  });
  const ask = client(t, port, clientOf('/CN=reporting'));
  assert.equal(await ask(), '200 certificate CN=reporting');
  now += 3 * 24 * 3_600_000;
  assert.equal(await ask(), '200 The client certificate has expired.');
});
