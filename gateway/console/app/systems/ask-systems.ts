import type { SystemsReport } from '../../../telemetry/systems-report.ts';
import { AskError } from '../graph/ask.ts';
import { credential, signInAgain } from '../session/session.ts';

/** What came of asking how all is. */
export type SystemsAnswer =
  | { readonly kind: 'report'; readonly report: SystemsReport; readonly at: Date }
  /** It's for operators, and the caller is none. */
  | { readonly kind: 'forbidden'; readonly message: string };

/** Asks how all is, with the rights of whoever is signed in. Errors: AskError; the signal's reason when it aborts. */
export async function askSystems(signal: AbortSignal): Promise<SystemsAnswer> {
  let response = await send(signal);
  if (response.status === 401 && (await signInAgain(await messageOf(response.clone())))) response = await send(signal);
  if (response.status === 403) return { kind: 'forbidden', message: await messageOf(response) };
  if (response.status === 200) {
    return { kind: 'report', report: (await response.json()) as SystemsReport, at: new Date() };
  }
  const kinds: Readonly<Record<number, AskError['kind']>> = { 401: 'signed-out', 429: 'busy', 503: 'busy' };
  throw new AskError(kinds[response.status] ?? 'refused', await messageOf(response));
}

async function send(signal: AbortSignal): Promise<Response> {
  try {
    const authorization = await credential();
    return await fetch('/systems.json', {
      headers: { accept: 'application/json', ...(authorization && { authorization }) },
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new AskError('unreachable', error instanceof Error ? `${error.message}.` : 'There is no connection.');
  }
}

async function messageOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => ({}))) as {
    readonly errors?: readonly { readonly message: string }[];
  };
  return body.errors?.map(({ message }) => message).join(' ') || `Junction answered with status ${response.status}.`;
}
