import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ExecutionResult } from 'graphql';
import { derived, many, money, one, oneOf, timestamp } from '../../../subgraphs/kit/mapping.ts';
import { env } from '../../../subgraphs/kit/settings.ts';
import { sql } from '../../../subgraphs/kit/sources/sql/backend.ts';
import type { SqlTypeMapping } from '../../../subgraphs/kit/sources/sql/options.ts';
import { openSubgraph, type SubgraphParts } from '../../../subgraphs/kit/subgraph.ts';

/** A small subgraph over a small SQLite file: books, their authors, and readers that another subgraph owns. */
export const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
  type Query {
    book(id: ID!): Book
    bookByTitle(title: String!): Book
    books(filter: BookFilter, orderBy: BookSort! = { field: TITLE, direction: ASC }, first: Int! = 20, after: String): BookConnection!
  }
  type Book @key(fields: "id") {
    id: ID!
    title: String!
    genre: Genre!
    pages: Int
    publishedAt: DateTime
    price: Money
    author: Author
    loans: [Loan!]!
  }
  type Author @key(fields: "id") {
    id: ID!
    name: String!
    initials: String
    books(orderBy: BookSort! = { field: TITLE, direction: ASC }, first: Int! = 20, after: String): BookConnection!
  }
  type Loan { id: ID! reader: Reader book: Book! }
  type Reader @key(fields: "id") { id: ID! loans: [Loan!] fines: Money }
  enum Genre { NOVEL POETRY UNKNOWN }
  input BookFilter { genre: [Genre!] publishedAt: DateTimeRange pages: Int }
  input BookSort { field: BookSortField! direction: SortDirection! = ASC }
  enum BookSortField { TITLE PAGES PUBLISHED_AT }
  type BookConnection { edges: [BookEdge!]! nodes: [Book!]! pageInfo: PageInfo! totalCount: Int! }
  type BookEdge { cursor: String! node: Book! }
  type Money @shareable { amount: Decimal! currencyCode: Currency! }
  type PageInfo @shareable { hasNextPage: Boolean! endCursor: String }
  enum SortDirection { ASC DESC }
  input DateTimeRange { from: DateTime before: DateTime }
  scalar DateTime
  scalar Decimal
  scalar Currency
`;

export const types = {
  Book: {
    table: 'book',
    key: { id: 'book_no' },
    fields: {
      title: 'ttl',
      genre: oneOf('kind', { N: 'NOVEL', R: 'NOVEL', P: 'POETRY' }),
      pages: 'pages',
      publishedAt: timestamp('published', 'seconds'),
      price: money('price_ct', 'curr', 'minor'),
      author: one('Author', { author_no: 'written_by' }),
      loans: many('Loan', 'book_no', { where: { returned: 0 } }),
    },
  },
  Author: {
    table: 'author',
    key: { id: 'author_no' },
    fields: {
      name: 'name',
      initials: derived(['name'], (name) => String(name).replace(/(\p{Lu})\p{L}* ?/gu, '$1')),
      books: many('Book', { written_by: 'author_no' }),
    },
  },
  Loan: {
    table: 'loan',
    key: { id: 'loan_no' },
    fields: { reader: one('Reader', 'reader_no'), book: one('Book', 'book_no') },
  },
  Reader: {
    table: 'reader_account',
    contributed: true,
    key: { id: 'reader_no' },
    fields: { loans: many('Loan', 'reader_no'), fines: money('fines_ct', 'curr', 'minor') },
  },
} satisfies Record<string, SqlTypeMapping>;

/** The parts of the subgraph, with mappings replaced or added. */
export function libraryParts(changed: Record<string, SqlTypeMapping> = {}): SubgraphParts {
  const backend = sql({ system: 'library', url: env('LIBRARY_URL', 'sqlite:FILE'), types: { ...types, ...changed } });
  return { typeDefs, backend, resolvers: {} };
}

/** A running library and everything that was noticed about it. */
export interface Library {
  /** Runs an operation as a gateway would. */
  ask(query: string, variables?: Record<string, unknown>): Promise<ExecutionResult>;
  /** The statements that reached the database since this was last asked. */
  statements(): string[];
  readonly logged: string[];
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the library over a new file. */
export async function openLibrary(parts = libraryParts()): Promise<Library> {
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  const url = `sqlite:${writeLibrary(folder)}`;
  const logged: string[] = [];
  const note = (_details: object, message: string) => logged.push(message);
  const log = { info: note, warn: note, error: note };
  const options = { name: 'library', environment: { LIBRARY_URL: url }, log, systemTimeoutMs: 5000 };
  let seen: string[] = [];
  const onStatement = (message: unknown) => seen.push((message as { sql: string }).sql);
  subscribe('junction:sql', onStatement);
  const cleanUp = () => {
    unsubscribe('junction:sql', onStatement);
    rmSync(folder, { recursive: true });
  };
  const subgraph = await openSubgraph(parts, options).catch((error: unknown) => {
    cleanUp();
    throw error;
  });
  seen = [];
  return {
    ask: (query, variables) =>
      subgraph.execute({ query, variables }, { signal: new AbortController().signal, requestId: 'test' }),
    statements: () => seen.splice(0),
    logged,
    url,
    async close() {
      await subgraph.close();
      cleanUp();
    },
  };
}

function writeLibrary(folder: string): string {
  const file = join(folder, 'library.db');
  const database = new DatabaseSync(file);
  database.exec(`
    create table author (author_no TEXT primary key, name TEXT not null);
    create table book (book_no INTEGER primary key, ttl TEXT not null, kind TEXT, pages INTEGER, published INTEGER,
      price_ct INTEGER, curr TEXT, written_by TEXT);
    create table loan (loan_no INTEGER primary key, book_no INTEGER not null, reader_no TEXT, returned INTEGER not null);
    create table reader_account (reader_no TEXT primary key, fines_ct INTEGER not null, curr TEXT not null);
    insert into author values ('a1', 'Zoë Müller'), ('a2', 'Ωρίων Παππάς'), ('a3', 'Nobody Yet');
    insert into book values
      (1, 'Anfang', 'N', 300, 1700000000, 1990, 'EUR', 'a1'),
      (2, 'Beispiel', 'P', 80, 1700000001, 1200, 'JPY', 'a1'),
      (3, 'Beispiel', 'R', null, null, null, null, 'a1'),
      (4, 'Γάμα', 'X', 120, 1700000003, 1550, 'EUR', 'a2'),
      (5, 'Delta', 'N', null, 1700000004, 9007199254740993, 'EUR', 'gone');
    insert into loan values (10, 1, 'r1', 0), (11, 1, 'r2', 1), (12, 1, 'r3', 0), (13, 2, 'r1', 0);
    insert into reader_account values ('r1', 250, 'EUR');
  `);
  database.close();
  return file;
}
