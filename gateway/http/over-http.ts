import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from 'pino';
import { execute } from '../execution/execute.ts';
import { utf8 } from '../execution/utf8.ts';
import { busy, type Refusal } from '../operations/refusal.ts';
import type { Gateway } from '../supergraph/gateway.ts';
import type { Generation } from '../supergraph/generation.ts';
import type { Cancellation } from '../transport/cancellation.ts';
import { type AnswerType, answerType, isJson } from './accept.ts';
import { type Parameters, parametersOfBody, parametersOfUrl } from './parameters.ts';
import { isPreflighted } from './preflight.ts';
import { type HttpAnswer, refusal } from './refusal.ts';

/** A request to /graphql. */
export interface GraphQLRequest {
  readonly method: string;
  /** Path and query string. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Empty where there is none. */
  readonly body: string;
  /** Tells when the client is gone. */
  readonly cancellation: Cancellation;
  readonly id: string;
}

/** What GraphQL over HTTP needs. */
export interface GraphQLOverHttpOptions {
  readonly log: Logger;
  /** How long all of a request's fetches may take together, in milliseconds. What is missing then is null. */
  readonly requestTimeoutMs: number;
  /** Whether a GET has to prove that no page of another site sent it. @default false */
  readonly preflightedGet?: boolean;
}

/** Answers requests by the specification "GraphQL over HTTP". Never rejects but for faults of the gateway itself. */
export function graphqlOverHttp(options: GraphQLOverHttpOptions) {
  const { log, requestTimeoutMs, preflightedGet = false } = options;

  async function run(generation: Generation, type: AnswerType, parameters: Parameters, request: GraphQLRequest) {
    const deadline = performance.now() + requestTimeoutMs;
    const { operations, transports, fetchTimeoutMs } = generation;
    const preparing = operations.prepare(parameters.query, parameters.operationName);
    // A seen operation is there at once; waiting for it would cost a turn.
    const prepared = 'kind' in preparing ? preparing : await preparing;
    if (prepared.kind === 'busy') return tooBusy;
    if (prepared.kind === 'refused') return unrun(type, prepared.errors);
    const { operation, literals } = prepared;
    const { kind } = operation.program;
    // Links, images and crawlers send GETs: they mustn't change anything.
    if (kind === 'mutation' && request.method === 'GET') return refusal(405, ['allow', 'POST']);
    if (kind === 'subscription') return unrun(type, [unsupported]);

    const outcome = await execute({
      operation,
      literals,
      variables: parameters.variables,
      transports,
      fetchTimeoutMs,
      introspect: (query, variables) => operations.introspect(query, variables),
      call: { cancellation: request.cancellation, deadline, requestId: request.id },
      log,
    });
    if (outcome.kind === 'answered') return { status: 200, headers: headersOf[type], body: outcome.body };
    // Introspection that variables decide about is answered by a planning process each time.
    if (outcome.errors.includes(busy)) return tooBusy;
    const answer = unrun(type, outcome.errors);
    return outcome.kind === 'failed' ? { ...answer, status: 500 } : answer;
  }

  return (gateway: Gateway, request: GraphQLRequest): HttpAnswer | Promise<HttpAnswer> => {
    const { method, url, headers, body } = request;
    const type = headers.accept === undefined ? 'application/json' : answerType(headers.accept);
    if (type === undefined) return refusal(406, ['accept', acceptable]);
    let parameters: Parameters | string;
    if (method === 'POST') {
      if (!isJson(headers['content-type'] ?? '')) return refusal(415);
      parameters = parametersOfBody(body);
    } else if (method === 'GET') {
      if (preflightedGet && !isPreflighted(headers)) return refusal(403);
      parameters = parametersOfUrl(url);
    } else {
      return refusal(405, ['allow', 'GET, POST']);
    }
    if (typeof parameters === 'string') return refusal(400, [], { code: 'BAD_REQUEST', message: parameters });
    const asked = parameters;
    return gateway.use((generation) => run(generation, type, asked, request));
  };
}

const acceptable = 'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8';

const headersOf: Readonly<Record<AnswerType, HttpAnswer['headers']>> = {
  'application/json': ['content-type', 'application/json; charset=utf-8'],
  'application/graphql-response+json': ['content-type', 'application/graphql-response+json; charset=utf-8'],
};

const tooBusy = refusal(503, ['retry-after', '1'], { code: busy.extensions.code, message: busy.message });

const unsupported: Refusal = {
  message: "A subscription can't be answered over HTTP.",
  extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
};

/**
 * The answer for an operation that wasn't run. "GraphQL over HTTP", section 6.4: as application/json its status is 200, since what
 * is no server may answer that type, too; the newer type tells by the status.
 */
function unrun(type: AnswerType, errors: readonly Refusal[]): HttpAnswer {
  const status = type === 'application/json' ? 200 : 400;
  return { status, headers: headersOf[type], body: utf8(JSON.stringify({ errors })) };
}
