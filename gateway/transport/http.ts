import type { Signer } from '../../subgraphs/kit/trust/signer.ts';
import { isLoopback } from '../loopback.ts';
import { withCancellation } from './cancellation.ts';
import { Connections } from './connections.ts';
import { Exchange } from './exchange.ts';
import { Flight } from './flight.ts';
import { toldHealth } from './health.ts';
import { Post } from './post.ts';
import { type HttpAnswer, parseJson, readResponse } from './response.ts';
import { requestBody, Shared, type SharingOptions } from './shared.ts';
import type { FetchCall, SubgraphError, SubgraphRequest, Transport } from './transport.ts';

/** What the way to a subgraph can be told. */
export interface HttpOptions extends SharingOptions {
  /** Whether responses may come compressed. @default where the subgraph is on another machine */
  readonly compressed?: boolean;
  /** Signs what is sent there. @default nothing is signed */
  readonly signer?: Signer | undefined;
  /** Whether the messages of its errors are meant for clients; where they aren't, clients get codes and places alone. @default true */
  readonly messages?: boolean;
}

/** Reaches a subgraph by HTTP at `url`. */
export function httpTransport(url: string, options: HttpOptions = {}): Transport {
  const { origin, hostname, pathname, search } = new URL(url);
  const { compressed = !isLoopback(hostname), messages = true, signer } = options;
  const connections = new Connections(origin);
  const accepted = compressed ? ['accept-encoding', acceptEncoding] : [];
  const fixed = [
    'accept',
    'application/graphql-response+json, application/json',
    'content-type',
    'application/json',
    ...accepted,
  ];

  const shared = new Shared<HttpAnswer>(
    {
      send(request, flight, { requestId, caller, trace }, body = requestBody(request)) {
        const headers = [...fixed, 'x-request-id', requestId];
        // Not signed: a proxy on the way may take part in the trace, and changes these then (Trace Context, section 3.4).
        if (trace) headers.push('traceparent', trace.traceparent);
        if (trace?.tracestate !== undefined) headers.push('tracestate', trace.tracestate);
        const post = new Post({ path: pathname, query: search, headers, caller, body, signer });
        new Exchange(connections, post, flight, request.operation.kind === 'query').send();
      },
      read: (answer, _last, { operation, record }) => {
        if (record) record.bytes = answer.bytes.length;
        const response = readResponse(answer, operation.read);
        return messages || !response.errors ? response : { ...response, errors: response.errors.map(withoutMessage) };
      },
    },
    options,
  );

  /** Asks for JSON by GET. */
  function get(path: string, call: FetchCall): Promise<unknown> {
    const flight = new Flight<HttpAnswer, unknown, undefined>(({ bytes }) => parseJson(bytes));
    const answer = flight.wait(call, call.deadline, undefined);
    new Exchange(connections, { options: () => ({ method: 'GET', path }) }, flight, true).send();
    return answer;
  }

  return {
    where: origin,
    fetch: (request, call) => shared.fetch(request, call),
    health: (signal) =>
      withCancellation(signal, async (cancellation) => {
        const call = { cancellation, deadline: Number.POSITIVE_INFINITY, requestId: 'health' };
        const health = toldHealth(await get('/health/ready', call));
        // What it says of itself doesn't tell whether it takes what we sign.
        if (!health || signer) await shared.fetch(typeName, call);
        return health ?? { status: 'up' };
      }),
    load: () => connections.load,
    close: () => connections.destroy(),
  };
}

function withoutMessage({ path, extensions }: SubgraphError): SubgraphError {
  return { path, extensions };
}

/** Any GraphQL server can answer this. */
const typeName: SubgraphRequest = {
  operation: { kind: 'query', query: '{ __typename }' },
  variablesText: '{}',
  variables: () => ({}),
};

/** Every server that compresses speaks it. */
const acceptEncoding = 'gzip';
