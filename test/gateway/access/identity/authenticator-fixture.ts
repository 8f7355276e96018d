import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Caller } from '../../../../gateway/access/caller.ts';
import {
  Authenticator,
  type AuthenticatorOptions,
  wwwAuthenticate,
} from '../../../../gateway/access/identity/authenticator.ts';
import { CredentialError, type TokenVerifier } from '../../../../gateway/access/identity/credential.ts';

/** What a request learned about itself. */
export interface Heard {
  /** `kind id`, or what the refusal says. */
  readonly who: string;
  readonly status: number;
  readonly challenge: string | undefined;
}

/** A server that tells everybody who they are. */
export interface Desk {
  readonly port: number;
  /** Everybody who came, in turn. */
  readonly callers: Caller[];
  ask(headers?: Record<string, string | string[]>): Promise<Heard>;
}

/** An authenticator with nothing but what is said. */
export function authenticatorOf(options: Partial<AuthenticatorOptions> = {}): Authenticator {
  return new Authenticator({ authentication: true, certificates: [], trustedProxies: [], ...options });
}

/** Answers with who is asking. */
export function answerWith(authenticator: Pick<Authenticator, 'authenticate'>, callers: Caller[] = []) {
  return async ({ headers, socket }: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const caller = await authenticator.authenticate(headers, socket);
      callers.push(caller);
      response.end(`${caller.kind} ${caller.id}`);
    } catch (error) {
      if (!(error instanceof CredentialError)) throw error;
      response.setHeader('www-authenticate', wwwAuthenticate(error));
      response.writeHead(error.code === 'invalid' ? 401 : 503).end(error.message);
    }
  };
}

/** Listens on the loopback with this authenticator, which ends with the test. */
export async function deskOf(t: TestContext, options: Partial<AuthenticatorOptions> = {}): Promise<Desk> {
  const authenticator = authenticatorOf(options);
  const callers: Caller[] = [];
  const server = createServer(answerWith(authenticator, callers)).listen(0, '127.0.0.1');
  t.after(() => {
    server.close();
    server.closeAllConnections();
    authenticator.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, callers, ask: (headers = {}) => ask(port, headers) };
}

async function ask(port: number, headers: Record<string, string | string[]>): Promise<Heard> {
  const sent = request({ port, host: '127.0.0.1', headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks = await response.setEncoding('utf8').toArray();
  return {
    who: chunks.join(''),
    status: response.statusCode ?? 0,
    challenge: response.headers['www-authenticate'],
  };
}

/** Stands for the company's providers: knows what stands in `known`, and counts what it was asked. */
export class FakeIssuers implements TokenVerifier {
  readonly asked: string[] = [];
  closed = 0;
  readonly #known: ReadonlyMap<string, Caller>;

  constructor(known: ReadonlyMap<string, Caller> = new Map()) {
    this.#known = known;
  }

  verify(token: string): Caller {
    this.asked.push(token);
    const caller = this.#known.get(token);
    if (caller) return caller;
    if (token === 'down') throw new CredentialError('unavailable', "The provider can't be asked.");
    throw new CredentialError('invalid', 'The token is not "known".');
  }

  close(): void {
    this.closed += 1;
  }
}

/** A connection as far as addresses go. */
export function connectionFrom(remoteAddress: string | undefined): Socket {
  return { remoteAddress } as Socket;
}

/** Headers of a request that proxies passed on. */
export function forwarded(text: string): IncomingHttpHeaders {
  return { 'x-forwarded-for': text };
}
