import { type ExecutionResult, GraphQLError } from 'graphql';
import { InputError, SystemError, ValueError } from './errors.ts';
import type { Call } from './source.ts';

/** Writes an error with its cause. */
export type ErrorLog = (details: object, message: string) => void;

/**
 * The result with errors that a client may see: what failed, where, and a stable code; never a system's own words. The cause
 * is logged once for each failure, whatever the number of fields that it cost.
 */
export function clientErrors(subgraph: string, result: ExecutionResult, call: Call, log: ErrorLog): ExecutionResult {
  if (!result.errors) return result;
  const logged = new Set<unknown>();
  const errors = result.errors.map((error) => {
    const original = error.originalError;
    const { message, code, isOurs } = describe(subgraph, error, call);
    if (isOurs && !logged.has(original ?? error)) {
      logged.add(original ?? error);
      log({ requestId: call.requestId, code, path: error.path, err: original ?? error }, message);
    }
    return new GraphQLError(message, { path: error.path, extensions: { code } });
  });
  return { ...result, errors };
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
