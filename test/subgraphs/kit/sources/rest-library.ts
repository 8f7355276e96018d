import { env, settingsFrom } from '../../../../subgraphs/kit/settings.ts';
import type { Source } from '../../../../subgraphs/kit/source.ts';
import { bearer, rest } from '../../../../subgraphs/kit/sources/rest/backend.ts';
import { type RestServer, token } from './rest-server.ts';

export const url = env('LIBRARY_URL', 'the base URL of the library, such as https://library.example/api');
const auth = bearer(env('LIBRARY_TOKEN', 'a token of the library'));
const total = { parameter: 'include_total', path: 'total' } as const;
const pages = {
  rows: 'data',
  fields: 'fields',
  limit: 'limit',
  cursor: { parameter: 'cursor', next: 'paging.next' },
  total,
} as const;
const bookList = {
  ...pages,
  filters: { 'year =': 'year', 'year in': 'year_in', 'year >=': 'year_gte', 'year <': 'year_lt' },
  orders: { 'year asc': { sort: 'year' }, 'year desc': { sort: '-year' } },
} as const;
const author = { key: { id: 'id' } } as const;

/** The fixture's server, mapped in each of the ways that the source knows. */
export const library = rest({
  system: 'library',
  url,
  auth,
  openapi: '/openapi.json',
  ping: '/ping',
  batchSize: 50,
  concurrency: 3,
  timeout: 300,
  types: {
    Author: {
      ...author,
      schema: 'Author',
      byKey: { id: { post: '/authors/read', keys: 'ids', rows: 'results', fields: 'fields' } },
      list: {
        get: '/authors',
        ...pages,
        filters: {
          'country =': 'country',
          'country in': 'country_in',
          'name =': 'name',
          'born >=': 'born_gte',
          'born <': 'born_lt',
          'joined >=': 'joined_gte',
        },
        orders: { 'joined asc': { sort: 'joined' }, 'joined desc': { sort: '-joined' } },
      },
    },
    Book: {
      schema: 'Book',
      key: { id: 'id' },
      byKey: { author: { post: '/books/read-by-author', keys: 'authors', rows: 'results', fields: 'fields' } },
      top: {
        author: { post: '/books/by-author', parents: 'authors', groups: 'groups', parent: 'author', ...bookList },
      },
    },
    BookByQuery: { key: { id: 'id' }, top: { author: { get: '/books', parent: 'author', ...bookList } } },
    BookByPath: { key: { id: 'id' }, top: { author: { get: '/authors/{parent}/books', ...bookList } } },
    AuthorByPath: { ...author, byKey: { id: { get: '/authors/{key}' } } },
    AuthorByList: { ...author, byKey: { id: { get: '/authors/some', keys: 'ids', rows: 'results' } } },
    AuthorByQuery: { ...author, byKey: { name: { get: '/authors?limit=9', key: 'name', rows: 'data' } } },
    AuthorByOffset: {
      ...author,
      list: {
        get: '/authors-by-offset',
        rows: 'data',
        limit: 'limit',
        offset: { parameter: 'skip' },
        total,
        largest: 4,
      },
    },
    AuthorAfter: {
      ...author,
      byKey: { id: { get: '/authors/{key}', deleted: 'gone' } },
      list: {
        get: '/authors-after',
        rows: 'data',
        limit: 'limit',
        after: { parameter: 'after', column: 'id', more: 'has_more' },
        total,
        largest: 4,
        parameters: { tenant: 'north' },
      },
    },
    AuthorAfterJoined: {
      ...author,
      list: {
        get: '/authors-after',
        rows: 'data',
        fields: 'fields',
        limit: 'limit',
        after: { parameter: 'after', column: 'joined', more: 'has_more' },
      },
    },
    Publisher: { contributed: true, schema: 'Publisher', byKey: { id: { get: '/publishers/{key}' } } },
    City: { key: { id: 'city' } },
  },
});

/** A source over a started server. */
export function connect(server: RestServer, settings: Record<string, string> = {}): Source {
  return library.connect(settingsFrom({ LIBRARY_URL: server.url, LIBRARY_TOKEN: token, ...settings }));
}
