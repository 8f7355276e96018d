import { GraphQLError } from 'graphql';
import { createHandler, type Request, type RequestParams } from 'graphql-http';
import type { Logger } from 'pino';
import { Operations } from '../operations/operation.ts';
import type { Gateway } from '../supergraph/gateway.ts';
import type { Generation } from '../supergraph/generation.ts';
import { execute } from './execute.ts';
import { type HttpAnswer, refusal } from './refusal.ts';

/** A request to /graphql. */
export interface GraphQLRequest {
  readonly method: string;
  /** Path and query string. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Empty where there is none. */
  readonly body: string;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  readonly id: string;
}

/** What GraphQL over HTTP needs. */
export interface GraphQLOverHttpOptions {
  readonly log: Logger;
  /** How long all of a request's fetches may take together, in milliseconds. What is missing then is null. */
  readonly requestTimeoutMs: number;
}

/** Answers requests by the specification "GraphQL over HTTP". */
export function graphqlOverHttp({ log, requestTimeoutMs }: GraphQLOverHttpOptions) {
  const operations = new Operations();
  const handler = createHandler<GraphQLRequest, Exchange>({
    onSubscribe: (request, params) => request.context.gateway.use((generation) => run(generation, request, params)),
    formatError: coded,
  });

  async function run(
    generation: Generation,
    { method, raw: { signal, id }, context: exchange }: Request<GraphQLRequest, Exchange>,
    { query, operationName, variables }: RequestParams,
  ) {
    const operation = operations.prepare(generation.schema, { query, operationName });
    if (!('definition' in operation)) return operation;
    const kind = operation.definition.operation;
    // Links, images and crawlers send GETs: they mustn't change anything.
    if (kind === 'mutation' && method === 'GET') return response(refusal(405, { allow: 'POST' }));
    if (kind === 'subscription') return [unsupported(kind)];

    const deadline = performance.now() + requestTimeoutMs;
    const outcome = await execute(generation, operation, variables ?? {}, { signal, deadline, requestId: id }, log);
    if (outcome.kind === 'answered') return outcome.result;
    exchange.failed = outcome.kind === 'failed';
    return outcome.errors;
  }

  return async (gateway: Gateway, request: GraphQLRequest): Promise<HttpAnswer> => {
    const { method, url, headers, body } = request;
    const exchange: Exchange = { gateway, failed: false };
    const [text, init] = await handler({
      method,
      url,
      headers: single(headers),
      body,
      raw: request,
      context: exchange,
    });
    if (text === null) return refusal(init.status, init.headers);
    return { status: exchange.failed ? 500 : init.status, headers: init.headers ?? {}, body: text };
  };
}

/** What one request carries past the library that reads and writes HTTP. */
interface Exchange {
  readonly gateway: Gateway;
  /** Whether the fault is the gateway's. The library would call it the client's. */
  failed: boolean;
}

function response({ status, headers, body }: HttpAnswer) {
  return [body, { status, statusText: '', headers }] as const;
}

/** The library's own errors have no code; all of them say that the request is malformed. */
function coded(error: Readonly<GraphQLError | Error>): GraphQLError | Error {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError(error.message, { extensions: { code: 'BAD_REQUEST' } });
}

function unsupported(kind: string): GraphQLError {
  return new GraphQLError(`A ${kind} can't be answered over HTTP.`, {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });
}

function single(headers: GraphQLRequest['headers']): Record<string, string | undefined> {
  const { accept, 'content-type': type } = headers;
  return { accept: accept?.toString(), 'content-type': type?.toString() };
}
