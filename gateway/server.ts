import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { Logger } from 'pino';
import { drainable } from '../subgraphs/kit/drain.ts';
import { consolePage, contentSecurityPolicy, uncompressed } from './console/page.ts';
import { graphqlOverHttp } from './execution/over-http.ts';
import { type HttpAnswer, refusal } from './execution/refusal.ts';
import type { Gateway } from './supergraph/gateway.ts';
import type { SupergraphStatus } from './supergraph/status.ts';

/** What a server is made of. */
export interface ServerOptions {
  /** A server may listen while its gateway still loads; until then it isn't ready. A rejection is the caller's to report. */
  readonly gateway: Gateway | Promise<Gateway>;
  readonly log: Logger;
  /** How long all fetches of one request may take together, in milliseconds. What is missing then is null. */
  readonly requestTimeoutMs: number;
  /** How long requests in flight may go on after `close`, in milliseconds. @default 8000 */
  readonly drainTimeoutMs?: number;
  /** Whether the gateway has what its files say, where something sees to that. */
  readonly supergraph?: () => SupergraphStatus | undefined;
}

/** The gateway's HTTP server. */
export interface GatewayServer {
  /** Begins to serve and returns the origin, such as `http://127.0.0.1:4000`. Port 0 takes any free port. */
  listen(options: { readonly host: string; readonly port: number }): Promise<string>;
  /** Refuses new connections, lets requests in flight finish, then closes the gateway. Can be called again. */
  close(): Promise<void>;
}

type State =
  | { readonly phase: 'starting' }
  | { readonly phase: 'serving'; readonly gateway: Gateway }
  | { readonly phase: 'draining'; readonly gateway?: Gateway };

const bodyLimit = 1024 * 1024;

/** Which routes exist: /graphql, the console at /, /health/live and /health/ready. */
export function createServer(options: ServerOptions): GatewayServer {
  const { gateway, log, requestTimeoutMs, drainTimeoutMs = 8_000, supergraph } = options;
  let state: State = { phase: 'starting' };
  let closed: Promise<void> | undefined;
  const answerGraphQL = graphqlOverHttp({ log, requestTimeoutMs });
  const app = createApp(log);
  const stop = drainable(app, drainTimeoutMs);
  const inFlight = new Set<Promise<HttpAnswer>>();

  Promise.resolve(gateway).then(
    (loaded) => {
      if (state.phase === 'starting') state = { phase: 'serving', gateway: loaded };
      else void loaded.close();
    },
    () => {},
  );

  app.all('/graphql', async (request, reply) => {
    if (!('gateway' in state) || !state.gateway) return send(reply, refusal(503, { 'retry-after': '1' }));
    const { method, url, headers } = request;
    const body = typeof request.body === 'string' ? request.body : '';
    const signal = signalOf(reply);
    const answer = answerGraphQL(state.gateway, { method, url, headers, body, signal, id: request.id });
    inFlight.add(answer);
    try {
      return send(reply, await answer);
    } finally {
      inFlight.delete(answer);
    }
  });

  app.get('/', async (request, reply) => {
    const page = await consolePage();
    reply.headers({ 'cache-control': 'no-cache', etag: page.etag, vary: 'accept-encoding' });
    if (request.headers['if-none-match'] === page.etag) return reply.code(304).send();
    reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': contentSecurityPolicy });
    const compressed = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    if (compressed) reply.header('content-encoding', 'gzip');
    return reply.send(compressed ? page.gzipped : await uncompressed(page));
  });

  app.get('/health/live', async () => ({ status: 'up' }));

  app.get('/health/ready', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    if (state.phase !== 'serving') return reply.code(503).send({ status: state.phase, subgraphs: [] });
    const status = supergraph?.();
    return { status: 'up', ...(status && { supergraph: status }), subgraphs: await state.gateway.health() };
  });

  async function drain(): Promise<void> {
    const loaded = 'gateway' in state ? state.gateway : undefined;
    state = { phase: 'draining', ...(loaded && { gateway: loaded }) };
    await stop();
    // Requests whose connections were cut are canceled now, but not over yet.
    await Promise.allSettled(inFlight);
    await loaded?.close();
  }

  return {
    listen: (options) => app.listen(options),
    close() {
      closed ??= drain();
      return closed;
    },
  };
}

/** A Fastify that knows how to name requests and how to refuse them, but no routes. */
function createApp(log: Logger): FastifyInstance {
  const app = fastify({
    bodyLimit,
    requestTimeout: 30_000,
    // While draining, a request on an open connection is answered like any other.
    return503OnClosing: false,
    genReqId: requestId,
    frameworkErrors: (error, _request, reply) => void send(reply as FastifyReply, refusal(error.statusCode ?? 400)),
    clientErrorHandler: refuseMalformed,
  });
  // Bodies are read as text: what is wrong with them is for GraphQL over HTTP to say.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
  app.addHook('onResponse', async ({ id, method, url }, { statusCode, elapsedTime }) => {
    const path = url.split('?', 1)[0];
    log.debug({ requestId: id, method, path, status: statusCode, ms: Math.round(elapsedTime) }, 'request');
  });
  app.setNotFoundHandler((_request, reply) => send(reply, refusal(404)));
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ requestId: request.id, err: error }, 'a request failed');
    return send(reply, refusal(status));
  });
  return app;
}

function send(reply: FastifyReply, { status, headers, body }: HttpAnswer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

/** The client's own id where it's harmless in logs and headers, a new one otherwise. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}

/** Aborted when the connection closes before the answer is out. */
function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Answers what isn't HTTP at all; there is no request yet that a handler could be given. */
function refuseMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const known: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };
  const { status, headers, body } = refusal(known[error.code ?? ''] ?? 400, { connection: 'close' });
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) });
  socket.end(`HTTP/1.1 ${status} \r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
}
