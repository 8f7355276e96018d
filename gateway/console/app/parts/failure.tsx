import type { AskError } from '../graph/ask.ts';
import { config } from '../page-config.ts';
import { signIn } from '../session/session.ts';
import { Icon } from './icon.tsx';

const titles = {
  unreachable: 'Junction does not answer',
  'signed-out': 'Please sign in',
  refused: 'Junction refused this',
  busy: 'Junction is busy',
} as const;

/** A page that could not be asked for: why, and what to do. */
export function Failure({ error, retry }: { readonly error: AskError; readonly retry: () => void }) {
  const leaves = error.kind === 'signed-out' && config.signIn.kind === 'oidc';
  return (
    <div class="failure" role="alert">
      <Icon name={error.kind === 'signed-out' ? 'lock' : 'alert'} />
      <h2>{titles[error.kind]}</h2>
      <p>{error.message}</p>
      <button type="button" class="button" onClick={leaves ? () => void signIn() : retry}>
        {leaves ? 'Sign in' : 'Try again'}
      </button>
    </div>
  );
}
