import type { Variables } from '../execution/variables.ts';

/** What a request asks for: "GraphQL over HTTP", section 5.1. Junction has no use for `extensions` yet; their form is checked. */
export interface Parameters {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Variables;
}

/** Reads the body of a POST. A text says what is wrong with it. */
export function parametersOfBody(body: string): Parameters | string {
  if (body === '') return 'Missing body';
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'Unparsable JSON body';
  }
  return isObject(parsed) ? checked(parsed) : 'JSON body must be an object';
}

/** Reads the query string of a GET. A text says what is wrong with it. */
export function parametersOfUrl(url: string): Parameters | string {
  const start = url.indexOf('?');
  const search = new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
  try {
    return checked({
      query: search.get('query'),
      operationName: search.get('operationName'),
      variables: parsed(search.get('variables')),
      extensions: parsed(search.get('extensions')),
    });
  } catch {
    return 'Unparsable URL';
  }
}

function checked({ query, operationName, variables, extensions }: Readonly<Record<string, unknown>>) {
  if (query == null) return 'Missing query';
  if (typeof query !== 'string') return 'Invalid query';
  if (variables != null && !isObject(variables)) return 'Invalid variables';
  if (operationName != null && typeof operationName !== 'string') return 'Invalid operationName';
  if (extensions != null && !isObject(extensions)) return 'Invalid extensions';
  return { query, operationName: operationName ?? undefined, variables: variables ?? none };
}

const none: Variables = Object.freeze({});

function parsed(text: string | null): unknown {
  return text ? JSON.parse(text) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
