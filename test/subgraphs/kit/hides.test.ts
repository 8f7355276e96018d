import assert from 'node:assert/strict';
import { test } from 'node:test';
import { libraryParts, openLibrary, types } from './library.ts';

// Records that the system has and clients may not see: by no way.

test('what a condition hides is not found by key, relation, reference, list or count', async () => {
  const library = await openLibrary(libraryParts({ Author: { ...types.Author, where: { name: 'Zoë Müller' } } }));
  const { data, errors } = await library.ask(
    `{
      shown: book(id: "1") { author { id } }
      hidden: book(id: "4") { title author { id } }
      _entities(representations: [{ __typename: "Author", id: "a2" }, { __typename: "Author", id: "a1" }]) { ... on Author { id } }
    }`,
  );
  await library.close();
  assert.equal(errors, undefined);
  assert.deepEqual(JSON.parse(JSON.stringify(data)), {
    shown: { author: { id: 'a1' } },
    hidden: { title: 'Γάμα', author: null },
    _entities: [null, { id: 'a1' }],
  });
});

test('children of a hidden kind are neither listed nor counted', async () => {
  const library = await openLibrary(libraryParts({ Book: { ...types.Book, where: { kind: ['P', 'X'] } } }));
  const { data } = await library.ask(`{
    books { totalCount nodes { id } }
    book(id: "1") { id }
    found: book(id: "2") { author { books { totalCount nodes { id } } } }
  }`);
  await library.close();
  assert.deepEqual(JSON.parse(JSON.stringify(data)), {
    books: { totalCount: 2, nodes: [{ id: '2' }, { id: '4' }] },
    book: null,
    found: { author: { books: { totalCount: 1, nodes: [{ id: '2' }] } } },
  });
});
