/** Why a fetch from a subgraph failed. The code reaches the client; the cause is only logged. */
export type FetchErrorCode =
  /** No connection, or it broke before an answer came. */
  | 'SUBGRAPH_UNAVAILABLE'
  /** No answer within the fetch's or the request's time limit. */
  | 'SUBGRAPH_TIMEOUT'
  /** It doesn't take the gateway for the gateway: keys or clocks differ. */
  | 'SUBGRAPH_REFUSED'
  /** An answer that can't be read: not JSON, not GraphQL, too large, or cut off. */
  | 'SUBGRAPH_FAILED'
  /** The client went away. */
  | 'REQUEST_CANCELED';

const sentences: Record<FetchErrorCode, (subgraph: string) => string> = {
  SUBGRAPH_UNAVAILABLE: (subgraph) => `The subgraph "${subgraph}" could not be reached.`,
  SUBGRAPH_TIMEOUT: (subgraph) => `The subgraph "${subgraph}" did not answer in time.`,
  SUBGRAPH_REFUSED: (subgraph) => `The subgraph "${subgraph}" refused the gateway.`,
  SUBGRAPH_FAILED: (subgraph) => `The subgraph "${subgraph}" gave an answer that can't be read.`,
  REQUEST_CANCELED: (subgraph) => `The request was canceled before the subgraph "${subgraph}" answered.`,
};

/** A fetch failed. `message` and `cause` may hold the subgraph's own words: they go to the log, never to a client. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  readonly code: FetchErrorCode;

  constructor(code: FetchErrorCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }

  /** What a client may read. */
  sentence(subgraph: string): string {
    return sentences[this.code](subgraph);
  }
}
