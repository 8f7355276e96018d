import { credential, signInAgain } from '../session/session.ts';
import type { Answer, GraphError, SourceRead } from './answer.ts';

/** Why there is no answer at all. */
export class AskError extends Error {
  override readonly name = 'AskError';
  /** `unreachable`: the gateway isn't there. `signed-out`: it doesn't know who asks. `refused`: it won't run this. `busy`: not now. */
  readonly kind: 'unreachable' | 'signed-out' | 'refused' | 'busy';

  constructor(kind: AskError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** What goes with a question. */
export interface AskOptions {
  readonly signal?: AbortSignal;
  /** What the answer's extensions are to tell beside its sources: `cost`, `trace`. */
  readonly tell?: Readonly<Record<string, true>>;
}

/**
 * Asks the graph, with the rights of whoever is signed in: one POST to /graphql. A token that is refused is renewed once. Errors: AskError;
 * the signal's reason when it aborts.
 */
export async function ask<Data>(
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  options: AskOptions = {},
): Promise<Answer<Data>> {
  const body = JSON.stringify({ query, variables, extensions: { sources: true, ...options.tell } });
  const response = await post(body, options.signal);
  const requestId = response.headers.get('x-request-id') ?? '';
  const answer = await bodyOf<{ data: Data | null; extensions: Record<string, unknown> }>(response);
  const { data = null, errors = [], extensions = {} } = answer;
  if (answer.data === undefined) throw refused(response.status, errors);
  const sources = (extensions.sources ?? []) as readonly SourceRead[];
  return { data, errors, sources, extensions, at: new Date(), requestId };
}

/**
 * Sends a request as it is, with the rights of whoever is signed in; the answer may be of any status. Errors: AskError where none came; the
 * signal's reason when it aborts.
 *
 * @param body JSON
 */
export function post(body: string, signal?: AbortSignal): Promise<Response> {
  const accept = 'application/graphql-response+json, application/json';
  return request('/graphql', { method: 'POST', body, headers: { accept, 'content-type': 'application/json' } }, signal);
}

/** What is sent to the gateway. */
type Sent = Pick<RequestInit, 'method' | 'body'> & { readonly headers: Readonly<Record<string, string>> };

/** Sends anything to the gateway, as `post` does a question. */
export async function request(path: string, sent: Sent, signal?: AbortSignal): Promise<Response> {
  const response = await send(path, sent, signal);
  if (response.status !== 401) return response;
  const reason = messageOf((await bodyOf(response.clone())).errors);
  // What nobody waits for any more was asked by somebody who may be gone: whoever is there now isn't to sign in for it.
  signal?.throwIfAborted();
  return (await signInAgain(reason)) ? send(path, sent, signal) : response;
}

/** What a response says, as far as it is JSON. */
export async function bodyOf<Body>(
  response: Response,
): Promise<Partial<Body> & { readonly errors?: readonly GraphError[] }> {
  return response.json().catch(() => ({}));
}

/** Why what was asked isn't answered. */
export function refused(status: number, errors: readonly GraphError[] = []): AskError {
  if (status === 200 && errors.length === 0) {
    return new AskError('unreachable', 'What came from Junction is not whole, or not from Junction.');
  }
  const message = messageOf(errors) ?? `Junction answered with status ${status}.`;
  if (status === 401) return new AskError('signed-out', message);
  // 502 and 504 are of what stands between here and Junction.
  return new AskError([429, 502, 503, 504].includes(status) ? 'busy' : 'refused', message);
}

/** What the gateway says of errors; undefined where there are none. */
export function messageOf(errors: readonly GraphError[] = []): string | undefined {
  return errors.map(({ message }) => message).join(' ') || undefined;
}

async function send(path: string, sent: Sent, signal: AbortSignal | undefined): Promise<Response> {
  try {
    const authorization = await credential();
    const headers = { ...sent.headers, ...(authorization && { authorization }) };
    return await fetch(path, { ...sent, headers, ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    throw new AskError(
      'unreachable',
      `Junction does not answer (${error instanceof Error ? error.message : 'no connection'}).`,
    );
  }
}
