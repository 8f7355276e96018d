import { GraphQLError } from 'graphql';
import { TooComplexError, UnplannableError } from './lower/errors.ts';
import { type Refusal, tooDeep } from './refusal.ts';

/** What the client is told of an operation whose planning or introspection failed. Throws what is no fault of the operation's. */
export function refusalOf(error: unknown): Refusal {
  // Only introspection is executed here, and all that may be wrong with it is what variables hold.
  if (error instanceof GraphQLError) return refusal(error.message, 'BAD_USER_INPUT');
  if (error instanceof TooComplexError)
    return refusal(`The operation is too complex: ${error.message}.`, 'OPERATION_TOO_COMPLEX');
  // Lowering, too, calls itself for each level of nesting.
  if (error instanceof RangeError) return tooDeep;
  if (!(error instanceof UnplannableError)) throw error;
  return refusal(`The operation can't be answered: ${error.message}.`, 'OPERATION_NOT_ANSWERABLE');
}

/** What a failure of the planner says of the operation; its own words, which may name what clients don't see, are the cause. */
export function planningError(cause: unknown): Error {
  if (cause instanceof RangeError) return new TooComplexError('it can be planned in too many ways', { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  // The names of fields follow, so only the beginning tells.
  if (/^(Too many options|Number of non-local selections exceeds)/.test(reason))
    return new TooComplexError('the query planner gave up on it', { cause });
  return new UnplannableError('the query planner finds no way to do it', { cause });
}

function refusal(message: string, code: string): Refusal {
  return { message, extensions: { code } };
}
