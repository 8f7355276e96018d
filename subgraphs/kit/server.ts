import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { createHandler } from 'graphql-http';
import type { Subgraph } from './subgraph.ts';

/** Where a subgraph listens. */
export interface SubgraphServerOptions {
  readonly host: string;
  readonly port: number;
}

/**
 * Serves a subgraph over HTTP: `POST /graphql` by the GraphQL-over-HTTP specification, `/health/live` and `/health/ready`. A
 * client that goes away cancels its calls to the system. `close()` lets requests in flight finish; the subgraph stays open.
 */
export async function serveSubgraph(
  subgraph: Subgraph,
  { host, port }: SubgraphServerOptions,
): Promise<FastifyInstance> {
  const server = Fastify({ forceCloseConnections: 'idle', bodyLimit: 16 * 1024 * 1024 });
  const handle = createHandler<{ signal: AbortSignal; requestId: string }>({
    onSubscribe: ({ raw }, { query, operationName, variables }) =>
      subgraph.execute(
        { query, operationName: operationName ?? undefined, variables: variables ?? undefined },
        { signal: raw.signal, requestId: raw.requestId },
      ),
  });

  server.post('/graphql', async (request, reply) => {
    const controller = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) controller.abort();
    });
    const requestId = String(request.headers['x-request-id'] ?? randomUUID());
    const [body, { status, headers }] = await handle({
      method: 'POST',
      url: request.url,
      headers: request.headers,
      body: request.body as Record<string, unknown>,
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
  await server.listen({ host, port });
  return server;
}
