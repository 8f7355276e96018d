/** Lowering an operation takes too much. The message goes on from "The operation is too complex: ". */
export class TooComplexError extends Error {
  override readonly name = 'TooComplexError';
}

/** The subgraphs can't answer an operation as they are described. The message goes on from "The operation can't be answered: ". */
export class UnplannableError extends Error {
  override readonly name = 'UnplannableError';
}
