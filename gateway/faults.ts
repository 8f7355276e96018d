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

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
