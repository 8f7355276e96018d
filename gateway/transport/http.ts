import { isIP } from 'node:net';
import { withCancellation } from './cancellation.ts';
import { Connections } from './connections.ts';
import { Exchange } from './exchange.ts';
import { Flight } from './flight.ts';
import { toldHealth } from './health.ts';
import { type HttpAnswer, parseJson, readResponse } from './response.ts';
import { requestBody, Shared, type SharingOptions } from './shared.ts';
import type { FetchCall, SubgraphRequest, Transport } from './transport.ts';

/** What the way to a subgraph can be told. */
export interface HttpOptions extends SharingOptions {
  /** Whether responses may come compressed. @default where the subgraph is on another machine */
  readonly compressed?: boolean;
}

/** Reaches a subgraph by HTTP at `url`. */
export function httpTransport(url: string, options: HttpOptions = {}): Transport {
  const { origin, hostname, pathname, search } = new URL(url);
  const { compressed = !isThisMachine(hostname) } = options;
  const path = pathname + search;
  const connections = new Connections(origin);
  const accepted = compressed ? ['accept-encoding', acceptEncoding] : [];
  const headers = [
    'accept',
    'application/graphql-response+json, application/json',
    'content-type',
    'application/json',
    ...accepted,
  ];

  const shared = new Shared<HttpAnswer>(
    {
      send(request, flight, requestId, body = requestBody(request)) {
        const all = [...headers, 'x-request-id', requestId];
        const repeatable = request.operation.kind === 'query';
        new Exchange(connections, { method: 'POST', path, headers: all, body }, flight, repeatable).send();
      },
      read: (answer, _last, { read }) => readResponse(answer, read),
    },
    options,
  );

  /** Asks for JSON by GET. */
  function get(path: string, call: FetchCall): Promise<unknown> {
    const flight = new Flight<HttpAnswer, unknown, undefined>(({ bytes }) => parseJson(bytes));
    const answer = flight.wait(call, call.deadline, undefined);
    new Exchange(connections, { method: 'GET', path }, flight, true).send();
    return answer;
  }

  return {
    where: origin,
    fetch: (request, call) => shared.fetch(request, call),
    health: (signal) =>
      withCancellation(signal, async (cancellation) => {
        const call = { cancellation, deadline: Number.POSITIVE_INFINITY, requestId: 'health' };
        const health = toldHealth(await get('/health/ready', call));
        if (health) return health;
        await shared.fetch(typeName, call);
        return { status: 'up' };
      }),
    close: () => connections.destroy(),
  };
}

/** Any GraphQL server can answer this. */
const typeName: SubgraphRequest = {
  operation: { kind: 'query', query: '{ __typename }' },
  variablesText: '{}',
  variables: () => ({}),
};

/** Every server that compresses speaks it. */
const acceptEncoding = 'gzip';

/** Whether a URL's host is this machine by its name: `localhost`, `127.0.0.1`, `[::1]`. */
function isThisMachine(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}
