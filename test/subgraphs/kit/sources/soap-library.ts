import { env, settingsFrom } from '../../../../subgraphs/kit/settings.ts';
import type { Source } from '../../../../subgraphs/kit/source.ts';
import { soap, usernameToken } from '../../../../subgraphs/kit/sources/soap/backend.ts';
import { password, type SoapServer, user } from './soap-server.ts';

export const url = env('LIBRARY_URL', "the URL of the library's WSDL");
export const login = [env('LIBRARY_USER', 'a user'), env('LIBRARY_PASSWORD', "the user's password")] as const;
const list = {
  limit: 'MaxRows',
  after: { parameter: 'StartAfter', column: 'id' },
  total: { parameter: 'WithTotal', path: 'Total' },
} as const;
const authors = { rows: 'Author', ...list };
const books = { parents: 'author', groups: 'Shelf', parent: 'author', rows: 'Book', ...list } as const;

/** The fixture's server, mapped; and loans, which it doesn't have. */
export const library = soap({
  system: 'library',
  url,
  auth: usernameToken(...login),
  ping: 'Ping',
  batchSize: 50,
  concurrency: 3,
  timeout: 300,
  types: {
    Author: {
      key: { id: 'id' },
      byKey: { id: { operation: 'ReadAuthors', keys: 'id', rows: 'Author' } },
      list: {
        operation: 'ListAuthors',
        ...authors,
        filters: {
          'country =': 'Country',
          'country in': 'Countries',
          'name =': 'Name',
          'born >=': 'BornFrom',
          'born <': 'BornBefore',
          'joined >=': 'JoinedFrom',
        },
        orders: {
          'joined asc': { SortBy: 'joined', SortDesc: false },
          'joined desc': { SortBy: 'joined', SortDesc: true },
          'id desc': { SortDesc: true, SortBy: 'id' },
        },
      },
    },
    Book: {
      key: { id: 'id' },
      byKey: { author: { operation: 'ReadBooksByAuthor', keys: 'author', rows: 'Book' } },
      top: {
        author: {
          operation: 'ListBooksByAuthor',
          ...books,
          filters: { 'year =': 'Year', 'year in': 'Years', 'year >=': 'YearFrom', 'year <': 'YearBefore' },
          orders: { 'year asc': { SortBy: 'year' }, 'year desc': { SortBy: 'year', SortDesc: true } },
        },
      },
    },
    Loan: {
      key: { id: 'id' },
      byKey: { id: { operation: 'ReadLoans', keys: 'id', rows: 'Loan' } },
      list: {
        operation: 'ListAuthors',
        rows: 'Writer',
        limit: 'Most',
        after: { parameter: 'StartAfter', column: 'number' },
        total: { parameter: 'Count', path: 'Sum' },
        filters: { 'due <': 'DueBefore' },
        orders: { 'due asc': { OrderBy: 'due' } },
        more: 'Rest',
      },
      top: { author: { operation: 'ListBooksByAuthor', ...books, parents: 'writer', groups: 'Rack' } },
    },
    Shelf: { key: { id: 'shelf' } },
  },
});

/** A source over a started server. */
export function connect(server: SoapServer, settings: Record<string, string> = {}): Source {
  return library.connect(
    settingsFrom({ LIBRARY_URL: server.url, LIBRARY_USER: user, LIBRARY_PASSWORD: password, ...settings }),
  );
}
