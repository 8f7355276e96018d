import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import { createHandler } from 'graphql-http';
import { drainable } from './drain.ts';
import type { Call } from './source.ts';
import type { Subgraph } from './subgraph.ts';

/** Where a subgraph listens, and how it stops. */
export interface SubgraphServerOptions {
  readonly host: string;
  readonly port: number;
  /** How long requests in flight may go on after `close`, in milliseconds. @default 8000 */
  readonly drainTimeoutMs?: number;
}

/** A subgraph that listens. */
export interface SubgraphServer {
  /** Such as `http://127.0.0.1:4002`. */
  readonly origin: string;
  /** Lets requests in flight finish. The subgraph itself stays open. */
  close(): Promise<void>;
}

/**
 * Serves a subgraph over HTTP: `POST /graphql` by the GraphQL-over-HTTP specification, `/health/live` and `/health/ready`. A
 * client that goes away cancels its calls to the system.
 */
export async function serveSubgraph(
  subgraph: Subgraph,
  { host, port, drainTimeoutMs = 8_000 }: SubgraphServerOptions,
): Promise<SubgraphServer> {
  const server = Fastify({ forceCloseConnections: 'idle', bodyLimit: 16 * 1024 * 1024 });
  // Bodies are read as text: what is wrong with them is for GraphQL over HTTP to say.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const handle = createHandler<Call>({
    async onSubscribe({ raw }, { query, operationName, variables }) {
      const request = { query, operationName: operationName ?? undefined, variables: variables ?? undefined };
      const result = await subgraph.execute(request, raw);
      return 'data' in result ? result : (result.errors ?? []);
    },
  });

  server.post('/graphql', async (request, reply) => {
    const controller = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) controller.abort();
    });
    const given = String(request.headers['x-request-id'] ?? '');
    const requestId = /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
    const [body, { status, headers }] = await handle({
      method: 'POST',
      url: request.url,
      headers: request.headers,
      body: typeof request.body === 'string' ? request.body : '',
      raw: { signal: controller.signal, requestId },
      context: undefined,
    });
    return reply
      .code(status)
      .headers(headers ?? {})
      .send(body);
  });
  server.get('/health/live', () => ({ status: 'up' }));
  server.get('/health/ready', async () => ({ status: 'up', system: await subgraph.health(AbortSignal.timeout(1000)) }));
  const close = drainable(server, drainTimeoutMs);
  return { origin: await server.listen({ host, port }), close };
}
