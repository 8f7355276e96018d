import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';

/**
 * The errors that a client sees: message, path, and in `extensions` code and serviceName, nothing else. Locations are left
 * out: they would point into the subgraph's text. An error without a serviceName comes from inside the gateway and is
 * masked.
 */
export function clientErrors(errors: readonly unknown[], requestId: string, log: Logger): GraphQLError[] {
  return errors.map((error) => {
    if (!(error instanceof GraphQLError) || typeof error.extensions.serviceName !== 'string') {
      return internalError(error, requestId, log);
    }
    const { message, path, extensions } = error;
    return plainError(message, { code: extensions.code, serviceName: extensions.serviceName }, path);
  });
}

/** Stands for an error whose text isn't for clients; the text is in the log, under the same request id. */
export function internalError(error: unknown, requestId: string, log: Logger): GraphQLError {
  log.error({ requestId, err: error }, 'an operation failed inside the gateway');
  return plainError('Internal error', { code: 'INTERNAL_SERVER_ERROR', requestId });
}

function plainError(message: string, extensions: Record<string, unknown>, path?: GraphQLError['path']): GraphQLError {
  return new GraphQLError(message, { ...(path && { path }), extensions });
}
