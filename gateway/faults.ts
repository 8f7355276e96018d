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
  if (codeOf(error).startsWith('ERR_PARSE_ARGS')) return [error.message];
  if ('syscall' in error && ['ENOTFOUND', 'EADDRNOTAVAIL', 'EACCES', 'EAI_AGAIN'].includes(codeOf(error))) {
    return [
      `HOST, PORT: can't listen there (${codeOf(error)}). Expected an address of this machine and a port that is allowed.`,
    ];
  }
  return undefined;
}

/** What stands for several failures together: an error of Junction itself if there is one, or else a StartupError with all faults. */
export function failureOf(results: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const unexpected = reasons.find((reason) => faultsOf(reason) === undefined);
  return unexpected ?? new StartupError(reasons.flatMap((reason) => faultsOf(reason) ?? []));
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
