import { StartupError } from '../subgraphs/kit/errors.ts';

/**
 * What a person can mend, one line for each fault: of settings, supergraph.yaml, schemas, mappings. Undefined for an error of
 * Junction itself.
 */
export function faultsOf(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('faults' in error && Array.isArray(error.faults)) return error.faults;
  if (codeOf(error) === 'EADDRINUSE' && 'port' in error) {
    return [`PORT: ${error.port} is in use. Stop what listens there, or set PORT to another.`];
  }
  // Without Node's advice on arguments that begin with a dash: no command takes one.
  if (codeOf(error).startsWith('ERR_PARSE_ARGS')) {
    return [`${error.message.replace(/\. To specify a positional argument .*$/s, '')}. --help says what there is.`];
  }
  const syscall = 'syscall' in error ? String(error.syscall) : '';
  if (['listen', 'bind', 'getaddrinfo'].includes(syscall)) return [unheard(error)];
  // Of the file system: for one that can't be opened nothing tells whether it was to be read or written.
  if (fileCalls.includes(syscall) && 'path' in error) {
    const code = codeOf(error);
    return [`${error.path}: can't be read or written (${code}).${remedies[code] ?? ''}`];
  }
  return undefined;
}

/** Why nobody can be heard at HOST and PORT. */
function unheard(error: Error): string {
  const code = codeOf(error);
  const host = 'address' in error ? error.address : 'hostname' in error ? error.hostname : '';
  const port = 'port' in error ? error.port : '';
  if (code === 'EACCES')
    return `PORT: ${port} is not allowed to this user (EACCES). Below 1024 a right of its own is needed: set PORT to another, such as 8080.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `HOST: "${host}" is no address of this machine (${code}). Expected 127.0.0.1, 0.0.0.0 for all that it has, or one of them.`;
  return `HOST, PORT: can't listen there (${code}). Expected an address of this machine and a port that is allowed.`;
}

/** What a person can do about a file. */
const remedies: Readonly<Record<string, string>> = {
  ENOENT: ' It, or the folder that it is in, is not there.',
  EACCES: ' This user needs the permission: see ls -l.',
  EPERM: ' This user needs the permission: see ls -l.',
  EROFS: ' It lies where nothing can be written; choose another place.',
  ENOSPC: ' The disk is full.',
  EISDIR: ' It is a folder; expected a file.',
  ENOTDIR: ' A part of the path is a file; expected a folder.',
  EMFILE: ' Too many files are open: raise the limit (ulimit -n).',
};

const fileCalls = ['open', 'mkdir', 'scandir', 'rename', 'access', 'read', 'write'];

/** Faults that a person can mend, beside an error of Junction itself: its cause. */
export class MixedError extends StartupError {}

/** What stands for several failures together: a StartupError with all faults, each once, or an error of Junction itself, or both. */
export function failureOf(results: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const unexpected = reasons.find((reason) => faultsOf(reason) === undefined);
  const faults = [...new Set(reasons.flatMap((reason) => faultsOf(reason) ?? []))];
  if (unexpected === undefined) return new StartupError(faults);
  return faults.length === 0 ? unexpected : new MixedError(faults, { cause: unexpected });
}

/** What all of them give, once all are settled. Errors: what `failureOf` makes of those that failed. */
export async function allOrFaults<Values extends readonly unknown[]>(
  promises: {
    readonly [Place in keyof Values]: Promise<Values[Place]>;
  },
): Promise<Values> {
  const results = await Promise.allSettled(promises);
  if (results.some(({ status }) => status === 'rejected')) throw failureOf(results);
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as Values;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
