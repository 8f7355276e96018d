import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Logger } from 'pino';
import { drainable } from '../subgraphs/kit/drain.ts';
import type { DemoIssuer } from './access/identity/demo-callers.ts';
import type { TlsOptions } from './access/tls.ts';
import { serveDemoCallers } from './console/demo-callers.ts';
import { KnownSystems } from './console/known-systems.ts';
import { type ConsoleOptions, serveConsole } from './console/serve.ts';
import type { Connections } from './http/connections.ts';
import { guardHosts } from './http/hosts.ts';
import { refuseMalformed } from './http/malformed.ts';
import { bodyTooLarge, type HttpAnswer, refusal } from './http/refusal.ts';
import { sendAnswer } from './http/reply.ts';
import { GraphQLRoute, type GraphQLRouteOptions } from './http/route.ts';
import type { Gateway } from './supergraph/gateway.ts';
import type { SupergraphStatus } from './supergraph/status.ts';
import { type OperatorOptions, serveOperators } from './telemetry/serve.ts';

/** What a server is made of. */
export interface ServerOptions extends GraphQLRouteOptions {
  /** A server may listen while its gateway still loads; until then it isn't ready. A rejection is the caller's to report. */
  readonly gateway: Gateway | Promise<Gateway>;
  /** What the console at / is told. @default there is none */
  readonly console?: ConsoleOptions['config'] | undefined;
  /** How long requests in flight may go on after `close`, in milliseconds. @default 8000 */
  readonly drainTimeoutMs?: number;
  /**
   * How long a connection may stand still, in milliseconds: while its answer is made, or because the client does not read it. What
   * it holds is let go then. @default 30 seconds more than a request may take
   */
  readonly stallTimeoutMs?: number;
  /** Whether only names that this machine alone has, and the hosts of `origins`, are answered: see `guardHosts`. @default false */
  readonly localNamesOnly?: boolean;
  /** Whether the gateway has what its files say, where something sees to that. */
  readonly supergraph?: () => SupergraphStatus | undefined;
  /** What operators are told. @default nothing */
  readonly operators?: OperatorOptions | undefined;
  /** Who the demo callers are, where there are any. */
  readonly demo?: DemoIssuer | undefined;
  /** @default without TLS */
  readonly tls?: TlsOptions | undefined;
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

/**
 * Which routes exist: /graphql, the console at /, demo callers at /demo in development, /health/live and /health/ready, and for operators
 * /metrics and /systems.json.
 */
export function createServer(options: ServerOptions): GatewayServer {
  const { gateway, access, log, drainTimeoutMs = 8_000, supergraph, tls } = options;
  const { stallTimeoutMs = options.requestTimeoutMs + 30_000 } = options;
  let state: State = { phase: 'starting' };
  let closed: Promise<void> | undefined;
  const graphql = new GraphQLRoute(options);
  const bodyLimit = access.limits.body_bytes;
  const { connections } = graphql;
  /** Refuses what doesn't get as far as its route. At /graphql it counts like any other. */
  const refuse: Refuse = (request, reply, answer) => {
    if (request.routeOptions.url === '/graphql') graphql.refuse(request, reply, answer);
    else void sendAnswer(reply, answer);
  };
  const app = createApp({ log, bodyLimit, tls, connections, connectionTimeout: stallTimeoutMs, refuse });
  app.server.on('connection', (socket) => connections.opened(socket));
  const stop = drainable(app, drainTimeoutMs);
  if (options.localNamesOnly) {
    const refusalOf = guardHosts(options.origins ?? []);
    app.addHook('onRequest', (request, reply, done) => {
      const answer = refusalOf(request.raw);
      if (answer) refuse(request, reply, answer);
      else done();
    });
  }

  Promise.resolve(gateway).then(
    (loaded) => {
      if (state.phase === 'starting') state = { phase: 'serving', gateway: loaded };
      else void loaded.close();
    },
    () => {},
  );

  app.all('/graphql', (request, reply) =>
    graphql.handle(request, reply, 'gateway' in state ? state.gateway : undefined),
  );

  app.register(async (others) => {
    others.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id);
      done();
    });

    if (options.console) {
      const known = new KnownSystems(() => ('gateway' in state ? state.gateway?.health() : undefined));
      serveConsole(others, { config: options.console, systems: () => known.byName() });
    }

    if (options.demo) serveDemoCallers(others, options.demo);

    if (options.operators) {
      const inUse = () => ('gateway' in state ? state.gateway : undefined);
      serveOperators(others, { ...options.operators, access, gateway: inUse, supergraph: () => supergraph?.() });
    }

    others.get('/health/live', async () => ({ status: 'up' }));

    others.get('/health/ready', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      if (state.phase !== 'serving') return reply.code(503).send({ status: state.phase, subgraphs: [] });
      const status = supergraph?.();
      const told = status && { supergraph: { version: state.gateway.state().version, ...status } };
      return { status: 'up', ...told, subgraphs: await state.gateway.health() };
    });
  });

  async function drain(): Promise<void> {
    const loaded = 'gateway' in state ? state.gateway : undefined;
    state = { phase: 'draining', ...(loaded && { gateway: loaded }) };
    graphql.drain();
    await stop();
    // Requests whose connections were cut are canceled now, but not over yet.
    await graphql.idle();
    await Promise.all([loaded?.close(), access.close()]);
  }

  return {
    listen: (options) => app.listen(options),
    close() {
      closed ??= drain();
      return closed;
    },
  };
}

type Refuse = (request: FastifyRequest, reply: FastifyReply, answer: HttpAnswer) => void;

interface AppOptions {
  readonly log: Logger;
  readonly bodyLimit: number;
  readonly tls: TlsOptions | undefined;
  readonly connections: Connections;
  /** In milliseconds. */
  readonly connectionTimeout: number;
  readonly refuse: Refuse;
}

/** A Fastify that knows how to name requests and how to refuse them, but no routes. */
function createApp({ log, bodyLimit, tls, connections, connectionTimeout, refuse }: AppOptions): FastifyInstance {
  // Of two headers where one belongs, Node would keep the first in silence; together they are refused.
  const http = { joinDuplicateHeaders: true };
  const app: FastifyInstance = fastify({
    ...(tls ? { https: { ...tls, ...http } } : { http }),
    bodyLimit,
    requestTimeout: 30_000,
    connectionTimeout,
    // While draining, a request on an open connection is answered like any other.
    return503OnClosing: false,
    genReqId: requestId,
    frameworkErrors: (error, _request, reply) =>
      void sendAnswer(reply as FastifyReply, refusal(error.statusCode ?? 400)),
    clientErrorHandler: refuseMalformed(connections),
  });
  const tooLarge = bodyTooLarge(bodyLimit);
  // Bodies are read as text: what is wrong with them is for GraphQL over HTTP to say. A type that is named is found faster.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', '*'], { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );

  if (log.isLevelEnabled('debug')) {
    app.addHook('onResponse', async ({ id, method, url }, { statusCode, elapsedTime }) => {
      const path = url.split('?', 1)[0];
      log.debug({ requestId: id, method, path, status: statusCode, ms: Math.round(elapsedTime) }, 'request');
    });
  }
  app.setNotFoundHandler((_request, reply) => sendAnswer(reply, refusal(404)));
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ requestId: request.id, err: error }, 'a request failed');
    refuse(request, reply, status === 413 ? tooLarge : refusal(status));
  });
  return app;
}

/** The client's own id where it's harmless in logs and headers, a new one otherwise. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : newId();
}

/** A UUID's random digits once for each process, then a number: nothing random has to be drawn for each request. */
const start = randomUUID().slice(0, 24);
let last = 0;

function newId(): string {
  last += 1;
  return start + last.toString(16).padStart(12, '0');
}
