import type { Caller } from '../caller.ts';

/** A credential that was given can't be used. `message` is for the client: it quotes nothing of the credential. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';
  /** `invalid`: another one is needed (401). `unavailable`: nobody can say at the moment (503). */
  readonly code: 'invalid' | 'unavailable';

  constructor(code: CredentialError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Knows who a bearer token stands for. */
export interface TokenVerifier {
  /** At once where the token was verified before and still holds: then it is the same caller. Errors: CredentialError. */
  verify(token: string): Caller | Promise<Caller>;
  close(): void;
}
