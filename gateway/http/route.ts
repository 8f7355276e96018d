import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Utf8 } from '../execution/utf8.ts';
import type { Gateway } from '../supergraph/gateway.ts';
import type { Cancellation } from '../transport/cancellation.ts';
import { type Compression, compressed, encodingFor, isCompressible } from './compression.ts';
import { Connections, type Exchange } from './connections.ts';
import { type GraphQLOverHttpOptions, type GraphQLRequest, graphqlOverHttp } from './over-http.ts';
import { type HttpAnswer, refusal } from './refusal.ts';

/** What the route needs. */
export interface GraphQLRouteOptions extends GraphQLOverHttpOptions {
  /** @default 'remote' */
  readonly compression?: Compression;
}

/** The route /graphql. Its answers go out past Fastify, which would read their headers again, count their bytes twice and call hooks. */
export class GraphQLRoute {
  readonly connections = new Connections();
  readonly #answer: ReturnType<typeof graphqlOverHttp>;
  readonly #log: Logger;
  readonly #compression: Compression;
  /** How many requests are worked on: also those whose client has gone. */
  #working = 0;
  #idle: (() => void) | undefined;
  #draining = false;

  constructor(options: GraphQLRouteOptions) {
    this.#answer = graphqlOverHttp(options);
    this.#log = options.log;
    this.#compression = options.compression ?? 'remote';
  }

  /** Answers a request, now or later. */
  handle(request: FastifyRequest, reply: FastifyReply, gateway: Gateway | undefined): void {
    const exchange = this.connections.begin(request.id, reply.hijack().raw);
    if (!exchange) return;
    if (exchange.connection.overdone) return void this.#send(exchange, tooMany);
    const answer = gateway ? this.#answer(gateway, asked(request, exchange.cancellation)) : noSchema;
    void this.#send(exchange, answer);
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

  /** Never rejects. */
  async #send(exchange: Exchange, answer: HttpAnswer | Promise<HttpAnswer>): Promise<void> {
    this.#working += 1;
    try {
      const answered = answer instanceof Promise ? await answer : answer;
      if (isCompressible(answered.body, exchange.response.req, this.#compression)) {
        await this.#sendSmall(exchange, answered);
      } else {
        this.#write(exchange, answered, answered.body);
      }
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
    const fields = [...headers, 'x-request-id', id, 'content-length', String(body.length)];
    // Only the last, since what comes after it is not sent.
    if ((this.#draining || exchange.connection.overdone) && this.connections.isLast(exchange))
      fields.push('connection', 'close');
    response.writeHead(status, fields).end(body, 'latin1');
  }
}

type Head = Pick<HttpAnswer, 'status' | 'headers'>;

function asked({ id, body, raw }: FastifyRequest, cancellation: Cancellation): GraphQLRequest {
  const { method = '', url = '', headers } = raw;
  return { method, url, headers, body: typeof body === 'string' ? body : '', cancellation, id };
}

const noSchema = refusal(503, ['retry-after', '1']);
const tooMany = refusal(429);
const internal = refusal(500);
