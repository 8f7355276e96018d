import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Library, libraryParts, openLibrary } from './library.ts';

let library: Library;
before(async () => {
  library = await openLibrary();
});
after(() => library.close());

/** The result as JSON, since GraphQL's objects have no prototype. */
async function ask(query: string, variables?: Record<string, unknown>) {
  library.statements();
  return JSON.parse(JSON.stringify(await library.ask(query, variables)));
}

test('a record by its key, with values, a relation and a list that the mapping narrows', async () => {
  assert.deepEqual(
    await ask(`{
      book(id: "1") { id title genre pages publishedAt price { amount currencyCode }
        author { name initials } loans { id reader { id } } }
    }`),
    {
      data: {
        book: {
          id: '1',
          title: 'Anfang',
          genre: 'NOVEL',
          pages: 300,
          publishedAt: '2023-11-14T22:13:20.000Z',
          price: { amount: '19.90', currencyCode: 'EUR' },
          author: { name: 'Zoë Müller', initials: 'ZM' },
          loans: [
            { id: '10', reader: { id: 'r1' } },
            { id: '12', reader: { id: 'r3' } },
          ],
        },
      },
    },
  );
});

test('only the columns that are asked for are read, and nothing at all where the reference says it', async () => {
  await ask('{ book(id: "1") { pages author { id } } }');
  assert.deepEqual(library.statements(), [
    'select "book_no", "pages", "written_by" from "book" where "book_no" in (?)',
  ]);
});

test('a missing record is null, whatever the id looks like', async () => {
  assert.deepEqual(
    await ask(
      `{ a: book(id: "99") { title } b: book(id: "' or 1=1 --") { title } c: bookByTitle(title: "no") { id } }`,
    ),
    {
      data: { a: null, b: null, c: null },
    },
  );
});

test('a look-up by another field', async () => {
  assert.deepEqual(await ask('{ bookByTitle(title: "Γάμα") { id } }'), { data: { bookByTitle: { id: '4' } } });
});

test('a code that the mapping does not know becomes UNKNOWN and one line in the log', async () => {
  const unknown = 'Book.genre: kind holds "X", which the mapping does not know';
  assert.deepEqual(await ask('{ a: book(id: "4") { genre } b: book(id: "4") { genre } }'), {
    data: { a: { genre: 'UNKNOWN' }, b: { genre: 'UNKNOWN' } },
  });
  assert.deepEqual(
    library.logged.filter((line) => line === unknown),
    [unknown],
  );
});

test('money is exact: whole yen, and more cents than a float can hold', async () => {
  assert.deepEqual(
    await ask(
      '{ a: book(id: "2") { price { amount } } b: book(id: "5") { price { amount } } c: book(id: "3") { price { amount } } }',
    ),
    {
      data: { a: { price: { amount: '1200' } }, b: { price: { amount: '90071992547409.93' } }, c: { price: null } },
    },
  );
});

test('representations become entities: each key once, in one statement, null for one that is gone', async () => {
  const representations = ['1', '2', '1', '99', '2'].map((id) => ({ __typename: 'Book', id }));
  const query = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Book { title author { name } } } }';
  const zoe = { name: 'Zoë Müller' };
  assert.deepEqual(await ask(query, { r: representations }), {
    data: {
      _entities: [
        { title: 'Anfang', author: zoe },
        { title: 'Beispiel', author: zoe },
        { title: 'Anfang', author: zoe },
        null,
        { title: 'Beispiel', author: zoe },
      ],
    },
  });
  assert.deepEqual(library.statements(), [
    'select "book_no", "ttl", "written_by" from "book" where "book_no" in (?, ?, ?)',
    'select "author_no", "name" from "author" where "author_no" in (?)',
  ]);
});

test('more keys than a batch holds take as many statements as batches', async () => {
  const representations = Array.from({ length: 1000 }, (_, i) => ({ __typename: 'Book', id: String(i % 600) }));
  await ask('query($r: [_Any!]!) { _entities(representations: $r) { ... on Book { title } } }', { r: representations });
  assert.equal(library.statements().length, Math.ceil(600 / 250));
});

test('an entity that another subgraph owns has what this one adds, and nulls where it has no record', async () => {
  const representations = ['r1', 'r9'].map((id) => ({ __typename: 'Reader', id }));
  assert.deepEqual(
    await ask(
      'query($r: [_Any!]!) { _entities(representations: $r) { ... on Reader { fines { amount } loans { id } } } }',
      {
        r: representations,
      },
    ),
    {
      data: {
        _entities: [
          { fines: { amount: '2.50' }, loans: [{ id: '10' }, { id: '13' }] },
          { fines: null, loans: [] },
        ],
      },
    },
  );
});

test('pages of several parents come in one statement, their counts in another', async () => {
  const representations = ['a1', 'a2', 'a3'].map((id) => ({ __typename: 'Author', id }));
  const query = `query($r: [_Any!]!) { _entities(representations: $r) { ... on Author {
    books(first: 2) { totalCount pageInfo { hasNextPage } nodes { title } } } } }`;
  assert.deepEqual(await ask(query, { r: representations }), {
    data: {
      _entities: [
        {
          books: {
            totalCount: 3,
            pageInfo: { hasNextPage: true },
            nodes: [{ title: 'Anfang' }, { title: 'Beispiel' }],
          },
        },
        { books: { totalCount: 1, pageInfo: { hasNextPage: false }, nodes: [{ title: 'Γάμα' }] } },
        { books: { totalCount: 0, pageInfo: { hasNextPage: false }, nodes: [] } },
      ],
    },
  });
  const statements = library.statements();
  assert.equal(statements.length, 3, 'authors, pages, counts');
  assert.deepEqual(
    ['from "author"', 'order by', 'count(*)'].map((part) => statements.filter((text) => text.includes(part)).length),
    [1, 1, 1],
  );
});

test('nothing is counted unless asked for, and no rows are read for a count alone', async () => {
  await ask('{ books(first: 2) { nodes { id } } }');
  assert.ok(!library.statements().some((text) => text.includes('count(')));
  const left =
    'query($no: Boolean!) { books { nodes { id } totalCount @include(if: $no) ... @include(if: $no) { totalCount } ...C @skip(if: true) } } fragment C on BookConnection { totalCount }';
  await ask(left, { no: false });
  assert.ok(!library.statements().some((text) => text.includes('count(')), 'what is left out is not counted');
  const { data } = await ask(left, { no: true });
  assert.equal(data.books.totalCount, 5);
  assert.deepEqual(await ask('{ books { totalCount } }'), { data: { books: { totalCount: 5 } } });
  assert.deepEqual(library.statements(), ['select 0, count(*) from "book"']);
});

for (const direction of ['ASC', 'DESC']) {
  for (const field of ['TITLE', 'PAGES']) {
    test(`a walk by ${field} ${direction} meets every book once, through ties and nulls`, async () => {
      const met: string[] = [];
      let cursor: string | null = null;
      do {
        const { data } = await ask(
          `query($after: String) { books(first: 2, after: $after, orderBy: { field: ${field}, direction: ${direction} }) {
            edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`,
          { after: cursor },
        );
        met.push(...data.books.edges.map(({ node }: { node: { id: string } }) => node.id));
        assert.equal(data.books.edges.at(-1).cursor, data.books.pageInfo.endCursor);
        cursor = data.books.pageInfo.hasNextPage ? data.books.pageInfo.endCursor : null;
      } while (cursor !== null);
      assert.deepEqual(met.toSorted(), ['1', '2', '3', '4', '5']);
    });
  }
}

test('filters reach the database', async () => {
  assert.deepEqual(
    await ask(`{
      novels: books(filter: { genre: [NOVEL] }) { totalCount }
      long: books(filter: { pages: 300 }) { nodes { id } }
      period: books(filter: { publishedAt: { from: "2023-11-14T22:13:21Z", before: "2023-11-14T22:13:24Z" } }) { nodes { id } }
      none: books(filter: { genre: [] }) { totalCount }
    }`),
    {
      data: {
        novels: { totalCount: 3 },
        long: { nodes: [{ id: '1' }] },
        period: { nodes: [{ id: '2' }, { id: '4' }] },
        none: { totalCount: 0 },
      },
    },
  );
});

test('what a client gets wrong is said in words that help', async () => {
  const { data } = await ask('{ books(first: 1) { pageInfo { endCursor } } }');
  const cursor: string = data.books.pageInfo.endCursor;
  const foreign =
    'The cursor in "after" does not belong to this list with this filter and order. Leave it out to begin anew.';
  for (const [argument, message] of [
    ['first: 0', '"first" must be from 1 to 100, got 0.'],
    ['first: 1000', '"first" must be from 1 to 100, got 1000.'],
    ['after: "hello"', foreign],
    [`after: "${cursor}", orderBy: { field: PAGES }`, foreign],
    [`after: "${cursor}", filter: { pages: 80 }`, foreign],
    [`after: "${Buffer.from('["x"]').toString('base64url')}"`, foreign],
    ['filter: { genre: [UNKNOWN] }', 'The filter "genre" can\'t be UNKNOWN: no value of the system stands for it.'],
  ]) {
    assert.deepEqual(await ask(`{ books(${argument}) { nodes { id } } }`), {
      errors: [{ message, path: ['books'], extensions: { code: 'BAD_USER_INPUT' } }],
      data: null,
    });
  }
});

test('an entity with two keys is found by either; a malformed representation costs only itself', async () => {
  const twoKeys = libraryParts();
  const other = await openLibrary({
    ...twoKeys,
    typeDefs: twoKeys.typeDefs.replace(
      'type Book @key(fields: "id")',
      'type Book @key(fields: "id") @key(fields: "title")',
    ),
  });
  const representations = [{ id: '1' }, { title: 'Anfang' }, { title: 'Γάμα' }, { id: ['x'] }, { id: null }, {}];
  const { data } = await other.ask(
    'query($r: [_Any!]!) { _entities(representations: $r) { ... on Book { id title } } }',
    { r: representations.map((each) => ({ __typename: 'Book', ...each })) },
  );
  assert.deepEqual(JSON.parse(JSON.stringify(data?._entities)), [
    { id: '1', title: 'Anfang' },
    { id: '1', title: 'Anfang' },
    { id: '4', title: 'Γάμα' },
    null,
    null,
    null,
  ]);
  await other.close();
});
