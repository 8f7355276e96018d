import { FetchError } from './errors.ts';
import { canceled, Flight, InFlight, type ReadAnswer } from './flight.ts';
import type { FetchCall, SubgraphOperation, SubgraphRequest, SubgraphResponse } from './transport.ts';

/** How a transport sends, and reads what comes. */
export interface Adapter<Answer> {
  /** Sends an operation and ends its flight; `call` is that of who asked first. `body` is the request as text, where that was needed already. */
  send(
    request: SubgraphRequest,
    flight: Flight<Answer, SubgraphResponse, SubgraphRequest>,
    call: FetchCall,
    body?: string,
  ): void;
  readonly read: ReadAnswer<Answer, SubgraphResponse, SubgraphRequest>;
}

/** What sharing can be told. */
export interface SharingOptions {
  /** Whether equal queries that are on their way at the same moment are sent once. @default true */
  readonly share?: boolean;
}

/**
 * How many mutations came back so far, in this process. A query that is sent after one must not get an answer from before it:
 * whoever changed something sees the change, even if a query like theirs was on its way. A system may hold what another one
 * changes, so that all subgraphs are counted together.
 */
let mutations = 0;

/** Sends operations, equal queries once. Who shares an answer gets own objects, and waits by an own deadline. */
export class Shared<Answer> {
  readonly #adapter: Adapter<Answer>;
  readonly #share: boolean;
  readonly #inFlight = new InFlight<Answer, SubgraphResponse, SubgraphRequest>();
  #sentAt = mutations;

  constructor(adapter: Adapter<Answer>, { share = true }: SharingOptions = {}) {
    this.#adapter = adapter;
    this.#share = share;
  }

  fetch(request: SubgraphRequest, call: FetchCall): Promise<SubgraphResponse> {
    if (call.cancellation.canceled) return Promise.reject(canceled());
    const limitMs = call.deadline - performance.now();
    if (limitMs <= 0) {
      return Promise.reject(new FetchError('SUBGRAPH_TIMEOUT', 'the request had no time left for this fetch'));
    }
    const { kind } = request.operation;
    if (kind === 'query') return this.#share ? this.#join(request, call, limitMs) : this.#send(request, call, limitMs);
    return this.#send(request, call, limitMs).finally(() => {
      mutations += 1;
    });
  }

  #send(request: SubgraphRequest, call: FetchCall, limitMs: number): Promise<SubgraphResponse> {
    const flight = new Flight(this.#adapter.read);
    const response = flight.wait(call, limitMs, request);
    this.#adapter.send(request, flight, call);
    return response;
  }

  #join(request: SubgraphRequest, call: FetchCall, limitMs: number): Promise<SubgraphResponse> {
    if (this.#sentAt !== mutations) {
      this.#sentAt = mutations;
      this.#inFlight.clear();
    }
    const body = requestBody(request);
    // Everything that reaches the subgraph, but for the request's id and its trace: what depends on the client belongs in the caller's key.
    const key = call.caller ? call.caller.key + body : body;
    const known = this.#inFlight.get(key);
    if (known) {
      if (request.record) request.record.shared = true;
      return known.wait(call, limitMs, request);
    }
    const flight = new Flight(this.#adapter.read, { inFlight: this.#inFlight, key });
    const response = flight.wait(call, limitMs, request);
    this.#adapter.send(request, flight, call, body);
    return response;
  }
}

/** What all requests with one operation begin with. The plan's object is the same for every run, and goes with the plan. */
const starts = new WeakMap<SubgraphOperation, string>();

/** A request as GraphQL over HTTP has it, section 5.4: JSON text. Equal requests have equal texts. */
export function requestBody({ operation, variablesText }: SubgraphRequest): string {
  let start = starts.get(operation);
  if (start === undefined) {
    start = startOf(operation);
    starts.set(operation, start);
  }
  return `${start}${variablesText}}`;
}

function startOf({ query, name }: SubgraphOperation): string {
  const operationName = name === undefined ? '' : `"operationName":${JSON.stringify(name)},`;
  return `{"query":${JSON.stringify(query)},${operationName}"variables":`;
}
