import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Utf8 } from '../execution/utf8.ts';
import type { Gateway } from '../supergraph/gateway.ts';
import { traceIdOf } from '../telemetry/ids.ts';
import type { RequestObserver, RequestRecord } from '../telemetry/record.ts';
import type { Cancellation } from '../transport/cancellation.ts';
import { type Compression, compressed, encodingFor, isCompressible } from './compression.ts';
import { Connections, type Exchange } from './connections.ts';
import { type Cors, createCors } from './cors.ts';
import { requestEnd } from './observed.ts';
import { GraphQLOverHttp, type GraphQLOverHttpOptions, type GraphQLRequest } from './over-http.ts';
import { guarded, type HttpAnswer, refusal } from './refusal.ts';

/** What the route needs. */
export interface GraphQLRouteOptions extends GraphQLOverHttpOptions {
  /** @default 'remote' */
  readonly compression?: Compression;
  /** Origins whose pages may read answers. @default none */
  readonly origins?: readonly string[];
  /** Sees every request. @default nobody does */
  readonly observer?: RequestObserver | undefined;
}

/** The route /graphql. Its answers go out past Fastify, which would read their headers again, count their bytes twice and call hooks. */
export class GraphQLRoute {
  readonly connections = new Connections();
  readonly #graphql: GraphQLOverHttp;
  readonly #observer: RequestObserver | undefined;
  readonly #log: Logger;
  readonly #compression: Compression;
  readonly #cors: Cors;
  /** How many requests are worked on: also those whose client has gone. */
  #working = 0;
  #idle: (() => void) | undefined;
  #draining = false;

  constructor(options: GraphQLRouteOptions) {
    this.#graphql = new GraphQLOverHttp(options);
    this.#observer = options.observer;
    this.#log = options.log;
    this.#compression = options.compression ?? 'remote';
    this.#cors = createCors(options.origins ?? []);
  }

  /** Answers a request, now or later. */
  handle(request: FastifyRequest, reply: FastifyReply, gateway: Gateway | undefined): void {
    const exchange = this.connections.begin(request.id, reply.hijack().raw);
    if (!exchange) return;
    if (exchange.connection.ending) return void this.#answer(exchange, request, tooMany);
    if (isDoubtful(request.raw)) {
      exchange.connection.ending = true;
      return void this.#answer(exchange, request, doubtful);
    }
    const preflight = request.method === 'OPTIONS' ? this.#cors.preflight(request.headers) : undefined;
    if (!preflight) return void this.#answer(exchange, request, undefined, gateway);
    // No request for data: a browser asks whether it may send one.
    this.connections.end(exchange);
    this.#write(exchange, preflight, preflight.body);
  }

  /** Refuses a request of which no more is read. What follows on its connection may be the rest of it, so that ends, too. */
  refuse(request: FastifyRequest, reply: FastifyReply, answer: HttpAnswer): void {
    const { raw } = reply.hijack();
    // What broke off was never a request.
    const exchange = raw.destroyed ? undefined : this.connections.begin(request.id, raw);
    if (!exchange) return;
    exchange.connection.ending = true;
    void this.#answer(exchange, request, answer);
  }

  /** From now on each connection ends with the answer to the last request on it. */
  drain(): void {
    this.#draining = true;
  }

  /** Resolves once nothing is worked on. */
  async idle(): Promise<void> {
    if (this.#working === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }

  /** Finds the answer, where it isn't known before the request is looked at, and sends it. Never rejects. */
  async #answer(
    exchange: Exchange,
    request: FastifyRequest,
    known: HttpAnswer | undefined,
    gateway?: Gateway,
  ): Promise<void> {
    this.#working += 1;
    let record: RequestRecord | undefined;
    let answer = known ?? internal;
    try {
      const asking = asked(request, exchange.cancellation);
      record = this.#observer?.begin(asking);
      // Waits also for what is found at once: requests that came in one piece are then all known before the first is answered.
      answer = known ?? (await this.#graphql.answer(gateway, asking, record));
    } catch (err) {
      this.#log.error({ requestId: exchange.id, traceId: traceIdOf(record?.trace), err }, 'a request failed');
    }
    try {
      if (record) this.#observer?.end(record, requestEnd(record, exchange.cancellation, answer));
      if (isCompressible(answer.body, exchange.response.req, this.#compression))
        await this.#sendSmall(exchange, answer);
      else this.#write(exchange, answer, answer.body);
    } catch (err) {
      this.#log.error({ requestId: exchange.id, err }, 'a request failed');
      if (exchange.response.headersSent) exchange.response.destroy();
      else this.#write(exchange, internal, internal.body);
    }
    this.connections.end(exchange);
    this.#working -= 1;
    if (this.#working === 0) this.#idle?.();
  }

  async #sendSmall(exchange: Exchange, { status, headers, body }: HttpAnswer): Promise<void> {
    const encoding = encodingFor(exchange.response.req);
    const varied = [...headers, 'vary', 'accept-encoding'];
    if (!encoding) return this.#write(exchange, { status, headers: varied }, body);
    const bytes = await compressed(body, encoding);
    this.#write(exchange, { status, headers: [...varied, 'content-encoding', encoding] }, bytes);
  }

  #write(exchange: Exchange, { status, headers }: Head, body: Utf8 | Buffer): void {
    const { response, id } = exchange;
    if (response.destroyed) return;
    const fields = [...headers, ...guarded, ...this.#cors.headers(response.req.headers.origin), 'x-request-id', id];
    // RFC 9110, section 8.6: no length where there can be no body.
    if (status !== 204) fields.push('content-length', String(body.length));
    // Only the last, since what comes after it is not sent.
    if ((this.#draining || exchange.connection.ending) && this.connections.isLast(exchange))
      fields.push('connection', 'close');
    response.writeHead(status, fields).end(body, 'latin1');
  }
}

type Head = Pick<HttpAnswer, 'status' | 'headers'>;

function asked({ id, body, raw }: FastifyRequest, cancellation: Cancellation): GraphQLRequest {
  const { method = '', url = '', headers, socket } = raw;
  return { method, url, headers, socket, body: typeof body === 'string' ? body : '', cancellation, id };
}

/**
 * Whether a proxy before this server may have read another request out of the same bytes (RFC 9112): two hosts (section 3.2), or a
 * body in chunks from a program that can't know of them (section 6.1). What else could be read in two ways isn't HTTP to Node's
 * parser, which is strict.
 */
function isDoubtful({ headers, httpVersion }: IncomingMessage): boolean {
  if (headers.host?.includes(',')) return true;
  return httpVersion === '1.0' && headers['transfer-encoding'] !== undefined;
}

const tooMany = refusal(429);
const doubtful = refusal(400);
const internal = refusal(500);
