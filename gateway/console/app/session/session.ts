import { useEffect, useState } from 'preact/hooks';
import { config } from '../page-config.ts';
import { keptLong } from '../storage.ts';
import { demoToken, forgetDemoToken } from './demo.ts';
import { arrive, keepQuiet, leave, type OidcSession, quietly, takeReturn } from './oidc.ts';
import { notBegunHere, SignInError } from './sign-in-error.ts';

/** Who asks. Tokens are kept in memory alone: another page, or another visit, has none of them. */
export type Caller =
  /** Whoever asks without saying who they are. */
  | { readonly kind: 'nobody' }
  /** On the way to the provider, or back. */
  | { readonly kind: 'signing-in' }
  /** Nothing can be shown before they say who they are. */
  | { readonly kind: 'signed-out'; readonly notice?: Notice }
  | { readonly kind: 'demo'; readonly name: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'signed-in'; readonly session: OidcSession };

/** What somebody is told who has to sign in: something went wrong, or only that it is so. */
export interface Notice {
  readonly kind: 'fault' | 'calm';
  readonly text: string;
}

const storedDemo = 'junction:caller';
const nobody = 'nobody';

/** A token that is refused although it is so young, in milliseconds, is not the kind that another would replace. */
const youngMs = 60_000;

let caller: Caller = firstCaller();
const listeners = new Set<() => void>();
/** Counts changes, so that what a page asked as somebody else is asked anew. */
let turn = 0;

/** Who asks now. */
export function currentCaller(): Caller {
  return caller;
}

/** A number that changes with the caller, for whoever has to do something then. */
export function useCaller(): number {
  const [seen, setSeen] = useState(turn);
  useEffect(() => {
    const listener = () => setSeen(turn);
    listeners.add(listener);
    listener();
    return () => void listeners.delete(listener);
  }, []);
  return seen;
}

/** From now on somebody else asks. */
export function become(next: Caller): void {
  if (next.kind === 'demo') keptLong.set(storedDemo, next.name);
  if (next.kind === 'nobody') keptLong.set(storedDemo, nobody);
  caller = next;
  turn += 1;
  for (const listener of listeners) listener();
}

/** The value of the Authorization header; undefined for nobody. */
export async function credential(): Promise<string | undefined> {
  switch (caller.kind) {
    case 'demo':
      return `Bearer ${await demoToken(caller.name)}`;
    case 'token':
      return `Bearer ${caller.token}`;
    case 'signed-in':
      return `Bearer ${await caller.session.accessToken()}`;
    default:
      return undefined;
  }
}

/**
 * Gets another token in place of one that was refused; false where somebody has to sign in, which the page then says instead of all else.
 *
 * @param reason in the gateway's words
 */
export async function signInAgain(reason?: string): Promise<boolean> {
  const refused = caller;
  if (refused.kind === 'demo') {
    forgetDemoToken(refused.name);
    return true;
  }
  if (refused.kind === 'signed-in' && (await refused.session.renew())) return true;
  // Several questions may be refused at once.
  if (caller !== refused) return caller.kind === 'signed-in';
  const isYoung = refused.kind === 'signed-in' && Date.now() - refused.session.since < youngMs;
  if (config.signIn.kind === 'oidc' && quietly() !== 'no' && !isYoung) {
    await goToProvider({ quietly: true });
    return false;
  }
  const isFault = refused.kind !== 'nobody' && reason !== undefined;
  become({ kind: 'signed-out', ...(isFault && { notice: { kind: 'fault', text: reason } }) });
  return false;
}

/** Leaves for the provider; comes back to the same page. Without a provider the page asks who is there. */
export async function signIn(): Promise<void> {
  if (config.signIn.kind === 'oidc') await goToProvider({ quietly: false });
  else become({ kind: 'signed-out' });
}

/** Forgets who asks, and leaves for the provider's own sign-out where it has one. */
export async function signOut(): Promise<void> {
  const left = caller;
  become({ kind: 'signed-out', notice: { kind: 'calm', text: 'You are signed out.' } });
  if (left.kind !== 'signed-in') return;
  keepQuiet('no');
  if (await left.session.signOut()) return become({ kind: 'signing-in' });
  const text = 'You are signed out here. The provider itself has no sign-out, and may let you in again without asking.';
  become({ kind: 'signed-out', notice: { kind: 'calm', text } });
}

/**
 * Takes up what the provider answered, where the page was opened by that. Where somebody was signed in before the page was loaded again, the
 * provider is asked quietly: not in a hidden frame, in which browsers keep its cookies from it, but by going there and coming back.
 */
export async function finishSignIn(): Promise<void> {
  if (config.signIn.kind !== 'oidc') return;
  const returned = takeReturn();
  switch (returned?.kind) {
    case undefined:
      if (quietly() === 'at once') await goToProvider({ quietly: true });
      return;
    case 'forged':
      return become({ kind: 'signed-out', notice: { kind: 'fault', text: notBegunHere } });
    case 'signed-out':
      return become({ kind: 'signed-out', notice: { kind: 'calm', text: 'You are signed out.' } });
    case 'signed-in':
      become({ kind: 'signing-in' });
      try {
        const session = await arrive(config.signIn, returned);
        keepQuiet('at once');
        become({ kind: 'signed-in', session });
      } catch (error) {
        become({ kind: 'signed-out', ...noticeOf(error, returned.departure.quietly) });
      }
  }
}

async function goToProvider(options: { readonly quietly: boolean }): Promise<void> {
  if (config.signIn.kind !== 'oidc') return;
  become({ kind: 'signing-in' });
  // It is asked quietly once; what comes back says whether that may be done again.
  if (options.quietly) keepQuiet('no');
  try {
    await leave(config.signIn, options);
  } catch (error) {
    become({ kind: 'signed-out', ...noticeOf(error, false) });
  }
}

/** Who was asked nothing isn't told what the provider would have asked. */
function noticeOf(error: unknown, wasQuiet: boolean): { readonly notice?: Notice } {
  if (error instanceof SignInError && error.wantsPrompt && wasQuiet) return {};
  const text = error instanceof Error ? error.message : String(error);
  return { notice: { kind: 'fault', text } };
}

/** In development everybody begins as the support agent, whom the console is made for first of all. */
function firstCaller(): Caller {
  if (config.signIn.kind !== 'demo') return { kind: 'nobody' };
  const names = config.signIn.callers.map(({ name }) => name);
  const stored = keptLong.get(storedDemo);
  if (stored === nobody) return { kind: 'nobody' };
  const name = [stored, 'agent'].find((each) => each !== null && names.includes(each));
  return name ? { kind: 'demo', name } : { kind: 'nobody' };
}
