/** An error of a request that isn't run, as JSON: GraphQL specification, section 7.1.2. */
export interface Refusal {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  /** Of the field that it is about, without places in lists. */
  readonly path?: readonly string[];
  readonly extensions: {
    readonly code: string;
    /**
     * A limit that was exceeded, as `limits` in gateway.yaml names it; what was found, or the least that it is; and the
     * most that is allowed.
     */
    readonly limit?: string;
    readonly value?: number;
    readonly maximum?: number;
  };
}

/** Too much waits for a planning process. Nothing is wrong with the operation: the same may be asked again. */
export const busy: Refusal = {
  message: 'Too many operations that were never asked before wait to be planned. Try again in a moment.',
  extensions: { code: 'SERVICE_BUSY' },
};

/** Parsing, planning and compiling call themselves for each level of nesting, until the stack is full. */
export const tooDeep: Refusal = {
  message: 'The operation is nested too deeply.',
  extensions: { code: 'OPERATION_TOO_COMPLEX' },
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
