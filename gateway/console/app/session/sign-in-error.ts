/** Why somebody could not be signed in, in words for them, with what to do. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  /** Whether the provider only wants to be asked aloud: nothing is wrong. */
  readonly wantsPrompt: boolean;

  constructor(message: string, options: { readonly cause?: unknown; readonly wantsPrompt?: boolean } = {}) {
    super(message, { cause: options.cause });
    this.wantsPrompt = options.wantsPrompt ?? false;
  }
}

/** Of an answer that nobody in this window waits for. */
export const notBegunHere =
  'This answer does not belong to a sign-in that began in this window, and nothing of it was used. Sign in anew.';
