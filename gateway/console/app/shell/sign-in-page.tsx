import './sign-in.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { config } from '../page-config.ts';
import { Icon } from '../parts/icon.tsx';
import { become, type Caller, type Notice, signIn } from '../session/session.ts';
import { DemoCallers } from './demo-callers.tsx';

/** What shows in place of every page while nobody is signed in and the gateway wants to know who asks. */
export function SignInPage({ caller }: { readonly caller: Caller & { kind: 'signed-out' | 'signing-in' } }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const isLeaving = caller.kind === 'signing-in';
  const title = isLeaving ? 'Signing in…' : 'Sign in';
  useEffect(() => {
    document.title = `${title} · Junction`;
    // What had the focus is gone.
    if (!isLeaving) heading.current?.focus();
  }, [title, isLeaving]);
  return (
    <div class="sign-in" aria-busy={isLeaving}>
      <Icon name="lock" />
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {isLeaving ? (
        <p role="status">Your provider is asked who you are. This page comes back by itself.</p>
      ) : (
        <>
          {caller.notice && <NoticeOf {...caller.notice} />}
          <Ways />
        </>
      )}
    </div>
  );
}

function NoticeOf({ kind, text }: Notice) {
  return (
    <div class={`note ${kind === 'calm' ? 'note-forbidden' : ''}`} role={kind === 'fault' ? 'alert' : 'status'}>
      <Icon name={kind === 'fault' ? 'alert' : 'check'} />
      <p>{text}</p>
    </div>
  );
}

/** How people say here who they are. */
function Ways() {
  const { signIn: settings } = config;
  switch (settings.kind) {
    case 'oidc':
      return (
        <>
          <p>
            What Junction shows depends on who looks at it. You sign in at{' '}
            <strong>{new URL(settings.issuer).host}</strong> and come back to this page.
          </p>
          <button type="button" class="button primary" onClick={() => void signIn()}>
            Sign in
          </button>
        </>
      );
    case 'demo':
      return (
        <>
          <p>What Junction shows depends on who looks at it. In development you may be anybody of these:</p>
          <DemoCallers callers={settings.callers} current={undefined} />
        </>
      );
    case 'token':
      return <TokenForm />;
    case 'open':
      return (
        <button type="button" class="button primary" onClick={() => become({ kind: 'nobody' })}>
          Go on
        </button>
      );
  }
}

function TokenForm() {
  const [token, setToken] = useState('');
  return (
    <form
      class="token-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (token.trim() !== '') become({ kind: 'token', token: token.trim() });
      }}
    >
      <p>What Junction shows depends on who looks at it. Paste an access token of your provider, or an API key.</p>
      <label for="token">Token or API key</label>
      <input
        id="token"
        type="password"
        required
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        aria-describedby="token-kept"
        value={token}
        onInput={({ currentTarget: { value } }) => setToken(value)}
      />
      <p id="token-kept" class="hint">
        It stays in the memory of this window, and is gone when the page is closed or loaded again.
      </p>
      <button type="submit" class="button primary">
        Use it
      </button>
    </form>
  );
}
