import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkSystem } from '../../../subgraphs/kit/check-system.ts';
import { StartupError } from '../../../subgraphs/kit/errors.ts';
import { contains, many, object, one, oneOf, timestamp } from '../../../subgraphs/kit/mapping.ts';
import type { ColumnType, Source } from '../../../subgraphs/kit/source.ts';
import { assemble, openSubgraph, readSubgraph } from '../../../subgraphs/kit/subgraph.ts';
import { libraryParts, openLibrary, typeDefs, types } from './library.ts';

async function faultsOf(opening: Promise<unknown>): Promise<readonly string[]> {
  const error = await opening.then(
    () => assert.fail('it started'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof StartupError, String(error));
  return error.faults;
}

test('a wrong column, a wrong type and an unmapped field are named together, each with its file and field', async () => {
  const { title: _unmapped, ...fields } = types.Book.fields;
  const parts = libraryParts({
    Book: { ...types.Book, fields: { ...fields, genre: oneOf('kinds', { N: 'NOVEL' }), pages: 'ttl' } },
  });
  assert.deepEqual(await faultsOf(openLibrary(parts)), [
    'library: schema.graphql:10: Book.title: neither mapped in backend.ts nor resolved in resolvers.ts.',
    'library: schema.graphql:5: Query.bookByTitle: is neither a list of a mapped type nor a look-up by its fields; resolve it in resolvers.ts.',
    'library: backend.ts: Query.books(orderBy: TITLE): Book.title is not held in one column.',
    'library: backend.ts: Author.books(orderBy: TITLE): Book.title is not held in one column.',
    'library: backend.ts: Book.pages: "ttl" is of type text; expected integer or decimal.',
    'library: backend.ts: Book.genre: the system has no "kinds" (did you mean "kind"?).',
  ]);
});

test('names that contract or database do not have', async () => {
  const parts = libraryParts({
    Book: { ...types.Book, table: 'buch' },
    Author: { ...types.Author, fields: { ...types.Author.fields, nmae: 'name', books: many('Loan', 'x') } },
    Writer: { table: 'author' },
  });
  assert.deepEqual(await faultsOf(openLibrary(parts)), [
    "library: backend.ts: Author.books: is many('Loan'), but schema.graphql has BookConnection!.",
    'library: backend.ts: Author.nmae: the type has no field of this name in schema.graphql.',
    'library: backend.ts: Writer: schema.graphql has no object type of this name.',
    'library: backend.ts: Book: the database has no table or view "buch", or none that we may read.',
  ]);
});

test('resolvers that answer for nothing, or for what is mapped already', async () => {
  const resolvers = { Book: { title: () => 'x', subtitle: () => 'x' }, Shelf: { id: () => '1' } };
  assert.deepEqual(await faultsOf(openLibrary({ ...libraryParts(), resolvers })), [
    'library: resolvers.ts: Book.title: is mapped in backend.ts too; remove one.',
    'library: resolvers.ts: Book.subtitle: the type has no field of this name.',
    'library: resolvers.ts: Shelf.id: schema.graphql has no object type Shelf.',
  ]);
});

test('a relation by columns that are not there is named at both ends', async () => {
  const fields = { ...types.Book.fields, author: one('Author', { authorno: 'writtenby' }) };
  assert.deepEqual(await faultsOf(openLibrary(libraryParts({ Book: { ...types.Book, fields } }))), [
    'library: backend.ts: Book.author: the system has no "writtenby" (did you mean "written_by"?).',
    'library: backend.ts: Book.author: the system has no "authorno" (did you mean "author_no"?).',
  ]);
});

test('a missing setting is named with its form; a wrong one without its value', async () => {
  const log = { info() {}, warn() {}, error() {} };
  const open = (environment: Record<string, string>) =>
    openSubgraph(libraryParts(), { name: 'library', environment, log, systemTimeoutMs: 1000 });
  assert.deepEqual(await faultsOf(open({})), ['library: LIBRARY_URL: not set. Expected sqlite:FILE.']);
  assert.deepEqual(await faultsOf(open({ LIBRARY_URL: 'oracle://joe:secret@db' })), [
    'library: LIBRARY_URL: expected sqlite:FILE; got one that begins with "oracle:".',
  ]);
});

test('values, keys and arguments that nothing in the mapping answers for', async () => {
  const { key: _key, ...keyless } = types.Book;
  const parts = libraryParts({
    Book: { ...keyless, fields: { id: 'book_no', ...types.Book.fields, genre: oneOf('kind', { N: 'NOVELL' }) } },
    Reader: { key: { id: 'reader_no' }, fields: { loans: many('Loan', { loan_no: 'last_loan' }), fines: 'fines_ct' } },
  });
  const changed = parts.typeDefs
    .replace('loans: [Loan!]!', 'loans(first: Int): [Loan!]!')
    .replace('fines: Money', 'fines: Int')
    .replace('type Query {', 'type Mutation { lend: Boolean }\n type Query { everything: Int');
  assert.deepEqual(await faultsOf(openLibrary({ ...parts, typeDefs: changed })), [
    'library: backend.ts: Book.genre: the enum Genre has no NOVELL.',
    'library: schema.graphql:17: Book.loans(first:): the mapping does nothing with this argument.',
    'library: schema.graphql:4: Query.everything: is neither a list of a mapped type nor a look-up by its fields; resolve it in resolvers.ts.',
    'library: schema.graphql:3: Mutation.lend: not resolved in resolvers.ts.',
    'library: backend.ts: Reader.loans: there are no records to read last_loan from, only the key.',
    'library: backend.ts: Reader.fines: there are no records to read fines_ct from, only the key.',
    'library: backend.ts: Query.books: Book has no key, by which a list is told in order.',
    'library: backend.ts: Author.books: Book has no key, by which a list is told in order.',
  ]);
});

test('what points at another subgraph’s entity by something else than its key, or adds a field that can’t be null', async () => {
  const parts = libraryParts({
    Loan: { ...types.Loan, fields: { ...types.Loan.fields, reader: one('Reader', { id: 'reader_no' }) } },
    Reader: { key: { id: 'reader_no' }, fields: { loans: many('Loan', 'reader_no') } },
  });
  const typeDefs = parts.typeDefs.replace('loans: [Loan!] fines: Money', 'loans: [Loan!]!');
  assert.deepEqual(await faultsOf(openLibrary({ ...parts, typeDefs })), [
    "library: schema.graphql:25: Reader.loans: Reader is another subgraph's entity; make it nullable, or a failure here takes the other subgraphs' fields with it.",
    'library: backend.ts: Loan.reader: points at Reader by id, but its key is mapped to reader_no.',
  ]);
});

test('files that can’t be read are named with their line', async () => {
  const parts = libraryParts();
  assert.deepEqual(await faultsOf(openLibrary({ ...parts, typeDefs: 'type Query {\n  a: Int\n  b Int\n}' })), [
    'library: schema.graphql:3: Syntax Error: Expected ":", found Name "Int".',
  ]);
  const [fault] = await faultsOf(openLibrary({ ...parts, typeDefs: 'type Query { a: Nothing }' }));
  assert.match(fault ?? '', /^library: schema\.graphql: .*Unknown type "?Nothing/s);
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  const read = async (backend: string) => {
    const own = mkdtempSync(join(folder, 'subgraph-'));
    writeFileSync(join(own, 'schema.graphql'), typeDefs);
    writeFileSync(join(own, 'backend.ts'), backend);
    return faultsOf(readSubgraph(own));
  };
  assert.deepEqual(await read('export const back = 1;'), [
    'backend.ts: expected "export const backend = sql({ … })", or rest or soap.',
  ]);
  assert.deepEqual(await read('\n\nexport const backend = sql({});'), ['backend.ts:3: sql is not defined']);
  rmSync(folder, { recursive: true });
});

test('filters that no list has, or by what is not there; each fault once', async () => {
  const filters = { genre: 'knd', pagse: 'pages' };
  assert.deepEqual(await faultsOf(openLibrary(libraryParts({ Book: { ...types.Book, filters } }))), [
    'library: backend.ts: Book.filters.pagse: no list of Book has this filter in schema.graphql (did you mean "pages"?).',
    'library: backend.ts: Book.filters.genre: the system has no "knd" (did you mean "kind"?).',
  ]);
  const price = object({ amount: 'kind', currencyCode: oneOf('kind', { N: 'x' }) });
  const parts = libraryParts({ Book: { ...types.Book, fields: { ...types.Book.fields, price, pages: 'nowhere' } } });
  const faults = await faultsOf(
    openLibrary({ ...parts, typeDefs: parts.typeDefs.replace('price: Money', 'price: Int') }),
  );
  assert.deepEqual(
    faults.filter((fault) => fault.includes('price')),
    ['library: backend.ts: Book.price: is object({…}), but schema.graphql has Int.'],
  );
});

test('filters that the form of a field, or contains(), is not made for', async () => {
  const { typeDefs, ...parts } = libraryParts({ Book: { ...types.Book, filters: { genre: contains('kind') } } });
  const changed = typeDefs.replace('publishedAt: DateTimeRange', 'publishedAt: DateTime');
  assert.deepEqual(await faultsOf(openLibrary({ ...parts, typeDefs: changed })), [
    'library: backend.ts: Query.books(filter: genre): contains() takes one value, which the filter in schema.graphql is not.',
    'library: backend.ts: Query.books(filter: publishedAt): Book.publishedAt is finer or coarser in the system; expected a range of "from" and "before".',
  ]);
});

test('a clock on the wall is told from a moment', async () => {
  const columns = new Map<string, ColumnType>(
    Object.keys({ ttl: 0, published: 0, book_no: 0 }).map((name) => [name, 'moment']),
  );
  const { schema, model } = assemble(
    libraryParts({ Book: { ...types.Book, fields: { publishedAt: timestamp('published', 'datetime') } } }),
  );
  const source = { describe: async () => ({ columns, faults: [] }) } as unknown as Source;
  const { faults } = await checkSystem(model, source, { signal: new AbortController().signal, requestId: 'x' }, 1000);
  assert.ok(schema);
  assert.ok(
    faults.includes(
      `backend.ts: Book.publishedAt: "published" is of type moment; expected datetime; say 'moment' and leave its zone out.`,
    ),
    faults.join('\n'),
  );
});
