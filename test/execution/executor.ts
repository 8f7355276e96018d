/** A client's request. */
export interface ClientRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Which rules fail for the client. */
  readonly denied?: string;
  /** The subgraphs misbehave. */
  readonly spoilt?: boolean;
}

/** A GraphQL response, as a client reads it. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly AnswerError[];
}

export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A request's id: it tells the subgraphs whether they misbehave. */
export function requestIdOf({ spoilt = false }: ClientRequest, who: string, count: number): string {
  return `${spoilt ? 'spoilt' : 'clean'}-${who}-${count}`;
}

/** Something that answers operations on a supergraph. */
export interface Executor {
  run(request: ClientRequest): Promise<Answer>;
  close(): Promise<void>;
}
