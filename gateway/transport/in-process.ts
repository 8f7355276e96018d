import type { Trace } from '../../subgraphs/kit/telemetry/trace.ts';
import { FetchError } from './errors.ts';
import { Shared, type SharingOptions } from './shared.ts';
import type { SubgraphError, SubgraphResponse, SystemHealth, Transport } from './transport.ts';

/** A subgraph that runs inside the gateway's process. */
export interface EmbeddedSubgraph {
  /** Answers one operation. The executor changes the answer: each call must make its own objects. */
  execute(request: EmbeddedRequest, call: EmbeddedCall): Promise<SubgraphResponse>;
  /** Asks the system behind the subgraph how it is. */
  health(signal: AbortSignal): Promise<SystemHealth>;
  close?(): Promise<void>;
}

/** One operation. The variables are the subgraph's own objects. */
export interface EmbeddedRequest {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** What a subgraph gets to know of the client request. */
export interface EmbeddedCall {
  /** Aborted when nobody waits for the answer any more; its reason is a `FetchError`. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  /** Who asks, as far as settings say that subgraphs may know. */
  readonly caller?: { readonly claims: Readonly<Record<string, unknown>> } | undefined;
  /** Where in a trace it is called from. */
  readonly trace?: Trace | undefined;
}

/** Reaches a subgraph by a plain call, and closes it in the end. Values go back and forth as they are. */
export function inProcessTransport(subgraph: EmbeddedSubgraph, options: SharingOptions = {}): Transport {
  const shared = new Shared<SubgraphResponse>(
    {
      send({ operation: { query, name }, variables }, flight, { requestId, caller, trace }) {
        const controller = new AbortController();
        flight.exchange = controller;
        const claims = caller?.claims;
        const request = { query, ...(name !== undefined && { operationName: name }), variables: variables() };
        const call = { signal: controller.signal, requestId, caller: claims && { claims }, trace };
        answer(subgraph, request, call).then(
          (response) => flight.land(response),
          (cause: unknown) => flight.fail(failure(cause)),
        );
      },
      read: (response, last) => (last ? response : copyOf(response)),
    },
    options,
  );
  return {
    where: 'in-process',
    fetch: (request, call) => shared.fetch(request, call),
    health: async (signal) => ({ status: 'up', system: await subgraph.health(signal) }),
    close: async () => subgraph.close?.(),
  };
}

/** A subgraph that throws at once rejects, too. */
async function answer(subgraph: EmbeddedSubgraph, request: EmbeddedRequest, call: EmbeddedCall) {
  return subgraph.execute(request, call);
}

function failure(cause: unknown): FetchError {
  if (cause instanceof FetchError) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new FetchError('SUBGRAPH_FAILED', `the subgraph rejected: ${detail}`, { cause });
}

/** A response made of other objects. What isn't a list or a plain object is a value: it's the same in both. */
function copyOf({ data, errors }: SubgraphResponse): SubgraphResponse {
  return {
    ...(data !== undefined && { data: valueCopy(data) }),
    ...(errors && { errors: errors.map(errorOf) }),
  };
}

/** An error's fields stand on its prototype where it is a GraphQLError. */
function errorOf({ message, path, extensions }: SubgraphError): SubgraphError {
  return {
    ...(message !== undefined && { message }),
    ...(path && { path: valueCopy(path) }),
    ...(extensions && { extensions: valueCopy(extensions) }),
  };
}

function valueCopy<T>(value: T): T;
function valueCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(valueCopy);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  // Without a prototype, so that a key `__proto__` is a key like any other.
  const copy: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value)) copy[key] = valueCopy((value as Record<string, unknown>)[key]);
  return copy;
}
