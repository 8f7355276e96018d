import { type ExecutionResult, GraphQLError } from 'graphql';
import { InputError, SystemError, ValueError } from './errors.ts';
import type { Call } from './source.ts';

/** Writes an error with its cause. */
export type ErrorLog = (details: object, message: string) => void;

/**
 * The result with errors that a client may see: what failed, where, and a stable code; never a system's own words. What fails alike
 * is logged once, with its cause and the place and the number of the `fields` that it cost.
 */
export function clientErrors(subgraph: string, result: ExecutionResult, call: Call, log: ErrorLog): ExecutionResult {
  if (!result.errors) return result;
  const failures = new Map<unknown, Failure>();
  const errors = result.errors.map((error) => {
    const original = error.originalError;
    const { message, code, isOurs } = describe(subgraph, error, call);
    if (isOurs) {
      // A system that is down fails each of our calls by an error of its own that says the same.
      const same = original instanceof SystemError ? `${code} ${original.message}` : (original ?? error);
      const failure = failures.get(same);
      if (failure) failure.fields += 1;
      else failures.set(same, { message, code, path: error.path, err: original ?? error, fields: 1 });
    }
    return new GraphQLError(message, { path: error.path, extensions: { code } });
  });
  for (const { message, fields, ...failure } of failures.values())
    log({ requestId: call.requestId, ...failure, ...(fields > 1 && { fields }) }, message);
  return { ...result, errors };
}

/** What goes to the log of one cause, and how many fields it cost. */
interface Failure {
  readonly message: string;
  readonly code: string;
  readonly path: GraphQLError['path'];
  readonly err: Error;
  fields: number;
}

function describe(
  subgraph: string,
  error: GraphQLError,
  call: Call,
): { message: string; code: string; isOurs: boolean } {
  const original = error.originalError;
  if (original instanceof SystemError)
    return { message: original.sentence(subgraph), code: original.code, isOurs: true };
  if (original instanceof InputError) return { message: original.message, code: original.code, isOurs: false };
  if (original instanceof ValueError) return { message: original.message, code: original.code, isOurs: true };
  if (call.signal.aborted) return { message: 'The request was canceled.', code: 'REQUEST_CANCELED', isOurs: false };
  // Thrown by a scalar: of a variable, which has no path, or of what a resolver returned.
  if (original instanceof GraphQLError) {
    if (error.path === undefined) return { message: error.message, code: 'BAD_USER_INPUT', isOurs: false };
    const message = `The system holds a value for ${error.path.at(-1)} that can't be read.`;
    return { message, code: 'UNREADABLE_VALUE', isOurs: true };
  }
  // Of parsing, validation and the coercion of variables: they speak of what the client sent.
  if (!original)
    return { message: error.message, code: String(error.extensions.code ?? 'BAD_USER_INPUT'), isOurs: false };
  if (original.message.startsWith('Cannot return null for non-nullable field')) {
    return { message: original.message, code: 'UNEXPECTED_NULL', isOurs: true };
  }
  return {
    message: `Internal error; the log has its cause under ${call.requestId}.`,
    code: 'INTERNAL_SERVER_ERROR',
    isOurs: true,
  };
}
