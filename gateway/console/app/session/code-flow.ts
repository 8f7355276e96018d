import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  calculatePKCECodeChallenge,
  clockTolerance,
  discoveryRequest,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  getValidatedIdTokenClaims,
  None,
  OperationProcessingError,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  type TokenEndpointResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import { explained } from './explained.ts';
import { type Departure, depart, type OidcSession, type OidcSettings, returnAddress } from './oidc.ts';
import { notBegunHere, SignInError } from './sign-in-error.ts';

// OpenID Connect Core 1.0, section 3.1, with PKCE (RFC 7636), as RFC 9700 wants it of a public client.

/** How long the provider may take for an answer, in milliseconds. */
const timeoutMs = 10_000;
/** How far its clock and this machine's may be apart, in seconds. */
const toleranceS = 60;
/** An access token is renewed so long before it ends, in milliseconds; a short one in the second half of its life. */
const renewMs = 30_000;

/** Leaves for the provider; `quietly`, it comes back at once, with or without a session. Rejects with SignInError. */
export async function leave(settings: OidcSettings, { quietly }: { readonly quietly: boolean }): Promise<void> {
  const { issuer, clientId, scopes, resource } = settings;
  const { authorization_endpoint: endpoint } = await discovered(settings);
  if (endpoint === undefined) throw new SignInError(`${issuer} does not say where people sign in.`);
  const [verifier, state, nonce] = [generateRandomCodeVerifier(), generateRandomState(), generateRandomNonce()];
  const url = new URL(endpoint);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: returnAddress(),
    scope: scopes.join(' '),
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(resource !== undefined && { resource }),
    ...(quietly && { prompt: 'none' }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const back = location.pathname + location.search + location.hash;
  if (!depart({ kind: 'sign-in', state, nonce, verifier, back, quietly })) throw new SignInError(keepsNothing());
  // Back leads from the provider's page to this one; where there's none to see, to what was before.
  if (quietly) location.replace(url);
  else location.assign(url);
}

/** Makes a session of the provider's answer. Rejects with SignInError. */
export async function arrive(
  settings: OidcSettings,
  { state, nonce, verifier }: Departure & { readonly kind: 'sign-in' },
  answer: URLSearchParams,
): Promise<OidcSession> {
  const provider = await discovered(settings);
  const client = clientOf(settings);
  try {
    const checked = checkedAnswer(provider, client, answer, state);
    const response = await authorizationCodeGrantRequest(
      provider,
      client,
      None(),
      checked,
      returnAddress(),
      verifier,
      requestOf(settings),
    );
    const wantsIdToken = settings.scopes.includes('openid');
    const options = { requireIdToken: wantsIdToken, ...(wantsIdToken && { expectedNonce: nonce }) };
    return new Session(settings, provider, await processAuthorizationCodeResponse(provider, client, response, options));
  } catch (error) {
    throw explained(error, settings.issuer);
  }
}

/** What would be left for, could not be come back from. */
function keepsNothing(): string {
  return `This browser keeps nothing for ${location.host}, and without that nobody can sign in. Allow it to keep the site’s data (cookies), then load this page again.`;
}

/** RFC 9207 and RFC 6749, section 10.12: whether it is this provider that answers, and what it was asked here. */
function checkedAnswer(provider: AuthorizationServer, client: Client, answer: URLSearchParams, state: string) {
  try {
    return validateAuthResponse(provider, client, answer, state);
  } catch (error) {
    throw error instanceof OperationProcessingError ? new SignInError(notBegunHere, { cause: error }) : error;
  }
}

/** Keeps what the provider gave, in memory alone. */
class Session implements OidcSession {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly since = Date.now();
  readonly #settings: OidcSettings;
  readonly #provider: AuthorizationServer;
  #idToken: string | undefined;
  #tokens: Tokens;
  #renewing: Promise<boolean> | undefined;

  constructor(settings: OidcSettings, provider: AuthorizationServer, response: TokenEndpointResponse) {
    this.#settings = settings;
    this.#provider = provider;
    this.#tokens = tokensOf(response);
    this.#idToken = response.id_token;
    this.name = nameOf(response);
    this.scopes = response.scope?.split(' ') ?? settings.scopes;
  }

  async accessToken(): Promise<string> {
    if (this.#tokens.refresh !== undefined && Date.now() >= this.#tokens.renewAt) await this.renew();
    return this.#tokens.access;
  }

  renew(): Promise<boolean> {
    // A refresh token may be good for one use alone.
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async signOut(): Promise<boolean> {
    const { end_session_endpoint: endpoint } = this.#provider;
    this.#tokens = { access: '', refresh: undefined, renewAt: Number.POSITIVE_INFINITY };
    if (endpoint === undefined) return false;
    const state = generateRandomState();
    const url = new URL(endpoint);
    const parameters = {
      client_id: this.#settings.clientId,
      post_logout_redirect_uri: returnAddress(),
      state,
      ...(this.#idToken !== undefined && { id_token_hint: this.#idToken }),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    depart({ kind: 'sign-out', state });
    location.assign(url);
    return true;
  }

  async #renew(): Promise<boolean> {
    const { refresh } = this.#tokens;
    if (refresh === undefined) return false;
    const client = clientOf(this.#settings);
    try {
      const asking = refreshTokenGrantRequest(this.#provider, client, None(), refresh, requestOf(this.#settings));
      const response = await processRefreshTokenResponse(this.#provider, client, await asking);
      this.#tokens = tokensOf(response, refresh);
      this.#idToken = response.id_token ?? this.#idToken;
      return true;
    } catch (error) {
      // What it refused it will refuse again; that it didn't answer may pass.
      if (error instanceof Error && error.name === 'ResponseBodyError') {
        this.#tokens = { ...this.#tokens, refresh: undefined };
      }
      return false;
    }
  }
}

interface Tokens {
  readonly access: string;
  readonly refresh: string | undefined;
  /** In milliseconds since 1970. */
  readonly renewAt: number;
}

/** `refresh`: the one that was used, which goes on where no other came. */
function tokensOf({ access_token, refresh_token, expires_in }: TokenEndpointResponse, refresh?: string): Tokens {
  const lifeMs = (expires_in ?? Number.POSITIVE_INFINITY) * 1_000;
  return {
    access: access_token,
    refresh: refresh_token ?? refresh,
    renewAt: Date.now() + lifeMs - Math.min(renewMs, lifeMs / 2),
  };
}

/** Standard claims in the order of how well people know each other by them: OpenID Connect Core 1.0, section 5.1. */
function nameOf(response: TokenEndpointResponse): string {
  const claims: Readonly<Record<string, unknown>> = getValidatedIdTokenClaims(response) ?? {};
  const told = ['name', 'preferred_username', 'email', 'sub'].map((claim) => claims[claim]);
  return told.find((each): each is string => typeof each === 'string' && each.trim() !== '') ?? 'somebody';
}

async function discovered(settings: OidcSettings): Promise<AuthorizationServer> {
  const issuer = new URL(settings.issuer);
  try {
    const response = await discoveryRequest(issuer, { algorithm: 'oidc', ...requestOf(settings) });
    return await processDiscoveryResponse(issuer, response);
  } catch (error) {
    throw explained(error, settings.issuer);
  }
}

function clientOf({ clientId }: OidcSettings): Client {
  return { client_id: clientId, [clockTolerance]: toleranceS };
}

/** The gateway takes http only of a provider on its own machine. */
function requestOf({ issuer, resource }: OidcSettings) {
  return {
    signal: () => AbortSignal.timeout(timeoutMs),
    [allowInsecureRequests]: issuer.startsWith('http:'),
    ...(resource !== undefined && { additionalParameters: { resource } }),
  };
}
