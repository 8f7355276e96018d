import type { GraphQLDataSource } from '@apollo/gateway';
import type { Logger } from 'pino';
import { withDeadline } from './deadline.ts';
import { FetchError } from './errors.ts';
import { errorsOf, failureOf, representationsOf } from './failure.ts';
import type { SubgraphRequest, SubgraphResponse, Transport } from './transport.ts';

/** What every fetch of one client request shares. */
export interface RequestCall {
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  /** When the request's time is over, by `performance.now()`. */
  readonly deadline: number;
  readonly requestId: string;
}

/** A call on one generation; the executor hands it through as its `context`. */
export interface RequestContext extends RequestCall {
  readonly [key: string]: unknown;
  /** The ways to the generation's subgraphs, by name. */
  readonly transports: ReadonlyMap<string, Transport>;
}

/** What a data source needs. */
export interface DataSourceOptions {
  /** The subgraph's name in the supergraph. */
  readonly name: string;
  /** The longest that one fetch may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly log: Logger;
}

/**
 * Lets Apollo's executor fetch by the transport that the request brings along: the schema may stay while the way to a subgraph
 * changes. It never throws: the executor gives a thrown error neither path nor
 * serviceName and shows its text to the client, while errors that are returned get both.
 */
export function dataSource({ name, timeoutMs, log }: DataSourceOptions): GraphQLDataSource<RequestContext> {
  return {
    async process({ request, context }) {
      const { query = '', operationName, variables } = request;
      const fetch: SubgraphRequest = {
        query,
        ...(operationName && { operationName }),
        ...(variables && { variables }),
      };
      const { signal, deadline, requestId, transports } = context as RequestContext;
      const started = performance.now();
      try {
        const transport = transports.get(name);
        if (!transport) throw new FetchError('SUBGRAPH_FAILED', 'expected the generation to have a transport');
        const response = await withDeadline({ signal, deadline, timeoutMs }, (signal) =>
          transport.fetch(fetch, { signal, requestId }),
        );
        const data = checkedData(response, fetch);
        const errors = errorsOf({ ...response, data }, fetch, name);
        return errors.length > 0 ? { data, errors } : { data };
      } catch (cause) {
        const error =
          cause instanceof FetchError ? cause : new FetchError('SUBGRAPH_FAILED', 'the transport failed', { cause });
        const { code, message: detail } = error;
        const fields = { requestId, subgraph: name, code, detail, ms: Math.round(performance.now() - started) };
        const level = code === 'REQUEST_CANCELED' ? 'debug' : 'warn';
        log[level](error === cause ? fields : { ...fields, err: cause }, 'a fetch failed');
        return { data: null, errors: failureOf(error, fetch, name) };
      }
    },
  };
}

/** The data, or null where errors came instead. Neither, or not one entity for each key, can't be used. */
function checkedData(
  { data = null, errors }: SubgraphResponse,
  fetch: SubgraphRequest,
): Record<string, unknown> | null {
  const expected = representationsOf(fetch)?.length;
  const entities = expected === undefined ? undefined : (data?._entities ?? null);
  if (data === null || entities === null) {
    if (errors?.length) return null;
    throw new FetchError('SUBGRAPH_FAILED', 'expected data or errors, got neither');
  }
  if (expected === undefined || (Array.isArray(entities) && entities.length === expected)) return data;
  const got = Array.isArray(entities) ? `${entities.length}` : typeof entities;
  throw new FetchError('SUBGRAPH_FAILED', `expected ${expected} entities, got ${got}`);
}
