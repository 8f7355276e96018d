import './caller-menu.css';
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { config, type DemoCaller } from '../page-config.ts';
import { Icon } from '../parts/icon.tsx';
import type { OidcSession } from '../session/oidc.ts';
import { become, currentCaller, signIn, signOut, useCaller } from '../session/session.ts';
import { DemoCallers } from './demo-callers.tsx';

/** Who asks, what they may see, and how to be somebody else. */
export function CallerMenu() {
  useCaller();
  const caller = currentCaller();
  const { signIn: settings } = config;
  if (settings.kind === 'demo') {
    const current = settings.callers.find(({ name }) => caller.kind === 'demo' && name === caller.name);
    return <DemoMenu callers={settings.callers} current={current} />;
  }
  if (caller.kind === 'signed-in') return <SessionMenu session={caller.session} />;
  if (caller.kind === 'token') return <TokenMenu />;
  if (caller.kind !== 'nobody' || settings.kind === 'open') return null;
  return (
    <button type="button" class="caller-button" onClick={() => void signIn()}>
      <Icon name="customer" />
      Sign in
    </button>
  );
}

function DemoMenu({ callers, current }: { callers: readonly DemoCaller[]; current: DemoCaller | undefined }) {
  return (
    <Menu name={current?.name ?? 'nobody'} label="Asks as">
      {(close) => (
        <>
          <p class="caller-line">Development: ask as anybody, to see what they see.</p>
          <DemoCallers callers={callers} current={current?.name} onChoice={close} />
          <ul class="demo-callers">
            <li>
              <button
                type="button"
                aria-pressed={current === undefined}
                onClick={() => {
                  close();
                  become({ kind: 'nobody' });
                }}
              >
                <span class="demo-name">
                  nobody
                  {current === undefined && <Icon name="check" />}
                </span>
                <span class="demo-title">Without saying who asks</span>
              </button>
            </li>
          </ul>
          {current && <Scopes of={current.scopes} name={current.name} />}
        </>
      )}
    </Menu>
  );
}

function SessionMenu({ session: { name, scopes } }: { session: OidcSession }) {
  const { signIn: settings } = config;
  return (
    <Menu name={name} label="Signed in as">
      {(close) => (
        <>
          <p class="caller-line">
            <strong>{name}</strong>
            {settings.kind === 'oidc' && <span>signed in at {new URL(settings.issuer).host}</span>}
          </p>
          <Scopes of={scopes} name={name} />
          <SignOut onChoice={close} label="Sign out" />
        </>
      )}
    </Menu>
  );
}

function TokenMenu() {
  return (
    <Menu name="Token" label="Signed in with a">
      {(close) => (
        <>
          <p class="caller-line">Junction is asked with a token that you pasted. It is in the memory of this window.</p>
          <SignOut onChoice={close} label="Forget the token" />
        </>
      )}
    </Menu>
  );
}

function SignOut({ onChoice, label }: { onChoice: () => void; label: string }) {
  return (
    <button
      type="button"
      class="button"
      onClick={() => {
        onChoice();
        void signOut();
      }}
    >
      {label}
    </button>
  );
}

function Scopes({ of: scopes, name }: { of: readonly string[]; name: string }) {
  return (
    <details class="caller-scopes">
      <summary>
        What {name} may see: {scopes.length} scopes
      </summary>
      {scopes.length === 0 ? (
        <p>None: only what no rule guards.</p>
      ) : (
        <ul>
          {scopes.map((scope) => (
            <li key={scope}>
              <code>{scope}</code>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}

interface MenuProps {
  readonly name: string;
  /** What the name is, for screen readers. */
  readonly label: string;
  readonly children: (close: () => void) => ComponentChildren;
}

/** A button that opens a box below it: the browser's own popover, which Escape and a click elsewhere close. */
function Menu({ name, label, children }: MenuProps) {
  const id = useId();
  const box = useRef<HTMLDialogElement>(null);
  return (
    <div class="caller-menu">
      <button type="button" class="caller-button" popovertarget={id} title={`${label} ${name}`}>
        <Icon name="customer" />
        <span class="unseen">{label} </span>
        <span class="caller-name">{name}</span>
        <Icon name="chevron" />
      </button>
      <dialog id={id} ref={box} popover="auto" class="caller-box" aria-label="Who asks">
        {children(() => box.current?.hidePopover())}
      </dialog>
    </div>
  );
}
