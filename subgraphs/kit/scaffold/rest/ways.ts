import { type Code, quoted } from '../code.ts';
import { type Operation, object, propertiesOf, resolved } from './document.ts';

/** The common names of what every system calls otherwise. */
const limits = [
  'limit',
  'per_page',
  'page_size',
  'pageSize',
  'perPage',
  'size',
  'max_results',
  'maxResults',
  'count',
  'top',
  '$top',
  'first',
];
const cursors = ['cursor', 'page_token', 'pageToken', 'next_token', 'after', 'continuation_token', 'continuationToken'];
const offsets = ['offset', 'skip', '$skip', 'start', 'startIndex'];
const nexts = /^(next|next_?cursor|next_?page_?token|next_?token|cursor|end_?cursor|continuation_?token|nextPage)$/i;

/** How one or several records are looked up. */
export function lookUpCode({ method, path, keys, answer }: Operation): Code {
  const rows = answer?.many ? ([['rows', quoted(answer.path)]] as const) : [];
  if (method === 'post') return { object: [['post', quoted(path)], ['keys', quoted(keys ?? '')], ...rows] };
  return { object: [['get', quoted(path.replace(/\{[^}]+\}$/, '{key}'))], ...rows] };
}

/** How records are listed, guessed from the names of parameters; undefined where there are none of the common ones. */
export function listCode(
  document: unknown,
  { path, query, answer, body }: Operation,
  key: string,
): { code: Code; guess: string } | undefined {
  const named = (names: readonly string[]) => names.find((name) => query.includes(name));
  const limit = named(limits);
  const cursor = named(cursors);
  const offset = named(offsets);
  const next = cursor === undefined ? undefined : nextPath(document, body);
  if (limit === undefined || !answer) return undefined;
  const paging: (readonly [string, Code])[] =
    cursor !== undefined && next !== undefined
      ? [
          [
            'cursor',
            {
              object: [
                ['parameter', quoted(cursor)],
                ['next', quoted(next)],
              ],
            },
          ],
        ]
      : offset !== undefined
        ? [['offset', { object: [['parameter', quoted(offset)]] }]]
        : [];
  if (paging.length === 0) return undefined;
  const guess = next !== undefined ? `${limit}, ${cursor}, ${next}` : `${limit}, ${offset}`;
  return {
    guess,
    code: {
      object: [
        ['get', quoted(path)],
        ['rows', quoted(answer.path)],
        ['limit', quoted(limit)],
        ...paging,
        ['orders', { object: [[`${key} asc`, { object: [] }]] }],
      ],
      open: true,
    },
  };
}

/** Where an answer holds the next cursor: in itself, or in an object of it such as `paging`. */
function nextPath(document: unknown, body: unknown, depth = 0): string | undefined {
  const properties = Object.entries(propertiesOf(document, body).properties);
  const own = properties.find(
    ([name, property]) => nexts.test(name) && Object.keys(object(resolved(document, property).properties)).length === 0,
  );
  if (own) return own[0];
  if (depth > 0) return undefined;
  for (const [name, property] of properties) {
    const found = nextPath(document, resolved(document, property), depth + 1);
    if (found !== undefined) return `${name}.${found}`;
  }
  return undefined;
}
