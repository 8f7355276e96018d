import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, type AgentOptions, request } from 'node:https';
import { type TestContext, test } from 'node:test';
import { openAccess } from '../../gateway/access/access.ts';
import { readTls } from '../../gateway/access/tls.ts';
import { defaultConfigFile } from '../../gateway/config-file.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { makeCertificates, missingOpenssl } from '../servers/certificates.ts';
import { run } from './fixture.ts';

const log = createLog({ level: 'silent' });

test('mutual TLS: a listed certificate is a caller, another one is refused, none is nobody', {
  skip: missingOpenssl,
}, async (t) => {
  const [own, foreign] = [makeCertificates(), makeCertificates()];
  const certificates = [{ name: 'CN=localhost', scopes: ['order:read'], claims: {} }];
  const ask = await listening(t, own, certificates);
  const [cert, key] = [own.cert, own.key].map((path) => readFileSync(path));
  const data = { data: { customer: { name: 'Ada' } } };
  assert.deepEqual(await ask({ cert, key }), [200, data]);
  const [unknown, unauthenticated] = [await ask({}), (message: string) => refused('UNAUTHENTICATED', message)];
  assert.deepEqual(unknown, [
    401,
    unauthenticated('Expected a credential: a bearer token, an API key or a client certificate.'),
  ]);
  const [otherCert, otherKey] = [foreign.cert, foreign.key].map((path) => readFileSync(path));
  const [status] = await ask({ cert: otherCert, key: otherKey });
  assert.equal(status, 401);

  const unlisted = await listening(t, own, []);
  assert.equal((await unlisted({ cert, key }))[0], 401);
});

test('what TLS is told to use and can not is a fault, all of it at once', async () => {
  const [cert, key, client_ca] = ['/no/cert.pem', '/no/key.pem', '/no/ca.pem'];
  await assert.rejects(readTls({ cert, key, client_ca, client_certificates: 'required' }), {
    faults: [
      "gateway.yaml: tls.cert: /no/cert.pem can't be read (ENOENT).",
      "gateway.yaml: tls.key: /no/key.pem can't be read (ENOENT).",
      "gateway.yaml: tls.client_ca: /no/ca.pem can't be read (ENOENT).",
    ],
  });
  await assert.rejects(
    readTls({ cert: import.meta.filename, key: import.meta.filename, client_certificates: 'optional' }),
    {
      message: /^gateway\.yaml: tls: certificate and key can't be used: /,
    },
  );
});

/** A gateway with TLS that asks for certificates of our authority. Gives what asks it, with a certificate or without. */
async function listening(
  t: TestContext,
  { authority, cert, key }: ReturnType<typeof makeCertificates>,
  certificates: { name: string; scopes: string[]; claims: Record<string, unknown> }[],
) {
  const authentication = { ...defaultConfigFile.authentication, certificates };
  const file = { ...defaultConfigFile, authentication };
  const access = await openAccess({ file, authentication: true, anonymous: false, log });
  const tls = await readTls({ cert, key, client_ca: authority, client_certificates: 'optional' });
  const { origin } = await run(t, { server: { access, tls } });
  assert.match(origin, /^https:/);
  return (own: AgentOptions) =>
    new Promise<[number | undefined, unknown]>((resolve, reject) => {
      const sent = request(
        `${origin}/graphql`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          agent: new Agent({ ca: readFileSync(authority), servername: 'localhost', ...own }),
        },
        async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk);
          resolve([response.statusCode, JSON.parse(Buffer.concat(chunks).toString())]);
        },
      );
      sent.on('error', reject).end(JSON.stringify({ query: '{ customer(id: "1") { name } }' }));
    });
}

function refused(code: string, message: string) {
  return { errors: [{ message, extensions: { code } }] };
}
