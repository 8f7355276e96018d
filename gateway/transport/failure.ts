import {
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql';
import type { FetchError } from './errors.ts';
import type { SubgraphError, SubgraphRequest, SubgraphResponse } from './transport.ts';

/** An error of a fetch, with a path inside the fetch; the executor turns it into the path in the client's answer. */
export interface FetchFailure {
  readonly message: string;
  readonly path?: Path;
  readonly extensions: { readonly code: string };
}

type Path = readonly (string | number)[];

/**
 * The errors that stand for a failed fetch: one for each entity or root field that is missing now. The list isn't cut
 * short: an entity without an error would read as one that doesn't exist. It's never longer than what the answer holds.
 */
export function failureOf(error: FetchError, fetch: SubgraphRequest, subgraph: string): FetchFailure[] {
  return atEveryPlace(fetch, { message: error.sentence(subgraph), extensions: { code: error.code } });
}

/**
 * The errors of a subgraph's response: message, path and code as they are, and nothing else. Where there is no data, an
 * error without a place stands for everything that was fetched.
 */
export function errorsOf({ data, errors }: SubgraphResponse, fetch: SubgraphRequest, subgraph: string): FetchFailure[] {
  if (!errors?.length) return [];
  const failures = errors.map((error) => failure(error, fetch, subgraph));
  const placed = failures.filter(({ path }) => path !== undefined);
  const unplaced = failures.find(({ path }) => path === undefined);
  if (!unplaced) return failures;
  return data ? failures : [...placed, ...atEveryPlace(fetch, unplaced)];
}

/** The keys of the entities that a fetch asks for; undefined for one that asks for root fields. */
export function representationsOf({ query, variables }: SubgraphRequest): readonly unknown[] | undefined {
  const representations = variables?.representations;
  // A client may call a variable of its own `representations`, but can't give it the type `_Any`.
  return Array.isArray(representations) && /\$representations\s*:\s*\[\s*_Any\b/.test(query)
    ? representations
    : undefined;
}

function failure({ message, path, extensions }: SubgraphError, fetch: SubgraphRequest, subgraph: string): FetchFailure {
  const code = extensions?.code;
  return {
    message: typeof message === 'string' && message ? message : `The subgraph "${subgraph}" answered with an error.`,
    ...(isPlace(path, fetch) && { path }),
    extensions: { code: typeof code === 'string' && code ? code : 'DOWNSTREAM_SERVICE_ERROR' },
  };
}

function isPlace(path: SubgraphError['path'], fetch: SubgraphRequest): path is Path {
  if (!Array.isArray(path) || path.length === 0) return false;
  return !representationsOf(fetch) || typeof path[1] === 'number';
}

function atEveryPlace(fetch: SubgraphRequest, { message, extensions }: FetchFailure): FetchFailure[] {
  const representations = representationsOf(fetch);
  const paths = representations ? representations.map((_, index) => ['_entities', index]) : rootPaths(fetch);
  return paths.map((path) => ({ message, path, extensions }));
}

/** The response keys of the root fields that a fetch asks for. */
function rootPaths({ query, variables = {} }: SubgraphRequest): Path[] {
  const { definitions } = parse(query, { noLocation: true });
  const operation = definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode;
  const keys = new Set<string>();
  collect(operation.selectionSet);
  return [...keys].map((key) => [key]);

  function collect({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      const skipped = getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if === true;
      const included = getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if !== false;
      if (skipped || !included) continue;
      if (selection.kind === Kind.FIELD) keys.add((selection.alias ?? selection.name).value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
    }
  }
}
