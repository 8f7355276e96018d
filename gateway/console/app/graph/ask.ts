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
  const answer = (await response.json().catch(() => ({}))) as Partial<{
    data: Data | null;
    errors: readonly GraphError[];
    extensions: Record<string, unknown>;
  }>;
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
export async function post(body: string, signal?: AbortSignal): Promise<Response> {
  const response = await send(body, signal);
  if (response.status !== 401 || !(await signInAgain(await reasonOf(response)))) return response;
  return send(body, signal);
}

async function send(body: string, signal: AbortSignal | undefined): Promise<Response> {
  try {
    const authorization = await credential();
    return await fetch('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(authorization && { authorization }),
      },
      body,
      ...(signal && { signal }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw new AskError(
      'unreachable',
      `Junction does not answer (${error instanceof Error ? error.message : 'no connection'}).`,
    );
  }
}

/** The body stays to be read. */
async function reasonOf(response: Response): Promise<string | undefined> {
  const body = (await response
    .clone()
    .json()
    .catch(() => ({}))) as { readonly errors?: readonly GraphError[] };
  return body.errors?.map(({ message }) => message).join(' ');
}

function refused(status: number, errors: readonly GraphError[]): AskError {
  const message = errors.map((error) => error.message).join(' ') || `Junction answered with status ${status}.`;
  if (status === 401) return new AskError('signed-out', message);
  if (status === 429 || status === 503) return new AskError('busy', message);
  return new AskError('refused', message);
}
