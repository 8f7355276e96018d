import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Gateway } from '../supergraph/gateway.ts';
import { Cancellation } from '../transport/cancellation.ts';
import { type Compression, compressed, encodingFor, isCompressible } from './compression.ts';
import { type GraphQLOverHttpOptions, type GraphQLRequest, graphqlOverHttp } from './over-http.ts';
import { type HttpAnswer, refusal } from './refusal.ts';

/** What the route needs. */
export interface GraphQLRouteOptions extends GraphQLOverHttpOptions {
  /** @default 'remote' */
  readonly compression?: Compression;
}

/** The route /graphql. Its answers go out past Fastify, which would read their headers again, count their bytes twice and call hooks. */
export class GraphQLRoute {
  readonly #answer: ReturnType<typeof graphqlOverHttp>;
  readonly #log: Logger;
  readonly #compression: Compression;
  /** Requests that are not answered yet, by their responses. */
  readonly #inFlight = new Map<ServerResponse, Cancellation>();
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
    const { id } = request;
    const response = reply.hijack().raw;
    const cancellation = new Cancellation();
    const answer = gateway ? this.#answer(gateway, asked(request, cancellation)) : noSchema;
    if (answer instanceof Promise) this.#later(response, id, answer, cancellation);
    else this.#send(response, id, answer);
  }

  /** Requests that came over a connection and are not answered yet. */
  inFlight(socket: Socket): ServerResponse[] {
    return [...this.#inFlight.keys()].filter(({ req }) => req.socket === socket);
  }

  /** Its client has gone. One listener for each connection costs less than one for each request. */
  gone(socket: Socket): void {
    for (const response of this.inFlight(socket)) this.#inFlight.get(response)?.cancel();
  }

  /** From now on connections end with the answer that is out next. */
  drain(): void {
    this.#draining = true;
  }

  /** Resolves once nothing is worked on. */
  async idle(): Promise<void> {
    while (this.#working > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
  }

  #later(response: ServerResponse, id: string, answer: Promise<HttpAnswer>, cancellation: Cancellation): void {
    this.#working += 1;
    this.#inFlight.set(response, cancellation);
    const send = (result: HttpAnswer) => {
      this.#inFlight.delete(response);
      this.#send(response, id, result);
      this.#done();
    };
    answer.then(send, (err: unknown) => {
      this.#log.error({ requestId: id, err }, 'a request failed');
      send(refusal(500));
    });
  }

  #done(): void {
    this.#working -= 1;
    if (this.#working === 0) this.#idle?.();
  }

  #send(response: ServerResponse, id: string, answer: HttpAnswer): void {
    if (isCompressible(answer.body, response.req, this.#compression)) this.#sendSmall(response, id, answer);
    else this.#write(response, id, answer, answer.body);
  }

  #sendSmall(response: ServerResponse, id: string, { status, headers, body }: HttpAnswer): void {
    const encoding = encodingFor(response.req);
    const varied = { status, headers: { ...headers, vary: 'accept-encoding' } };
    if (!encoding) return void this.#write(response, id, varied, body);
    this.#working += 1;
    const encoded = { status, headers: { ...varied.headers, 'content-encoding': encoding } };
    compressed(body, encoding)
      .then((bytes) => this.#write(response, id, encoded, bytes))
      .finally(() => this.#done());
  }

  #write(response: ServerResponse, id: string, { status, headers }: Head, body: string | Buffer): void {
    if (response.destroyed) return;
    const fields = ['x-request-id', id, 'content-length', String(Buffer.byteLength(body))];
    for (const [name, value] of Object.entries(headers)) fields.push(name, value);
    if (this.#draining) fields.push('connection', 'close');
    response.writeHead(status, fields).end(body);
  }
}

type Head = Pick<HttpAnswer, 'status' | 'headers'>;

function asked({ id, body, raw }: FastifyRequest, cancellation: Cancellation): GraphQLRequest {
  const { method = '', url = '', headers } = raw;
  return { method, url, headers, body: typeof body === 'string' ? body : '', cancellation, id };
}

const noSchema = refusal(503, { 'retry-after': '1' });
