import type { PageConfig } from '../page-config.ts';
import { keptForWindow } from '../storage.ts';
import { SignInError } from './sign-in-error.ts';

// What has to be at hand before anybody signs in; the flow itself comes when it's needed.

/** What a sign-in at an OpenID provider gave. */
export interface OidcSession {
  /** What the provider calls whoever signed in. */
  readonly name: string;
  /** What the access token is good for, as far as the provider said. */
  readonly scopes: readonly string[];
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
  /** Renewed before it ends, where the provider gave a refresh token. Never rejects: one that could not be renewed is given as it is. */
  accessToken(): Promise<string>;
  /** Gets another access token; false where that can't be. */
  renew(): Promise<boolean>;
  /** Leaves for the provider's own sign-out; false where it has none. Nothing is kept here. */
  signOut(): Promise<boolean>;
}

/** How the console is known to its provider. */
export type OidcSettings = Extract<PageConfig['signIn'], { kind: 'oidc' }>;

/** What is kept between leaving and coming back, and no longer. */
export type Departure =
  | {
      readonly kind: 'sign-in';
      readonly state: string;
      readonly nonce: string;
      readonly verifier: string;
      /** The path to come back to. */
      readonly back: string;
      /** Whether the provider was not to ask anything. */
      readonly quietly: boolean;
    }
  | { readonly kind: 'sign-out'; readonly state: string };

/** What somebody who comes back from the provider brings. */
export type Return =
  | {
      readonly kind: 'signed-in';
      readonly departure: Departure & { kind: 'sign-in' };
      readonly answer: URLSearchParams;
    }
  | { readonly kind: 'signed-out' }
  /** Nobody left from this window for what came. */
  | { readonly kind: 'forged' };

const path = '/signed-in';
const departed = 'junction:sign-in';
const quiet = 'junction:quiet';

/** Where the provider sends people back to, after signing in and out: the one address that it has to know. */
export function returnAddress(): string {
  return location.origin + path;
}

/** Remembers why this window leaves; false where that is forgotten on the way. */
export function depart(departure: Departure): boolean {
  return keptForWindow.set(departed, JSON.stringify(departure));
}

/**
 * Takes what the provider's answer is from the address bar, which shows from now on where the person was, and what was kept for it from the
 * window: a second visit finds nothing. Undefined for anybody who doesn't come from there.
 */
export function takeReturn(): Return | undefined {
  if (location.pathname !== path) return undefined;
  const answer = new URLSearchParams(location.search);
  const departure = JSON.parse(keptForWindow.get(departed) ?? 'null') as Departure | null;
  keptForWindow.remove(departed);
  history.replaceState(null, '', departure?.kind === 'sign-in' ? departure.back : '/');
  const hasAnswer = ['code', 'error', 'state'].some((name) => answer.has(name));
  if (departure?.kind === 'sign-in' && hasAnswer) return { kind: 'signed-in', departure, answer };
  if (departure?.kind === 'sign-out' && answer.get('state') === departure.state) return { kind: 'signed-out' };
  return hasAnswer ? { kind: 'forged' } : undefined;
}

/**
 * Whether this window may ask the provider quietly, without anything to see: `at once`, as somebody was signed in here before; `when
 * needed`; `no`, as that was in vain, or somebody signed out.
 */
export type Quiet = 'at once' | 'when needed' | 'no';

export function quietly(): Quiet {
  const kept = keptForWindow.get(quiet);
  return kept === 'at once' || kept === 'no' ? kept : 'when needed';
}

export function keepQuiet(next: Quiet): void {
  keptForWindow.set(quiet, next);
}

/** Leaves for the provider. Rejects with SignInError where it can't be left for. */
export async function leave(settings: OidcSettings, options: { readonly quietly: boolean }): Promise<void> {
  const flow = await load();
  await flow.leave(settings, options);
}

/** The session of somebody who has just come back. Rejects with SignInError. */
export async function arrive(
  settings: OidcSettings,
  { departure, answer }: Return & { kind: 'signed-in' },
): Promise<OidcSession> {
  const flow = await load();
  return flow.arrive(settings, departure, answer);
}

function load(): Promise<typeof import('./code-flow.ts')> {
  return import('./code-flow.ts').catch((error: unknown) => {
    throw new SignInError('Junction does not answer: its page could not be loaded in full. Try again in a moment.', {
      cause: error,
    });
  });
}
