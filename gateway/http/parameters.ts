import type { Variables } from '../execution/variables.ts';
import type { Asked } from '../operations/persisted/persisted.ts';

/** What a request asks for: "GraphQL over HTTP", section 5.1 and appendix A. */
export type Parameters = Asked & {
  readonly operationName: string | undefined;
  readonly variables: Variables;
  /** Whether the answer is to say what the operation cost: `extensions.cost`. */
  readonly cost: boolean;
  /** Whether it is to say when which subgraph was read: `extensions.sources`. */
  readonly sources: boolean;
  /** Whether it is to say how it was made: `extensions.trace`. */
  readonly trace: boolean;
};

/** Reads the body of a POST. A text says what is wrong with it. */
export function parametersOfBody(body: string): Parameters | string {
  if (body === '') return 'Missing body';
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'Unparsable JSON body';
  }
  if (Array.isArray(parsed)) return 'JSON body must be an object: batches of operations are not taken';
  return isObject(parsed) ? checked(parsed) : 'JSON body must be an object';
}

/** Reads the query string of a GET. A text says what is wrong with it. */
export function parametersOfUrl(url: string): Parameters | string {
  const start = url.indexOf('?');
  const search = new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
  try {
    return checked({
      query: search.get('query'),
      documentId: search.get('documentId'),
      operationName: search.get('operationName'),
      variables: parsed(search.get('variables')),
      extensions: parsed(search.get('extensions')),
    });
  } catch {
    return 'Unparsable URL';
  }
}

function checked(body: Readonly<Record<string, unknown>>): Parameters | string {
  const { query, documentId, operationName, variables, extensions } = body;
  if (query != null && typeof query !== 'string') return 'Invalid query';
  if (documentId != null && !isId(documentId)) return 'Invalid documentId';
  if (variables != null && !isObject(variables)) return 'Invalid variables';
  if (operationName != null && typeof operationName !== 'string') return 'Invalid operationName';
  if (extensions != null && !isObject(extensions)) return 'Invalid extensions';
  const persisted = extensions?.persistedQuery;
  if (persisted != null && !isPersistedQuery(persisted)) return 'Invalid extensions.persistedQuery';
  if (persisted != null && persisted.version !== 1) return 'Unsupported persisted query version';

  const operationId = documentId == null ? persisted?.sha256Hash : documentId.replace(/^sha256:/, '');
  const rest = {
    operationName: operationName ?? undefined,
    variables: variables ?? none,
    cost: extensions?.cost === true,
    sources: extensions?.sources === true,
    trace: extensions?.trace === true,
  };
  if (query != null) return { query, operationId, ...rest };
  return operationId === undefined ? 'Missing query' : { query: undefined, operationId, ...rest };
}

const none: Variables = Object.freeze({});

function parsed(text: string | null): unknown {
  return text ? JSON.parse(text) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Apollo's protocol of automatic persisted queries. */
function isPersistedQuery(value: unknown): value is { readonly version: number; readonly sha256Hash: string } {
  return isObject(value) && typeof value.version === 'number' && isId(value.sha256Hash);
}
