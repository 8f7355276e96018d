import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constant, money } from '../../../subgraphs/kit/mapping.ts';
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

test('of another subgraph’s entity that a condition hides, or that has no record, only its key is told', async () => {
  const fields = {
    ...types.Reader.fields,
    fines: money('fines_ct', constant('EUR'), 'minor'),
    kind: constant('person'),
  };
  const parts = (where?: Record<string, string>) => {
    const { typeDefs, ...rest } = libraryParts({ Reader: { ...types.Reader, fields, ...(where && { where }) } });
    return { ...rest, typeDefs: typeDefs.replace('loans: [Loan!] fines', 'loans: [Loan!] kind: String fines') };
  };
  const query = (selected: string) => `{
    _entities(representations: [{ __typename: "Reader", id: "r1" }, { __typename: "Reader", id: "r2" }]) {
      ... on Reader { ${selected} }
    }
  }`;
  const answers = async (where?: Record<string, string>) => {
    const library = await openLibrary(parts(where));
    const asked = await Promise.all(
      ['id loans { id }', 'kind', 'id kind fines { amount }'].map((each) => library.ask(query(each))),
    );
    await library.close();
    assert.deepEqual(
      asked.flatMap(({ errors }) => errors ?? []),
      [],
    );
    return asked.map(({ data }) => JSON.parse(JSON.stringify(data?._entities)));
  };
  const nobody = { id: 'r2', kind: null, fines: null };
  assert.deepEqual(await answers(), [
    [
      { id: 'r1', loans: [{ id: '10' }, { id: '13' }] },
      { id: 'r2', loans: [{ id: '11' }] },
    ],
    [{ kind: 'person' }, { kind: null }],
    [{ id: 'r1', kind: 'person', fines: { amount: '2.50' } }, nobody],
  ]);
  assert.deepEqual(await answers({ curr: 'USD' }), [
    [
      { id: 'r1', loans: [] },
      { id: 'r2', loans: [] },
    ],
    [{ kind: null }, { kind: null }],
    [{ ...nobody, id: 'r1' }, nobody],
  ]);
});
