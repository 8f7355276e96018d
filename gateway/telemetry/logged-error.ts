/**
 * An error as a log has it. Libraries hang requests, statements with their values, headers and passwords on their errors, and
 * databases quote values in their messages; so nothing goes into a log but what is listed here.
 */
export interface LoggedError {
  /** Its class. */
  readonly type: string;
  /** Left out where it may quote a system or a value. */
  readonly message?: string;
  /** Codes and places, such as an SQLSTATE. */
  readonly facts?: Readonly<Record<string, string | number>>;
  /** The calls that led to it, without the message. */
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/** The causes of causes that are written. */
const maxCauses = 5;

/**
 * What a log may have of an error. One that has a text `logged` has that instead of its message: it stands for a system, whose own
 * words may hold anything, and of its causes nothing is written but class, codes and calls.
 */
export function loggedError(error: unknown): LoggedError {
  return described(error, false, maxCauses);
}

/** A text without what looks like a credential: bearer tokens, JWTs, passwords in URLs and beside their names. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 …')
    .replace(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, '…')
    .replace(/\/\/[^/\s@]*@/g, '//…@')
    .replace(/\b(password|passwd|pwd|secret|token|api[-_]?key)(["']?\s*[=:]\s*)[^\s&,;]+/gi, '$1$2…');
}

/** Short words and numbers; none of them holds what a client sent. */
const factNames = [
  ...['code', 'errno', 'syscall', 'hostname', 'address', 'port'],
  // Of PostgreSQL (Protocol, "Error and Notice Message Fields"), MariaDB and SQLite.
  ...['severity', 'routine', 'schema', 'table', 'column', 'constraint', 'dataType', 'sqlState', 'errcode'],
  ...['status', 'statusCode'],
];

/** What the errors of drivers and HTTP libraries have beside a message that repeats what they were given. */
const foreignNames = ['sqlState', 'severity', 'errcode', 'response', 'root', 'body', 'Fault', 'config', 'actual'];

function described(error: unknown, isQuiet: boolean, causes: number): LoggedError {
  if (!(error instanceof Error)) {
    const isObject = typeof error === 'object' && error !== null;
    return { type: isObject ? (error.constructor?.name ?? 'Object') : typeof error };
  }
  const logged = 'logged' in error && typeof error.logged === 'string' ? error.logged : undefined;
  const message = logged ?? (isQuiet || quotes(error) ? undefined : error.message);
  const facts = factsOf(error);
  const stack = callsOf(error);
  const { cause } = error;
  return {
    type: error.name,
    ...(message && { message: withoutSecrets(message) }),
    ...(facts && { facts }),
    ...(stack && { stack }),
    ...(cause !== undefined && causes > 0 && { cause: described(cause, isQuiet || logged !== undefined, causes - 1) }),
  };
}

/** Whether its message may repeat a value: that of what parses values (JSON, numbers, GraphQL), or of a library. */
function quotes(error: Error): boolean {
  return error.name === 'SyntaxError' || error.name === 'GraphQLError' || foreignNames.some((name) => name in error);
}

function factsOf(error: Error): LoggedError['facts'] {
  const facts: Record<string, string | number> = {};
  for (const name of factNames) {
    const value: unknown = Object.getOwnPropertyDescriptor(error, name)?.value;
    if (typeof value === 'number' || (typeof value === 'string' && /^[\w.:/ -]{1,100}$/.test(value)))
      facts[name] = value;
  }
  return Object.keys(facts).length > 0 ? facts : undefined;
}

function callsOf({ stack = '', message }: Error): string | undefined {
  // Whoever makes an error may change its message later: what isn't a call is left out whatever it is.
  const begin = stack.includes(message) ? stack.indexOf(message) + message.length : 0;
  const calls = stack
    .slice(begin)
    .split('\n')
    .filter((line) => /^\s+at \S/.test(line));
  return calls.length > 0 ? calls.join('\n') : undefined;
}
