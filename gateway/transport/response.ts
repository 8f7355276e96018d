import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { FetchError } from './errors.ts';
import type { ReadResponse, SubgraphResponse } from './transport.ts';

/** What came over HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
}

/** The largest response that a subgraph may give, in bytes: as they come, and as they are once decompressed. */
export const maxResponseBytes = 16 * 1024 * 1024;

/**
 * Reads a GraphQL response; each call makes its own objects. A GraphQL body counts whatever the status and the content type:
 * specification "GraphQL over HTTP", section 6.4. Errors: FetchError for anything else, described without its content.
 */
export function readResponse({ status, type, bytes }: HttpAnswer, read?: ReadResponse): SubgraphResponse {
  if (status === 401) refuse(parseJson(bytes));
  const response = read?.(bytes);
  if (response) return response;
  const body = parseJson(bytes);
  if (isGraphQLResponse(body)) return body;
  const description = `status ${status}, ${type}, ${bytes.length} bytes`;
  throw new FetchError('SUBGRAPH_FAILED', `expected a GraphQL response, got ${description}`);
}

/** What Junction's own subgraphs say to who isn't their gateway. Why is in their log: it's for whoever runs both, not for clients. */
function refuse(body: unknown): void {
  const error = isObject(body) && Array.isArray(body.errors) ? body.errors[0] : undefined;
  if (!isObject(error) || !isObject(error.extensions) || error.extensions.code !== 'UNTRUSTED_REQUEST') return;
  const differ = 'keys, clocks or the names of the subgraph differ; its log says which';
  throw new FetchError(
    'SUBGRAPH_REFUSED',
    `expected it to know the gateway by its signature, got status 401: ${differ}`,
  );
}

/** The JSON; undefined for what isn't JSON. */
export function parseJson(bytes: Buffer): unknown {
  try {
    const text = bytes.toString();
    // A byte order mark, which JSON.parse takes for a fault.
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isGraphQLResponse(body: unknown): body is SubgraphResponse {
  if (!isObject(body)) return false;
  const { data, errors } = body;
  if (data !== undefined && data !== null && !isObject(data)) return false;
  if (errors === undefined || errors === null) return isObject(data);
  return Array.isArray(errors) && errors.length > 0 && errors.every(isObject);
}

/**
 * Decompresses a body by its `content-encoding`, off the event loop's thread, up to the size that a response may have. Rejects
 * for an encoding that wasn't asked for, for data that isn't in it or breaks off, and for more bytes than allowed.
 */
export async function decompress(bytes: Buffer, encoding: string): Promise<Buffer> {
  if (!/^\s*(x-)?gzip\s*$/i.test(encoding)) throw new Error(`expected a response in gzip or plain, got ${encoding}`);
  return unzip(bytes, { maxOutputLength: maxResponseBytes });
}

const unzip = promisify(gunzip);
