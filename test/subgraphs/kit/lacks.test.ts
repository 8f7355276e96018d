import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartupError } from '../../../subgraphs/kit/errors.ts';
import { contains, derived, nothing } from '../../../subgraphs/kit/mapping.ts';
import { libraryParts, openLibrary, types } from './library.ts';

// A system that can't do all that the contract offers: the mapping says so, and a client that asks for it is told.

const publishedAt = derived(['published', 'pages'], (seconds) => new Date(Number(seconds) * 1000).toISOString());
const fields = { ...types.Book.fields, publishedAt };
const places = ['filter.publishedAt', 'orderBy.PUBLISHED_AT'];

async function ask(parts: Parameters<typeof openLibrary>[0], query: string) {
  const library = await openLibrary(parts);
  try {
    return JSON.parse(JSON.stringify(await library.ask(query)));
  } finally {
    await library.close();
  }
}

test('what is lacking is a fault until the mapping says so', async () => {
  await assert.rejects(openLibrary(libraryParts({ Book: { ...types.Book, fields } })), (error) => {
    assert.ok(error instanceof StartupError);
    assert.deepEqual(error.faults, [
      'library: backend.ts: Query.books(filter: publishedAt): Book has no field or filter of this name that can be compared with.',
      'library: backend.ts: Query.books(orderBy: PUBLISHED_AT): Book.publishedAt is not held in one column.',
      'library: backend.ts: Author.books(orderBy: PUBLISHED_AT): Book.publishedAt is not held in one column.',
    ]);
    return true;
  });
});

test('a client that asks for it is told, and gets everything else', async () => {
  const parts = libraryParts({ Book: { ...types.Book, fields, lacks: places } });
  const { data, errors } = await ask(
    parts,
    `{
      a: books(first: 1) { nodes { title publishedAt } }
      b: books(filter: { pages: 80 }) { totalCount }
      c: book(id: "1") { author { books(orderBy: { field: PUBLISHED_AT, direction: DESC }) { totalCount } } }
    }`,
  );
  assert.deepEqual(data, {
    a: { nodes: [{ title: 'Anfang', publishedAt: '2023-11-14T22:13:20.000Z' }] },
    b: { totalCount: 1 },
    c: { author: null },
  });
  const message = "The system behind this list can't order it by PUBLISHED_AT DESC.";
  assert.deepEqual(errors, [{ message, path: ['c', 'author', 'books'], extensions: { code: 'UNSUPPORTED' } }]);
  const filtered = await ask(
    parts,
    '{ books(filter: { publishedAt: { from: "2020-01-01T00:00:00Z" } }) { totalCount } }',
  );
  assert.equal(filtered.errors[0].extensions.code, 'UNSUPPORTED');
});

test('to say so of what the system can do is a fault', async () => {
  const lacks = ['totalCount', 'orderBy.TITLE', 'books'];
  await assert.rejects(openLibrary(libraryParts({ Book: { ...types.Book, lacks } })), (error) => {
    assert.ok(error instanceof StartupError);
    assert.deepEqual(
      error.faults,
      lacks.map(
        (lack) => `library: backend.ts: Book.lacks: "${lack}" is nothing that a list of the contract lacks; remove it.`,
      ),
    );
    return true;
  });
});

test('a lack that is spelled wrongly is named with what may be meant', async () => {
  const lacks = ['filter.publishedAt', 'orderBy.PUBLISHD_AT'];
  await assert.rejects(openLibrary(libraryParts({ Book: { ...types.Book, fields, lacks } })), (error) => {
    assert.ok(error instanceof StartupError);
    assert.equal(
      error.faults.at(-1),
      'library: backend.ts: Book.lacks: "orderBy.PUBLISHD_AT" is nothing that a list of the contract lacks (did you mean "orderBy.PUBLISHED_AT"?); remove it.',
    );
    return true;
  });
});

test('records of which the system has none: nothing, an empty list, an empty page', async () => {
  const parts = libraryParts({
    Author: { ...types.Author, fields: { ...types.Author.fields, books: nothing() } },
    Book: { ...types.Book, fields: { ...types.Book.fields, author: nothing(), loans: nothing() } },
  });
  const { data, errors } = await ask(parts, '{ book(id: "1") { title author { id } loans { id } } }');
  assert.deepEqual([data, errors], [{ book: { title: 'Anfang', author: null, loans: [] } }, undefined]);
  const { data: reader } = await ask(
    libraryParts({ Author: { ...types.Author, fields: { ...types.Author.fields, books: nothing() } } }),
    '{ book(id: "1") { author { books(first: 5) { edges { cursor } nodes { id } pageInfo { hasNextPage endCursor } totalCount } } } }',
  );
  const books = { edges: [], nodes: [], pageInfo: { hasNextPage: false, endCursor: null }, totalCount: 0 };
  assert.deepEqual(reader, { book: { author: { books } } });
});

test('a list of what the system has none of', async () => {
  const { Author } = types;
  const parts = libraryParts({
    Author: { ...Author, fields: { ...Author.fields, books: nothing() } },
    Book: { lacks: ['books'] },
    Loan: { ...types.Loan, fields: { ...types.Loan.fields, book: nothing() } },
  });
  const typeDefs = parts.typeDefs
    .replace('book(id: ID!): Book\n    bookByTitle(title: String!): Book', 'author(id: ID!): Author')
    .replace('book: Book!', 'book: Book')
    .replace('after: String): BookConnection!', 'after: String): BookConnection')
    .replace('type Book @key(fields: "id")', 'type Book');
  const { data, errors } = await ask(
    { ...parts, typeDefs },
    '{ books { totalCount } author(id: "a1") { books { totalCount } } }',
  );
  assert.deepEqual(data, { books: null, author: { books: { totalCount: 0 } } });
  const message = "The system behind this list can't answer books.";
  assert.deepEqual(errors, [{ message, path: ['books'], extensions: { code: 'UNSUPPORTED' } }]);
});

test('a filter that finds text anywhere, and takes a pattern for text', async () => {
  const { pages: _pages, ...rest } = types.Book.fields;
  const parts = libraryParts({
    Book: {
      ...types.Book,
      fields: { ...rest, pages: derived(['pages', 'kind'], (pages) => pages) },
      computed: { PAGES: { type: 'text', sql: 'cast(pages as text)' } },
      filters: { pages: contains('PAGES') },
      lacks: ['orderBy.PAGES'],
    },
  });
  const { data } = await ask(
    parts,
    '{ a: books(filter: { pages: 0 }) { nodes { id } } b: books(filter: { pages: 12 }) { nodes { id } } }',
  );
  assert.deepEqual(data, { a: { nodes: [{ id: '1' }, { id: '2' }, { id: '4' }] }, b: { nodes: [{ id: '4' }] } });
});
