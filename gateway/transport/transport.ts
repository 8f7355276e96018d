import type { Trace } from '../../subgraphs/kit/telemetry/trace.ts';
import type { FetchRecord } from '../telemetry/record.ts';
import type { FetchCaller } from './caller.ts';
import type { Cancellation } from './cancellation.ts';

/** How fetches reach one subgraph. Adapters: `http.ts` over sockets, `in-process.ts` without. */
export interface Transport {
  /** Where the subgraph is, for logs and health: an origin such as `http://orders:4002`, or `in-process`. */
  readonly where: string;
  /**
   * Sends one operation. Rejects with a `FetchError` when no GraphQL answer came, when its time is over or when the client is
   * gone, even if the subgraph takes no notice of that.
   */
  fetch(request: SubgraphRequest, call: FetchCall): Promise<SubgraphResponse>;
  /** Asks the subgraph how it is. Rejects when it can't be reached. */
  health(signal: AbortSignal): Promise<SubgraphHealth>;
  /** How many fetches are out, and how many wait for a connection, where there are any. */
  load?(): TransportLoad;
  /** Lets go of connections. Fetches that are still out fail. */
  close(): Promise<void>;
}

/** How full the way to a subgraph is. */
export interface TransportLoad {
  readonly used: number;
  readonly waiting: number;
}

/** One operation with its variables. */
export interface SubgraphRequest {
  readonly operation: SubgraphOperation;
  /** The variables as JSON: `{"first":10}`; `{}` where there are none. */
  readonly variablesText: string;
  /** The same as values, for who needs no text. Each call makes its own objects. */
  variables(): Record<string, unknown>;
  /** Where the transport writes what only it knows of the fetch; undefined where nobody wants to know. */
  readonly record?: Pick<FetchRecord, 'bytes' | 'shared'> | undefined;
}

/** An operation as the query plan words it: the same object for every run, so that what follows from it alone is made once. */
export interface SubgraphOperation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly query: string;
  readonly name?: string;
  /** Reads responses of the usual form sooner; who has bytes tries it first. */
  readonly read?: ReadResponse;
}

/** Reads a response; undefined for one of a form that it doesn't know, which may be right all the same. */
export type ReadResponse = (bytes: Buffer) => SubgraphResponse | undefined;

/** What a fetch needs to know of the client request that it belongs to. */
export interface FetchCall {
  /** When the fetch must be over, by `performance.now()`. */
  readonly deadline: number;
  /** Tells when the client is gone. */
  readonly cancellation: Cancellation;
  /** The request's id, passed on so that both sides' logs can be joined. */
  readonly requestId: string;
  /** What the subgraph gets of who asks; undefined for the gateway itself. */
  readonly caller?: FetchCaller | undefined;
  /** Where in a trace the subgraph is called from. An answer that is shared is in the trace of who asked first. */
  readonly trace?: Trace | undefined;
}

/** A GraphQL response. It belongs to whoever fetched it, who may change it: nobody else keeps any part of it. */
export interface SubgraphResponse {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly SubgraphError[];
}

/** An error in a subgraph's response. Other subgraphs than Junction's own may leave out anything. */
export interface SubgraphError {
  readonly message?: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** How a subgraph is. */
export interface SubgraphHealth {
  readonly status: 'up' | 'down';
  /** The system behind it, where the subgraph tells. */
  readonly system?: SystemHealth;
}

/** How the system behind a subgraph is. */
export interface SystemHealth {
  /** Its name in the company: `shop`. */
  readonly name: string;
  /** By what it is reached: `sql`, `rest`, `soap`. */
  readonly kind: string;
  readonly status: 'up' | 'down';
  /** How long it took to answer, in milliseconds. */
  readonly latencyMs: number;
  /** What the subgraph's mapping says of it that isn't true, where that was only found after the start. */
  readonly faults?: readonly string[];
}
