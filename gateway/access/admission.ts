import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { type HttpAnswer, refusal } from '../http/refusal.ts';
import type { Caller } from './caller.ts';
import { type Authenticator, wwwAuthenticate } from './identity/authenticator.ts';
import { CredentialError } from './identity/credential.ts';
import type { RequestLimits } from './limits/requests.ts';

/** A request whose caller is known and may ask. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly caller: Caller;
  /** To be called when the request is over. */
  leave(): void;
}

/** What admission is made of. */
export interface AdmissionOptions {
  readonly authenticator: Authenticator;
  readonly requests: RequestLimits;
  /** Whether somebody who doesn't say who they are may ask at all. */
  readonly anonymous: boolean;
}

/** Says who asks, and whether they may ask now: before anything is read of what they ask. */
export class Admission {
  readonly #authenticator: Authenticator;
  readonly #requests: RequestLimits;
  readonly #anonymous: boolean;

  constructor({ authenticator, requests, anonymous }: AdmissionOptions) {
    this.#authenticator = authenticator;
    this.#requests = requests;
    this.#anonymous = anonymous;
  }

  /** At once for a caller who asked before; otherwise an answer that says why not. Never rejects but for faults of Junction's own. */
  admit(headers: IncomingHttpHeaders, socket: Socket): Admitted | HttpAnswer | Promise<Admitted | HttpAnswer> {
    let asking: Caller | Promise<Caller>;
    try {
      asking = this.#authenticator.authenticate(headers, socket);
    } catch (error) {
      return this.#refuse(error, this.#requests.take(this.#authenticator.anonymous(headers, socket)));
    }
    return asking instanceof Promise ? this.#verified(asking, headers, socket) : this.#enter(asking);
  }

  /** A credential that was never seen counts for its address until it is found to be good: verifying is what a flood would be after. */
  async #verified(asking: Promise<Caller>, headers: IncomingHttpHeaders, socket: Socket) {
    const address = this.#authenticator.anonymous(headers, socket);
    const tooOften = this.#requests.take(address);
    try {
      const caller = await asking;
      if (!tooOften) this.#requests.giveBack(address);
      return this.#enter(caller);
    } catch (error) {
      return this.#refuse(error, tooOften);
    }
  }

  #enter(caller: Caller): Admitted | HttpAnswer {
    const tooOften = this.#requests.take(caller);
    if (tooOften) return tooOften;
    if (caller.kind === 'anonymous' && !this.#anonymous) return unknown;
    const leave = this.#requests.enter(caller);
    return typeof leave === 'function' ? { kind: 'admitted', caller, leave } : leave;
  }

  #refuse(error: unknown, tooOften: HttpAnswer | undefined): HttpAnswer {
    if (!(error instanceof CredentialError)) throw error;
    if (tooOften) return tooOften;
    const { code, message } = error;
    return code === 'unavailable'
      ? refusal(503, ['retry-after', '5'], { code: 'AUTHENTICATION_UNAVAILABLE', message })
      : refusal(401, ['www-authenticate', wwwAuthenticate(error)], { code: 'UNAUTHENTICATED', message });
  }
}

const unknown = refusal(401, ['www-authenticate', wwwAuthenticate()], {
  code: 'UNAUTHENTICATED',
  message: 'Expected a credential: a bearer token, an API key or a client certificate.',
});
