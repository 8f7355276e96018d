import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const algorithm = 'RS256';
const audience = 'https://junction.example';

/** A provider of tokens on this machine. */
export interface Provider {
  /** As gateway.yaml names it, under `authentication.issuers`. */
  readonly settings: object;
  /** A token for an hour, with claims as a company's provider has them. */
  token(scopes: readonly string[]): Promise<string>;
  close(): void;
}

/** Starts one with a key of its own. */
export async function startProvider(): Promise<Provider> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const keys = JSON.stringify({
    keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: algorithm, use: 'sig' }],
  });
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(keys);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    settings: { issuer, audience, jwks_uri: `${issuer}/keys` },
    token: (scopes) =>
      new SignJWT({
        azp: 'dashboard',
        email: 'agent@junction.example',
        groups: ['support', 'support-berlin', 'everybody'],
        role: 'agent',
        scope: scopes.join(' '),
      })
        .setProtectedHeader({ alg: algorithm, kid: 'bench', typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject('f3b1c6e0-7a52-4d3c-9f44-2f6f0a7c9d11')
        .setJti('0b8e6c1e-95ad-4c0f-8c3a-6d1e7c2f5a90')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    close: () => server.close(),
  };
}
