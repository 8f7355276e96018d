import { type Dispatcher, Pool } from 'undici';
import { FetchError } from './errors.ts';
import type { SubgraphHealth, SubgraphResponse, SystemHealth, Transport } from './transport.ts';

const maxResponseBytes = 16 * 1024 * 1024;

/** Reaches a subgraph by HTTP at `url`, over up to 64 connections that are kept open. */
export function httpTransport(url: string): Transport {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, {
    connections: 64,
    pipelining: 1,
    maxResponseSize: maxResponseBytes,
    // Every fetch has its own deadline; undici's timers would only come on top.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  async function post(body: unknown, signal: AbortSignal, requestId?: string): Promise<SubgraphResponse> {
    const response = await send(pool, signal, {
      method: 'POST',
      path: pathname + search,
      headers: {
        accept: 'application/graphql-response+json, application/json',
        'content-type': 'application/json',
        ...(requestId !== undefined && { 'x-request-id': requestId }),
      },
      body: JSON.stringify(body),
    });
    // A GraphQL body counts whatever the status: specification "GraphQL over HTTP", section 6.4.
    if (isGraphQLResponse(response.body)) return response.body;
    throw new FetchError('SUBGRAPH_FAILED', `expected a GraphQL response, got ${response.description}`);
  }

  return {
    where: origin,
    fetch: (request, { signal, requestId }) => post(request, signal, requestId),
    async health(signal) {
      const { body } = await send(pool, signal, { method: 'GET', path: '/health/ready' });
      const health = readHealth(body);
      if (health) return health;
      await post({ query: '{ __typename }' }, signal);
      return { status: 'up' };
    },
    close: () => pool.destroy(),
  };
}

interface Answer {
  /** The parsed JSON; undefined when it isn't JSON. */
  readonly body: unknown;
  /** What came, without its content: `status 502, text/html, 312 bytes`. */
  readonly description: string;
}

async function send(
  pool: Pool,
  signal: AbortSignal,
  options: Omit<Dispatcher.RequestOptions, 'origin'>,
): Promise<Answer> {
  const response = await pool.request({ ...options, signal }).catch((cause: unknown) => {
    throw fetchError(cause, unreadable(cause) ? 'SUBGRAPH_FAILED' : 'SUBGRAPH_UNAVAILABLE', 'no response');
  });
  const text = await response.body.text().catch((cause: unknown) => {
    throw fetchError(cause, 'SUBGRAPH_FAILED', 'the response broke off');
  });
  const type = response.headers['content-type'] ?? 'no content type';
  const description = `status ${response.statusCode}, ${type}, ${text.length} characters`;
  return { body: parse(text), description };
}

/** Whether something answered, but not in HTTP. */
function unreadable(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'HTTPParserError';
}

/** An abort's reason is already the right error; anything else is undici's. */
function fetchError(cause: unknown, code: FetchError['code'], detail: string): FetchError {
  if (cause instanceof FetchError) return cause;
  const { message, code: name } = cause as NodeJS.ErrnoException;
  // A host with several addresses fails with an AggregateError that has a code and no message.
  return new FetchError(code, `${detail}: ${message || name}`, { cause });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isGraphQLResponse(body: unknown): body is SubgraphResponse {
  if (!isObject(body)) return false;
  const { data, errors } = body;
  if (data !== undefined && data !== null && !isObject(data)) return false;
  if (errors === undefined || errors === null) return isObject(data);
  return Array.isArray(errors) && errors.length > 0 && errors.every(isObject);
}

/** Reads what Junction's own subgraphs answer at /health/ready. */
function readHealth(body: unknown): SubgraphHealth | undefined {
  if (!isObject(body) || (body.status !== 'up' && body.status !== 'down')) return undefined;
  const system = readSystem(body.system);
  return system ? { status: body.status, system } : { status: body.status };
}

function readSystem(body: unknown): SystemHealth | undefined {
  if (!isObject(body)) return undefined;
  const { name, kind, status, latencyMs, faults } = body;
  if (typeof name !== 'string' || typeof kind !== 'string' || typeof latencyMs !== 'number') return undefined;
  return {
    name,
    kind,
    status: status === 'up' ? 'up' : 'down',
    latencyMs,
    ...(Array.isArray(faults) && { faults: faults.map(String) }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
