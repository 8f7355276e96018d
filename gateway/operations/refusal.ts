/** An error of a request that isn't run, as JSON: GraphQL specification, section 7.1.2. */
export interface Refusal {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly extensions: { readonly code: string };
}

/** Too much waits for a planning process. Nothing is wrong with the operation: the same may be asked again. */
export const busy: Refusal = {
  message: 'Too many operations that were never asked before wait to be planned. Try again in a moment.',
  extensions: { code: 'SERVICE_BUSY' },
};

/** An operation that can't be answered, with what the client is told. */
export class OperationRefusedError extends Error {
  override readonly name = 'OperationRefusedError';
  readonly errors: readonly Refusal[];

  constructor(errors: readonly Refusal[], options?: ErrorOptions) {
    super(errors.map(({ message }) => message).join('\n'), options);
    this.errors = errors;
  }
}
