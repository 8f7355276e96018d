import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { passedOn } from '../../subgraphs/kit/telemetry/context.ts';
import type { Access } from '../access/access.ts';
import type { Admitted } from '../access/admission.ts';
import { deniedRules } from '../access/authorization.ts';
import type { Caller } from '../access/caller.ts';
import { execute } from '../execution/execute.ts';
import { estimateCost } from '../operations/cost/estimate.ts';
import { tooExpensive } from '../operations/limits/expensive.ts';
import { withoutForeignNames } from '../operations/limits/names.ts';
import { checkText } from '../operations/limits/text.ts';
import type { Afford } from '../operations/operations.ts';
import { busy, type Refusal } from '../operations/refusal.ts';
import type { Gateway } from '../supergraph/gateway.ts';
import type { Generation } from '../supergraph/generation.ts';
import { type RequestRecord, recordOf } from '../telemetry/record.ts';
import type { Cancellation } from '../transport/cancellation.ts';
import { type AnswerType, answerType, isJson } from './accept.ts';
import { checkVariables } from './input.ts';
import { checkJsonValues } from './json-values.ts';
import { endPrepare, inSpan } from './observed.ts';
import { type Parameters, parametersOfBody, parametersOfUrl } from './parameters.ts';
import { isPreflighted } from './preflight.ts';
import { type HttpAnswer, refusal } from './refusal.ts';
import { answered, unrun } from './unrun.ts';

/** A request to /graphql. */
export interface GraphQLRequest {
  readonly method: string;
  /** Path and query string. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The connection that it came by. */
  readonly socket: Socket;
  /** Empty where there is none. */
  readonly body: string;
  /** Tells when the client is gone. */
  readonly cancellation: Cancellation;
  readonly id: string;
}

/** What GraphQL over HTTP needs. */
export interface GraphQLOverHttpOptions {
  readonly log: Logger;
  readonly access: Access;
  /** How long all of a request's fetches may take together, in milliseconds. What is missing then is null. */
  readonly requestTimeoutMs: number;
  /** Whether a GET has to prove that no page of another site sent it. @default false */
  readonly preflightedGet?: boolean;
  /** Whether clients may read the schema; if not, no message has a name of it that they didn't send. @default true */
  readonly introspection?: boolean;
  /** Whether a caller may be told how an answer was made: plan and times of fetches. @default nobody may */
  readonly tellsTrace?: ((caller: Caller) => boolean) | undefined;
}

/** A request that was read and whose caller is known. */
interface Asking {
  readonly request: GraphQLRequest;
  readonly type: AnswerType;
  readonly parameters: Parameters;
  readonly admitted: Admitted;
  /** By `performance.now()`. */
  readonly deadline: number;
  readonly record: RequestRecord | undefined;
}

/**
 * Answers requests by the specification "GraphQL over HTTP". Each passes the same rooms in the same order: what it is, who asks, how often, what
 * they ask for, whether they may. Never rejects but for faults of the gateway itself.
 */
export class GraphQLOverHttp {
  readonly #options: GraphQLOverHttpOptions;

  constructor(options: GraphQLOverHttpOptions) {
    this.#options = options;
  }

  /**
   * The answer, at once or later; without a gateway, that it's to be asked for again. What becomes known on the way is written into
   * `record`, where there is one.
   */
  answer(
    gateway: Gateway | undefined,
    request: GraphQLRequest,
    record: RequestRecord | undefined,
  ): HttpAnswer | Promise<HttpAnswer> {
    if (!gateway) return noSchema;
    const { accept } = request.headers;
    const type = accept === undefined ? 'application/json' : answerType(accept);
    if (type === undefined) return refusal(406, ['accept', acceptable]);
    const unread = this.#refuseForm(request);
    if (unread) return unread;
    return this.#admitted(gateway, request, type, record);
  }

  /** What is wrong with a request before anything in it is read. */
  #refuseForm({ method, headers }: GraphQLRequest): HttpAnswer | undefined {
    if (method === 'POST') return isJson(headers['content-type'] ?? '') ? undefined : refusal(415);
    if (method !== 'GET') return refusal(405, ['allow', 'GET, POST']);
    return this.#options.preflightedGet && !isPreflighted(headers) ? refusal(403) : undefined;
  }

  async #admitted(
    gateway: Gateway,
    request: GraphQLRequest,
    type: AnswerType,
    record: RequestRecord | undefined,
  ): Promise<HttpAnswer> {
    const deadline = performance.now() + this.#options.requestTimeoutMs;
    const admitting = this.#options.access.admission.admit(request.headers, request.socket);
    // Who asked before is known at once; waiting for that would cost a turn. So it is with all that follows.
    const admitted = admitting instanceof Promise ? await inSpan(record, 'admit', admitting) : admitting;
    if ('status' in admitted) return admitted;
    try {
      const isPost = request.method === 'POST';
      const tooMany = isPost ? checkJsonValues(request.body, this.#options.access.limits) : undefined;
      if (tooMany) return unrun(type, [tooMany]);
      const parameters = isPost ? parametersOfBody(request.body) : parametersOfUrl(request.url);
      if (typeof parameters === 'string') return refusal(400, [], { code: 'BAD_REQUEST', message: parameters });
      const tooLarge = checkVariables(parameters.variables, this.#options.access.limits);
      if (tooLarge) return unrun(type, [tooLarge]);
      const asking = { request, type, parameters, admitted, deadline, record };
      return await gateway.use((generation) => this.#run(generation, asking));
    } finally {
      admitted.leave();
    }
  }

  async #run(generation: Generation, asking: Asking): Promise<HttpAnswer> {
    const { log, access } = this.#options;
    const { request, type, parameters, admitted, deadline } = asking;
    // Where nobody sees requests, only who asks for it gets one written down.
    const isTold = parameters.sources || parameters.trace;
    const record = asking.record ?? (isTold ? recordOf(request.id, passedOn(request.headers)) : undefined);
    const { operations, transports, fetchTimeoutMs } = generation;
    const tooLongToHash = parameters.query === undefined ? undefined : checkText(parameters.query, access.limits);
    if (tooLongToHash) return unrun(type, [tooLongToHash]);
    const resolving = access.persisted.resolve(parameters);
    const resolved = resolving instanceof Promise ? await resolving : resolving;
    if (resolved.kind === 'refused') return refusal(resolved.status, [], resolved.error);
    const { query, remember } = resolved;
    // What names it is kept and compared as well, and may be longer than the text.
    const tooLong = checkText(query + (parameters.operationName ?? ''), access.limits);
    if (tooLong) return unrun(type, [tooLong]);
    const deciding = deniedRules(admitted.caller, operations.rules, access.policies);
    const denied = typeof deciding === 'string' ? deciding : await deciding;

    const { cost: maximum } = access.limits;
    const afford: Afford = (cost, literals) => {
      const estimated = estimateCost(cost, { ...parameters.variables, ...literals });
      return estimated > maximum ? [tooExpensive({ estimated, maximum })] : undefined;
    };
    const who = admitted.caller.kind === 'anyone' ? undefined : admitted.caller.id;
    const began = record ? performance.now() : 0;
    const span = record?.trace?.begin?.('prepare', 'internal');
    const preparing = operations.prepare(query, parameters.operationName, denied, afford, who);
    const prepared = 'kind' in preparing ? preparing : await preparing;
    if (record && prepared !== preparing) {
      record.preparingMs = performance.now() - began;
      record.planned = prepared.kind === 'ready' && prepared.planned;
    }
    if (span) endPrepare(span, prepared, record?.planned);
    if (prepared.kind === 'busy') return tooBusy;
    if (prepared.kind === 'refused') return unrun(type, prepared.errors);
    remember?.();
    const { operation, literals } = prepared;
    const { kind } = operation.program;
    if (record) record.operation = operation.program;
    // Links, images and crawlers send GETs: they mustn't change anything.
    if (kind === 'mutation' && request.method === 'GET') return refusal(405, ['allow', 'POST']);
    if (kind === 'subscription') return unrun(type, [unsupported]);

    const tellsTrace = parameters.trace ? this.#tellsTrace(admitted.caller) : undefined;
    const outcome = await execute({
      operation,
      literals,
      variables: parameters.variables,
      transports,
      fetchTimeoutMs,
      introspect: (query, variables) => operations.introspect(query, variables),
      call: {
        cancellation: request.cancellation,
        deadline,
        requestId: request.id,
        caller: access.callers.of(admitted.caller, request.headers),
        record,
        trace: record ? record.trace : passedOn(request.headers),
        measures: tellsTrace === 'told',
      },
      rejects: access.rejects,
      maximumCost: maximum,
      tellsCost: parameters.cost,
      tellsSources: parameters.sources,
      tellsTrace,
      log,
    });
    if (outcome.kind === 'answered') return answered(type, outcome.body);
    if (outcome.kind === 'unauthorized')
      return { ...unrun(type, outcome.errors), status: admitted.caller.kind === 'anonymous' ? 401 : 403 };
    // Introspection that variables decide about is answered by a planning process each time.
    if (outcome.errors.includes(busy)) return tooBusy;
    const answer = unrun(type, this.#told(outcome.errors, query, parameters));
    return outcome.kind === 'failed' ? { ...answer, status: 500 } : answer;
  }

  #tellsTrace(caller: Caller): 'told' | 'refused' {
    return this.#options.tellsTrace?.(caller) ? 'told' : 'refused';
  }

  #told(errors: readonly Refusal[], query: string, { variables }: Parameters): readonly Refusal[] {
    if (this.#options.introspection ?? true) return errors;
    const sent = query + JSON.stringify(variables);
    return errors.map((error) => ({ ...error, message: withoutForeignNames(error.message, sent) }));
  }
}

const acceptable = 'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8';

const noSchema = refusal(503, ['retry-after', '1']);
const tooBusy = refusal(503, ['retry-after', '1'], { code: busy.extensions.code, message: busy.message });

const unsupported: Refusal = {
  message: "A subscription can't be answered over HTTP.",
  extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
};
