import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import Fastify, { type FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { drainable } from './drain.ts';
import { answerOverHttp, type HttpAnswer, refusal } from './over-http.ts';
import type { Subgraph, SubgraphLog } from './subgraph.ts';
import type { Span } from './telemetry/trace.ts';
import type { Tracer } from './telemetry/tracer.ts';
import { type Trust, type TrustedHead, UntrustedError, Verifier } from './trust/verifier.ts';

/** Where a subgraph listens, and how it stops. */
export interface SubgraphServerOptions {
  readonly host: string;
  readonly port: number;
  /** How long requests in flight may go on after `close`, in milliseconds. @default 8000 */
  readonly drainTimeoutMs?: number;
  /** By what it knows the gateway's requests. @default it answers everybody */
  readonly trust?: Trust | undefined;
  /** Where it says whom it refused. @default nowhere */
  readonly log?: SubgraphLog;
  /** Records requests, where those who ask do: the gateway decides. @default nothing is recorded */
  readonly tracer?: Tracer | undefined;
  /** What `/metrics` answers with. @default there is no such path */
  readonly metrics?: Pick<Registry, 'metrics' | 'contentType'> | undefined;
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
 * Serves a subgraph over HTTP: `POST /graphql` by the GraphQL-over-HTTP specification, `/health/live`, `/health/ready` and `/metrics`. A
 * client that goes away cancels its calls to the system. With `trust`, what doesn't come from the gateway is refused before anything of
 * it is read: status 401, code `UNTRUSTED_REQUEST`.
 *
 * Health and metrics are open to whoever reaches the port, since probes and collectors don't sign: a subgraph is internal, and neither
 * holds anything of a client but counts.
 */
export async function serveSubgraph(
  subgraph: Subgraph,
  { host, port, drainTimeoutMs = 8_000, trust, log, tracer, metrics }: SubgraphServerOptions,
): Promise<SubgraphServer> {
  const server = Fastify({ forceCloseConnections: 'idle', bodyLimit: 16 * 1024 * 1024 });
  // Bodies are read as text: what is wrong with them is for GraphQL over HTTP to say.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  const verifier = trust && new Verifier(subgraph.name, trust);
  const heads = new WeakMap<FastifyRequest, TrustedHead>();
  server.setErrorHandler((error, request, reply) => {
    if (!(error instanceof UntrustedError)) throw error;
    const requestId = requestIdOf(request);
    log?.warn({ subgraph: subgraph.name, requestId, reason: error.message }, 'refused a request');
    const { status, type, text } = refusal(error, request.headers);
    // RFC 9110, section 15.5.2: it says what would have been accepted. The connection may still bring a body, which nobody reads.
    reply.code(status).headers({ 'www-authenticate': 'Signature', connection: 'close', 'content-type': type });
    return reply.send(text);
  });
  // Ahead of the body, which nobody else gets read.
  const onRequest = async (request: FastifyRequest) => {
    const { method = '', url = '' } = request.raw;
    if (verifier) heads.set(request, verifier.readHead({ method, url, headers: request.headers }));
  };

  server.post('/graphql', { onRequest }, async (request, reply) => {
    const { headers } = request;
    const body = typeof request.body === 'string' ? request.body : '';
    const controller = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) controller.abort();
    });
    const claims = await verifier?.accept(heads.get(request), body);
    const caller = claims && { claims };
    // Only now: what nobody trusts begins no span.
    const trace = tracer?.start(headers, 'POST /graphql', spanAttributes);
    const call = { signal: controller.signal, requestId: requestIdOf(request), caller, trace };
    const answering = answerOverHttp(subgraph, headers, body, call);
    const { status, type, text } = await (trace && 'end' in trace ? ended(trace, answering) : answering);
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
  if (metrics)
    server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
  const close = drainable(server, drainTimeoutMs);
  return { origin: await server.listen({ host, port }), close };
}

const spanAttributes = { 'http.request.method': 'POST', 'http.route': '/graphql' };

/** The answer, once its span is over. */
async function ended(span: Span, answering: Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    const answer = await answering;
    span.set({ 'http.response.status_code': answer.status });
    span.end(answer.status >= 500 ? String(answer.status) : undefined);
    return answer;
  } catch (error) {
    span.end('INTERNAL_SERVER_ERROR');
    throw error;
  }
}

function requestIdOf({ headers }: FastifyRequest): string {
  const given = String(headers['x-request-id'] ?? '');
  return /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}

function acceptsGzip(accept: string | string[] | undefined): boolean {
  return /(^|[,\s])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))\s*(;|,|$)/i.test(String(accept ?? ''));
}
