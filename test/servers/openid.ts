import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { exportJWK, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import { freePort } from './process.ts';

/** What tokens are for: as their `resource` is asked for, and as `aud` names it. */
export const audience = 'https://junction.example/graphql';

export const discoveryPath = '/.well-known/openid-configuration';
export const keysPath = '/jwks';
export const introspectionPath = '/token/introspection';

/** The client that gets tokens, and asks about them. The secret needs encoding in a Basic header. */
export const client = { id: 'reporting', secret: 'not so: secret %&+' } as const;

/** A client that people sign in with: public, with PKCE and refresh tokens. */
export const publicClient = 'console';

/** What people may be given at the provider, and the scopes that access tokens may have. */
export interface People {
  /** Where they come back to after signing in and out. */
  readonly returnAddress: string;
  readonly scopes: readonly string[];
  /** By what somebody calls themselves when they sign in; any password is right. */
  readonly names: Readonly<Record<string, string>>;
  /** Of access tokens, in seconds. */
  readonly tokenLifeS: number;
}

/** A key pair of a provider. */
export interface SigningKey {
  readonly jwk: JWK;
  /** As a certificate's neighbour would have it. */
  readonly publicPem: string;
}

/** A new RSA key of this id; without an id where it is undefined. */
export async function signingKey(kid: string | undefined): Promise<SigningKey> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...(await exportJWK(privateKey)), ...(kid !== undefined && { kid }), alg: 'RS256', use: 'sig' };
  return { jwk, publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** A real OpenID provider on the loopback that counts what it is asked, and can be made to fail and to lie. */
export class OpenIdServer {
  readonly issuer: string;
  /** Paths that were asked for. */
  readonly requests: string[] = [];
  /** Who answers instead of the provider, by path. */
  readonly instead = new Map<string, RequestListener>();
  readonly #port: number;
  #server: Server | undefined;
  #provider: RequestListener | undefined;
  #keys: readonly SigningKey[] = [];
  #people: People | undefined;
  /** Sessions, grants, and tokens that only it can read. */
  readonly #kept = new Map<string, Stored>();

  private constructor(port: number) {
    this.#port = port;
    this.issuer = `http://127.0.0.1:${port}`;
  }

  static async start(...keys: readonly SigningKey[]): Promise<OpenIdServer> {
    const server = new OpenIdServer(await freePort());
    server.rotate(...keys);
    await server.up();
    return server;
  }

  /** From now on has these keys, and signs with the first. */
  rotate(...keys: readonly SigningKey[]): void {
    this.#keys = keys;
    this.#provide();
  }

  /** From now on people can sign in too, in a browser: there is a form for that. */
  admit(people: People): void {
    this.#people = people;
    this.#provide();
  }

  /** Ends everybody's session, and all that came of it. */
  forget(): void {
    this.#kept.clear();
  }

  async up(): Promise<void> {
    this.#server = createServer((request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      this.requests.push(path);
      (this.instead.get(path) ?? this.#provider)?.(request, response);
    }).listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async down(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** How often a path was asked for. */
  count(path: string): number {
    return this.requests.filter((each) => each === path).length;
  }

  /** An access token from the provider itself: a JSON Web Token, or an opaque one. */
  async token(form: 'jwt' | 'opaque' = 'jwt', resource = audience): Promise<string> {
    const scope = 'order:read finance:read';
    const resources = `${resource}${form === 'opaque' ? '?opaque' : ''}`;
    const { access_token } = await this.#post('/token', {
      grant_type: 'client_credentials',
      resource: resources,
      scope,
    });
    assert.equal(typeof access_token, 'string');
    return String(access_token);
  }

  /** Ends an opaque token. */
  async revoke(token: string): Promise<void> {
    await this.#post('/token/revocation', { token });
  }

  /** A token that the provider would not give, signed with its key. Undefined claims are left out. */
  async sign(
    claims: Readonly<Record<string, unknown>> = {},
    header: Partial<JWTHeaderParameters> = {},
  ): Promise<string> {
    const [{ jwk } = await signingKey('other')] = this.#keys;
    const now = Math.floor(Date.now() / 1_000);
    const usual = { iss: this.issuer, sub: 'ada', aud: audience, iat: now, exp: now + 600 };
    const payload: JWTPayload = { ...usual, ...claims };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', ...(jwk.kid !== undefined && { kid: jwk.kid }), ...header })
      .sign({ ...jwk, alg: header.alg ?? 'RS256' });
  }

  #provide(): void {
    const configured = configuration(this.#keys, this.#kept, this.#people);
    this.#provider = new Provider(this.issuer, configured).callback();
  }

  async #post(path: string, body: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
    const pair = `${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`;
    const response = await fetch(this.issuer + path, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(pair)}` },
      body: new URLSearchParams(body),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return text === '' ? {} : JSON.parse(text);
  }
}

/** What the provider keeps; the fields that it is found by. */
interface Stored {
  readonly uid?: string;
  readonly grantId?: string;
  consumed?: number;
}

function configuration(
  keys: readonly SigningKey[],
  kept: Map<string, Stored>,
  people: People | undefined,
): Readonly<Record<string, unknown>> {
  const scope = people?.scopes.join(' ') ?? 'order:read finance:read';
  return {
    adapter: (model: string) => adapter(model, kept),
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
      ...(people
        ? [
            {
              client_id: publicClient,
              token_endpoint_auth_method: 'none',
              grant_types: ['authorization_code', 'refresh_token'],
              response_types: ['code'],
              redirect_uris: [people.returnAddress],
              post_logout_redirect_uris: [people.returnAddress],
            },
          ]
        : []),
    ],
    jwks: { keys: keys.map(({ jwk }) => jwk) },
    scopes: ['openid', 'offline_access', ...scope.split(' ')],
    features: {
      devInteractions: { enabled: people !== undefined },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope,
          audience: resource.replace('?opaque', ''),
          accessTokenTTL: 600,
          ...(resource.endsWith('?opaque') ? { accessTokenFormat: 'opaque' } : jwtFormat),
        }),
      },
    },
    ttl: {
      ClientCredentials: 600,
      AccessToken: people?.tokenLifeS ?? 600,
      ...Object.fromEntries(lasting.map((model) => [model, 3_600])),
    },
    ...(people && forPeople(people)),
  };
}

function forPeople({ names }: People): Readonly<Record<string, unknown>> {
  return {
    cookies: { keys: ['of a test'] },
    claims: { openid: ['sub'], profile: ['name'] },
    // Names stand in the ID token, as most providers have it.
    conformIdTokenClaims: false,
    clientBasedCORS: () => true,
    findAccount: (_context: unknown, id: string) =>
      id in names ? { accountId: id, claims: () => ({ sub: id, name: names[id] }) } : undefined,
    issueRefreshToken: () => true,
  };
}

function adapter(model: string, kept: Map<string, Stored>) {
  const key = (id: string) => `${model}:${id}`;
  return {
    upsert: async (id: string, stored: Stored) => void kept.set(key(id), stored),
    find: async (id: string) => kept.get(key(id)),
    findByUid: async (uid: string) =>
      [...kept].find(([name, each]) => name.startsWith(`${model}:`) && each.uid === uid)?.[1],
    consume: async (id: string) => {
      const stored = kept.get(key(id));
      if (stored) stored.consumed = Math.floor(Date.now() / 1_000);
    },
    destroy: async (id: string) => void kept.delete(key(id)),
    revokeByGrantId: async (grantId: string) => {
      for (const [name, each] of kept) if (each.grantId === grantId) kept.delete(name);
    },
  };
}

/** What people's sign-ins consist of. */
const lasting = ['Interaction', 'Session', 'Grant', 'RefreshToken', 'IdToken'];

const jwtFormat = { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
