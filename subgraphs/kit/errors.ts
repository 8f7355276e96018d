/** Why a system did not answer. The code reaches the client; the cause is only logged. */
export type SystemErrorCode =
  /** No connection, or it broke. */
  | 'SYSTEM_UNAVAILABLE'
  /** No answer in time. */
  | 'SYSTEM_TIMEOUT'
  /** It asked us to slow down and went on doing so. */
  | 'SYSTEM_RATE_LIMITED'
  /** It refused our credentials. */
  | 'SYSTEM_REFUSED'
  /** It answered with an error or with something that can't be read. */
  | 'SYSTEM_FAILED';

const sentences: Record<SystemErrorCode, string> = {
  SYSTEM_UNAVAILABLE: 'could not be reached',
  SYSTEM_TIMEOUT: 'did not answer in time',
  SYSTEM_RATE_LIMITED: 'receives too many requests',
  SYSTEM_REFUSED: 'refused our credentials',
  SYSTEM_FAILED: 'answered with an error',
};

/** How a system failed. */
export interface SystemErrorOptions extends ErrorOptions {
  /** The system's own words, which may hold anything. */
  readonly words?: string;
}

/**
 * A system failed. `detail` says how in our own words, such as `GET /contacts/{key} answered 500`, and goes to the log. The system's own
 * words stand behind it in the message, and those of its driver in `cause`: they reach neither a client nor a log, but for what
 * the log says of a start that fails.
 */
export class SystemError extends Error {
  override readonly name = 'SystemError';
  readonly code: SystemErrorCode;
  readonly logged: string;

  constructor(code: SystemErrorCode, detail: string, options: SystemErrorOptions = {}) {
    super(options.words ? `${detail}: ${options.words}` : detail, options);
    this.code = code;
    this.logged = detail;
  }

  /** What a client may read. */
  sentence(subgraph: string): string {
    return `The system behind "${subgraph}" ${sentences[this.code]}.`;
  }
}

/** The client's input can't be used; the message is for the client and quotes no secret. */
export class InputError extends Error {
  override readonly name: string = 'InputError';
  readonly code: string = 'BAD_USER_INPUT';
}

/** The contract has it, but the system behind this subgraph can't do it, as its mapping says. */
export class UnsupportedError extends InputError {
  override readonly name = 'UnsupportedError';
  override readonly code = 'UNSUPPORTED';

  constructor(what: string) {
    super(`The system behind this list can't ${what}.`);
  }
}

/** A cursor that this list didn't give out, or that no longer fits its filter or order. */
export class InvalidCursorError extends InputError {
  override readonly name = 'InvalidCursorError';

  constructor() {
    super('The cursor in "after" does not belong to this list with this filter and order. Leave it out to begin anew.');
  }
}

/** Settings or mappings that don't hold; each fault names its place, what was found and what was expected. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[], options?: ErrorOptions) {
    super(faults.join('\n'), options);
    this.faults = faults;
  }
}

/** The system holds a value that the contract's field can't be. Says where, not what; the cause may quote it. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly code = 'UNREADABLE_VALUE';
  readonly logged: string;

  constructor(field: string, cause: unknown) {
    super(`The system holds a value for ${field} that can't be read.`, { cause });
    this.logged = this.message;
  }
}
