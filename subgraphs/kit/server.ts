import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import Fastify from 'fastify';
import { drainable } from './drain.ts';
import { answerOverHttp } from './over-http.ts';
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

/** Answers of fewer characters are sent as they are: to compress them would cost more than it saves. */
const shortest = 8_192;

const compress = promisify(gzip);

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

  server.post('/graphql', async ({ headers, body }, reply) => {
    const controller = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) controller.abort();
    });
    const given = String(headers['x-request-id'] ?? '');
    const requestId = /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
    const call = { signal: controller.signal, requestId };
    const { status, type, text } = await answerOverHttp(subgraph, headers, typeof body === 'string' ? body : '', call);
    reply.code(status);
    if (type === undefined || text === undefined) return reply.send();
    reply.header('content-type', type);
    if (text.length < shortest) return reply.send(text);
    reply.header('vary', 'accept-encoding');
    if (!acceptsGzip(headers['accept-encoding'])) return reply.send(text);
    return reply.header('content-encoding', 'gzip').send(await compress(text, { level: 1 }));
  });
  server.get('/health/live', () => ({ status: 'up' }));
  server.get('/health/ready', async () => ({ status: 'up', system: await subgraph.health(AbortSignal.timeout(1000)) }));
  const close = drainable(server, drainTimeoutMs);
  return { origin: await server.listen({ host, port }), close };
}

function acceptsGzip(accept: string | string[] | undefined): boolean {
  return /(^|[,\s])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))\s*(;|,|$)/i.test(String(accept ?? ''));
}
