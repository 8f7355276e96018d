import { DatabaseError } from 'pg';
import { SystemError, type SystemErrorCode } from '../../../errors.ts';

/** What SQLSTATEs mean to a caller, by their first characters (PostgreSQL, Appendix A); the first that fits. */
const codes: readonly (readonly [state: RegExp, code: SystemErrorCode])[] = [
  // Connection exceptions, too many connections, shutting down or starting, an idle session ended.
  [/^(08|53300|57P0[1235])/, 'SYSTEM_UNAVAILABLE'],
  // Authorization, a database that there is not, privileges.
  [/^(28|3D000|42501)/, 'SYSTEM_REFUSED'],
  [/^57014/, 'SYSTEM_TIMEOUT'],
  [/^[0-9A-Z]{5}$/, 'SYSTEM_FAILED'],
];

/** What an operator does about an error whose words don't say it. */
const remedies: readonly (readonly [words: RegExp, remedy: string])[] = [
  [/does not support SSL/, 'sslmode=disable in the URL does without TLS'],
  [/certificate/, 'sslrootcert=FILE in the URL names an authority to trust'],
  [/unsupported startup parameter/, 'pgbouncer=true in the URL is for a pooler'],
  [/client password must be/, 'there is no password, neither in the URL nor beside it'],
];

/** An error of the driver or of the server in the kit's terms; its words are the server's. */
export function postgresError(error: unknown): SystemError {
  if (error instanceof SystemError) return error;
  const message = (error instanceof Error && error.message) || codeOf(error) || String(error);
  const remedy = remedies.find(([words]) => words.test(message))?.[1];
  const detail = ['the server or the way to it failed', codeOf(error)].filter(Boolean).join(': ');
  return new SystemError(systemCode(error), remedy ? `${detail} (${remedy})` : detail, {
    words: message,
    cause: error,
  });
}

/** Whether a connection broke, or was ended by the server, before it could answer. */
export function isBroken(error: unknown): boolean {
  return (
    /^(57P0[12]|0800[36]|ECONNRESET|EPIPE)$/.test(codeOf(error)) ||
    (error instanceof Error && brokenWords.test(error.message))
  );
}

/**
 * Whether a connection's prepared statement no longer holds: what it reads was altered ("cached plan must not change result type",
 * which has no code of its own), or somebody threw it away (invalid_sql_statement_name).
 */
export function isOutdated(error: unknown): boolean {
  return codeOf(error) === '26000' || (error instanceof DatabaseError && error.routine === 'RevalidateCachedQuery');
}

/** Whether a statement lost against others that ran at the same time: serialization_failure, deadlock_detected. */
export function isConflict(error: unknown): boolean {
  return /^(40001|40P01)$/.test(codeOf(error));
}

/** Whether the statement was ended on demand (query_canceled). */
export function isCanceled(error: unknown): boolean {
  return codeOf(error) === '57014';
}

/** What the driver says of a dead connection, without a code. */
const brokenWords = /^Connection terminated( unexpectedly)?$|not queryable$/;

function systemCode(error: unknown): SystemErrorCode {
  const code = codeOf(error);
  const known = codes.find(([state]) => state.test(code));
  if (known) return known[1];
  // What isn't the server's own word comes from the network or TLS, but for a password that SCRAM can't use.
  return error instanceof Error && error.message.startsWith('SASL: ') ? 'SYSTEM_REFUSED' : 'SYSTEM_UNAVAILABLE';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
