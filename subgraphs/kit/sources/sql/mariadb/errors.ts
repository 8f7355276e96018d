import { SystemError, type SystemErrorCode } from '../../../errors.ts';

/** What the server's error numbers mean to a caller (MariaDB, "Error Codes"; MySQL, "Server Error Message Reference"). */
const codes: Readonly<Record<SystemErrorCode, readonly number[]>> = {
  // Too many connections (all, ours), shutting down, the connection was killed or timed out, the network failed.
  SYSTEM_UNAVAILABLE: [1040, 1203, 1053, 1077, 1079, 1080, 1158, 1159, 1160, 1161, 1184, 1927, 3169, 4031],
  // Access denied: to the database, at all, to a table, a column, a routine; not from this host; no password, an old one, locked.
  SYSTEM_REFUSED: [1044, 1045, 1049, 1130, 1142, 1143, 1227, 1251, 1370, 1524, 1698, 1820, 1862, 3118, 4151],
  // The statement took too long (MariaDB, MySQL), was killed, or waited too long for a lock.
  SYSTEM_TIMEOUT: [1969, 3024, 1317, 1205],
  SYSTEM_RATE_LIMITED: [],
  SYSTEM_FAILED: [],
};

/** The error numbers that a connection doesn't outlive. */
const ending = [1053, 1077, 1079, 1080, 1158, 1159, 1160, 1161, 1184, 1927, 3169, 4031];

/** A deadlock; a table that was altered meanwhile; a prepared statement that no longer holds. */
const passing = [1213, 1412, 1615];

/** An error of the driver or of the server in the kit's terms; its words are the server's. */
export function mariadbError(error: unknown): SystemError {
  if (error instanceof SystemError) return error;
  const message = (error instanceof Error && error.message) || codeOf(error) || String(error);
  const detail = ['the server or the way to it failed', codeOf(error)].filter(Boolean).join(': ');
  return new SystemError(systemCode(error), detail, { words: message, cause: error });
}

/** Whether a connection broke, or was ended by the server, before it could answer. */
export function isBroken(error: unknown): boolean {
  const number = numberOf(error);
  return number === undefined ? isFatal(error) : ending.includes(number);
}

/** Whether a statement lost against others that ran at the same time, and may well succeed when it is asked again. */
export function isPassing(error: unknown): boolean {
  return passing.includes(numberOf(error) ?? 0);
}

function systemCode(error: unknown): SystemErrorCode {
  const number = numberOf(error);
  if (number !== undefined) {
    const known = Object.entries(codes).find(([, numbers]) => numbers.includes(number));
    return known ? (known[0] as SystemErrorCode) : 'SYSTEM_FAILED';
  }
  // Not the server's own word: from the network or TLS, but for a way to log in that the driver doesn't have or won't use.
  if (codeOf(error).startsWith('AUTH_SWITCH')) return 'SYSTEM_REFUSED';
  return isFatal(error) || codeOf(error) !== '' ? 'SYSTEM_UNAVAILABLE' : 'SYSTEM_FAILED';
}

/** The server's error number; the network's are negative. */
function numberOf(error: unknown): number | undefined {
  const number = error instanceof Error && 'errno' in error ? Number(error.errno) : 0;
  return number > 0 ? number : undefined;
}

function isFatal(error: unknown): boolean {
  return error instanceof Error && 'fatal' in error && error.fatal === true;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
