/**
 * What a person can mend, one line for each fault: of settings, supergraph.yaml, schemas, mappings. Undefined for an error of
 * Junction itself.
 */
export function faultsOf(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('faults' in error && Array.isArray(error.faults)) return error.faults;
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return [`PORT: ${error.port} is in use. Stop what listens there, or set PORT to another.`];
  }
  return undefined;
}
