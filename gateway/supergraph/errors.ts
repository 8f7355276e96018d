/** The supergraph file can't be used; each fault names the file, the line and what was expected. */
export class SupergraphFileError extends Error {
  override readonly name = 'SupergraphFileError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[], options?: ErrorOptions) {
    super(faults.join('\n'), options);
    this.faults = faults;
  }
}

/** The subgraphs' schemas can't be read or don't fit together; each fault names the subgraph and, where known, the line. */
export class CompositionError extends Error {
  override readonly name: string = 'CompositionError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[], options?: ErrorOptions) {
    super(faults.join('\n'), options);
    this.faults = faults;
  }
}

/** Composing took too long. Another time it may not: the machine may have been busy. */
export class CompositionTimeoutError extends CompositionError {
  override readonly name = 'CompositionTimeoutError';
}
