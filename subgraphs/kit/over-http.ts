import type { IncomingHttpHeaders } from 'node:http';
import type { OperationRequest } from './operations.ts';
import type { Call } from './source.ts';
import type { Subgraph } from './subgraph.ts';

/** An answer to send; without a type it has no body. */
export interface HttpAnswer {
  readonly status: number;
  readonly type?: string;
  readonly text?: string;
}

/** Answers a POST by the GraphQL-over-HTTP specification. */
export async function answerOverHttp(
  subgraph: Subgraph,
  headers: IncomingHttpHeaders,
  body: string,
  call: Call,
): Promise<HttpAnswer> {
  const type = answerType(headers.accept);
  if (!type) return { status: 406 };
  if (!isJson(headers['content-type'])) return { status: 415 };
  const request = readRequest(body);
  // 6.4.1 and 6.4.2: a request that can't be read is 400 in either media type.
  if (typeof request === 'string') return toAnswer(400, 'application/json', { errors: [{ message: request }] });
  const { data, errors } = await subgraph.execute(request, call);
  if (data === undefined) return toAnswer(type === 'application/json' ? 200 : 400, type, { errors });
  return toAnswer(200, type, errors ? { errors, data } : { data });
}

/** The answer to a request that is refused whatever it asks for: status 401. */
export function refusal({ message, code }: { message: string; code: string }, { accept }: IncomingHttpHeaders) {
  return toAnswer(401, answerType(accept) ?? 'application/json', { errors: [{ message, extensions: { code } }] });
}

function toAnswer(status: number, type: string, body: object): Required<HttpAnswer> {
  return { status, type: `${type}; charset=utf-8`, text: JSON.stringify(body) };
}

/** The first media type of an Accept header that answers can have; one that stands for several is JSON. */
function answerType(accept: string | undefined): string | undefined {
  for (const range of (accept || '*/*').toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    const charset = parameters.find((each) => each.startsWith('charset='));
    if (charset !== undefined && !utf8.test(charset)) continue;
    if (type === 'application/graphql-response+json') return type;
    if (type === 'application/json' || type === 'application/*' || type === '*/*') return 'application/json';
  }
  return undefined;
}

function isJson(contentType = ''): boolean {
  const [type, ...parameters] = contentType.toLowerCase().split(';');
  return type?.trim() === 'application/json' && parameters.every((each) => utf8.test(each.trim()));
}

const utf8 = /^charset="?utf-?8"?$/;

/** The operation in a body; text says what is wrong with it. */
function readRequest(body: string): OperationRequest | string {
  if (body === '') return 'Missing body';
  let parameters: unknown;
  try {
    parameters = JSON.parse(body);
  } catch {
    return 'Unparsable JSON body';
  }
  if (!isObject(parameters)) return 'JSON body must be an object';
  const { query, operationName, variables, extensions } = parameters;
  if (query == null) return 'Missing query';
  if (typeof query !== 'string') return 'Invalid query';
  if (variables != null && !isObject(variables)) return 'Invalid variables';
  if (operationName != null && typeof operationName !== 'string') return 'Invalid operationName';
  if (extensions != null && !isObject(extensions)) return 'Invalid extensions';
  return { query, operationName: operationName ?? undefined, variables: variables ?? undefined };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
