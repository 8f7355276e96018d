import {
  AuthorizationResponseError,
  JSON_ATTRIBUTE_COMPARISON,
  JWT_CLAIM_COMPARISON,
  JWT_TIMESTAMP_CHECK,
  OperationProcessingError,
  ResponseBodyError,
} from 'oauth4webapi';
import { SignInError } from './sign-in-error.ts';

/** What went wrong in a sign-in, in words for whoever signs in. */
export function explained(error: unknown, issuer: string): SignInError {
  if (error instanceof SignInError) return error;
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const message = refusals[error.error] ?? misconfigured(issuer, error.error);
    const told = error.error_description?.slice(0, 300);
    return new SignInError(told === undefined ? message : `${message} The provider says: “${told}”`, {
      cause: error,
      wantsPrompt: prompts.includes(error.error),
    });
  }
  if (error instanceof OperationProcessingError) {
    return new SignInError(failures[error.code ?? ''] ?? unusable(issuer, error.code), { cause: error });
  }
  // What `fetch` can't do it doesn't explain: OpenID providers that are down, and those that don't allow this page to ask.
  return new SignInError(
    `${new URL(issuer).host}, where people sign in, does not answer. Try again in a minute. If it stays so, whoever runs Junction has to see whether the provider runs, and allows ${location.origin} to ask it (CORS).`,
    { cause: error },
  );
}

/** OpenID Connect Core 1.0, section 3.1.2.6. */
const prompts: readonly string[] = [
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
];

/** By the codes of RFC 6749, sections 4.1.2.1 and 5.2. */
const refusals: Readonly<Record<string, string>> = {
  ...Object.fromEntries(prompts.map((code) => [code, 'Your sign-in has ended, or needs you to confirm something.'])),
  access_denied:
    'The provider did not let you in: it was canceled there, or your account may not use Junction. Sign in again, or ask whoever gives out accounts.',
  server_error: 'The provider failed. Try again in a minute.',
  temporarily_unavailable: 'The provider can’t sign anybody in at the moment. Try again in a minute.',
  invalid_grant: 'The sign-in took too long, or its answer was used before. Sign in again.',
};

/** By the codes of oauth4webapi. */
const failures: Readonly<Record<string, string>> = {
  [JWT_TIMESTAMP_CHECK]:
    'The clock of this machine and that of the provider are more than a minute apart. Set this one right, then sign in again.',
  [JWT_CLAIM_COMPARISON]:
    'The provider’s answer is meant for somebody else, and was not used. Sign in anew; if it stays so, tell whoever runs Junction.',
  [JSON_ATTRIBUTE_COMPARISON]:
    'The provider calls itself by another name than the one that Junction knows it by. Whoever runs Junction has to compare console.sign_in.issuer with the provider’s own.',
};

function misconfigured(issuer: string, code: string): string {
  return `${new URL(issuer).host} refuses how Junction asks (${code}). Whoever runs Junction has to compare console.sign_in in gateway.yaml with the client at the provider.`;
}

function unusable(issuer: string, code: string | undefined): string {
  return `The answer of ${new URL(issuer).host} can’t be used (${code ?? 'unknown'}). Tell whoever runs Junction.`;
}
