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
  /** The calls that led to it, without the message; none of what a system failed by, since they are the same ones each time. */
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
  return described(error, false, false, maxCauses);
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

/** `isQuiet`: its message may be a system's own. `isOutside`: it is why a system failed. */
function described(error: unknown, isQuiet: boolean, isOutside: boolean, causes: number): LoggedError {
  if (!(error instanceof Error)) {
    const isObject = typeof error === 'object' && error !== null;
    return { type: isObject ? (error.constructor?.name ?? 'Object') : typeof error };
  }
  const logged = 'logged' in error && typeof error.logged === 'string' ? error.logged : undefined;
  const message = logged ?? ((!isQuiet && !quotes(error) && error.message) || connectionWords(error));
  const facts = factsOf(error);
  const stack = callsOf(error);
  const { cause } = error;
  const isSystems = isOutside || isExpected(error);
  return {
    type: error.name,
    ...(message && { message: withoutSecrets(message) }),
    ...(facts && { facts }),
    ...(stack && (!isSystems || isBug(error)) && { stack }),
    ...(cause !== undefined &&
      causes > 0 && { cause: described(cause, isQuiet || logged !== undefined, isSystems, causes - 1) }),
  };
}

/** What Junction says of a system, a subgraph, a provider or a Redis that doesn't answer as it should. */
const expected = new Set(['SystemError', 'FetchError', 'ProviderError', 'RedisError']);

/** What Node and undici say of a connection that fails, or of an answer that can't be read. */
const connections =
  /^(ECONN[A-Z]+|E(HOST|NET)[A-Z]+|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_\w+|HPE_\w+|Z_\w+|UND_ERR_(SOCKET|RES_\w+|\w+_TIMEOUT))$/;

function isExpected(error: Error): boolean {
  return expected.has(error.name) || ('code' in error && connections.test(String(error.code)));
}

/** Whether somebody's program is wrong, a driver's or ours, whatever it is taken for: then the calls say where. */
function isBug(error: Error): boolean {
  return /^(Type|Reference|Range)Error$/.test(error.name) && !('code' in error);
}

/** What Node says of a connection that failed, made anew of its facts: `connect ECONNREFUSED 127.0.0.1:5432`. */
function connectionWords(error: Error): string | undefined {
  // Of a host with several addresses: one for each, and no message of its own.
  if (error instanceof AggregateError) {
    const each = error.errors.map((one) => (one instanceof Error ? connectionWords(one) : undefined));
    return each.filter((words) => words !== undefined).join(', ') || undefined;
  }
  const { code, syscall, address, hostname, port } = factsOf(error) ?? {};
  if (code === undefined || syscall === undefined) return undefined;
  const place = address ?? hostname;
  return [syscall, code, place === undefined || port === undefined ? place : `${place}:${port}`]
    .filter((word) => word !== undefined)
    .join(' ');
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
