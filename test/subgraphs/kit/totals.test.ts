import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { checkCapabilities } from '../../../subgraphs/kit/check-capabilities.ts';
import { sum } from '../../../subgraphs/kit/decimal.ts';
import { StartupError } from '../../../subgraphs/kit/errors.ts';
import type { TotalsMapping } from '../../../subgraphs/kit/forms.ts';
import { constant, money, timestamp, valueMap } from '../../../subgraphs/kit/mapping.ts';
import type { SqlTypeMapping } from '../../../subgraphs/kit/sources/sql/options.ts';
import { assemble, type SubgraphParts } from '../../../subgraphs/kit/subgraph.ts';
import { libraryParts, openLibrary, types } from './library.ts';

// What records come to, by period and currency: books by the day on which they were published.

const totals: TotalsMapping = { of: 'Book', at: 'publishedAt', sum: 'price' };
const contract = `type BookTotals { from: DateTime! before: DateTime! count: Int! price: Money! }`;
const priced = { ...types.Book, where: { curr: ['EUR', 'JPY'] } };

/** The library with `Query.bookTotals`; `mapping`: what stands for BookTotals. */
function withTotals(mapping: SqlTypeMapping, book: SqlTypeMapping = priced, type = contract): SubgraphParts {
  const { typeDefs, ...parts } = libraryParts({ Book: book, BookTotals: mapping });
  const field = 'bookTotals(filter: BookFilter, periods: [DateTimeRange!]!): [BookTotals!]';
  return { ...parts, typeDefs: `${typeDefs.replace('type Query {', `type Query { ${field}`)} ${type}` };
}

const question = `query ($periods: [DateTimeRange!]!, $filter: BookFilter) {
  bookTotals(periods: $periods, filter: $filter) { from before count price { amount currencyCode } } }`;

/** A period of seconds after the first book. */
const period = (from: number, before: number) => {
  const at = (seconds: number) => new Date((1_700_000_000 + seconds) * 1000).toISOString();
  return { from: at(from), before: at(before) };
};

async function ask(parts: SubgraphParts, variables: Record<string, unknown>) {
  const library = await openLibrary(parts);
  try {
    const answer = JSON.parse(JSON.stringify(await library.ask(question, variables)));
    return { ...answer, statements: library.statements().length };
  } finally {
    await library.close();
  }
}

async function faultsOf(parts: SubgraphParts): Promise<readonly string[]> {
  const error = await ask(parts, { periods: [] }).then(
    () => assert.fail('it started'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof StartupError, String(error));
  return error.faults;
}

describe('what records come to', () => {
  test('one entry for each period and currency, in order, exact, in one statement', async () => {
    const periods = [period(1, 3), period(0, 60), period(60, 90)];
    const { data, errors, statements } = await ask(withTotals({ totals }), { periods });
    assert.deepEqual(errors, undefined);
    assert.deepEqual(data.bookTotals, [
      { ...periods[0], count: 1, price: { amount: '1200', currencyCode: 'JPY' } },
      { ...periods[1], count: 3, price: { amount: '90071992547445.33', currencyCode: 'EUR' } },
      { ...periods[1], count: 1, price: { amount: '1200', currencyCode: 'JPY' } },
    ]);
    assert.equal(statements, 1);
  });

  test('only of what the filter lets through', async () => {
    const variables = { periods: [period(0, 60)], filter: { genre: ['NOVEL'], publishedAt: period(0, 4) } };
    const { data, errors } = await ask(withTotals({ totals }), variables);
    assert.deepEqual(errors, undefined);
    assert.deepEqual(data.bookTotals, [
      { ...period(0, 60), count: 1, price: { amount: '19.90', currencyCode: 'EUR' } },
    ]);
  });

  test('a currency that is the same for all, of several codes, or of amounts in decimals', async () => {
    const answer = async (price: ReturnType<typeof money>) => {
      const book = { ...priced, fields: { ...types.Book.fields, price } };
      const { data, errors } = await ask(withTotals({ totals }, book), { periods: [period(0, 4)] });
      assert.deepEqual(errors, undefined);
      return data.bookTotals.map((each: { count: number; price: object }) => [each.count, each.price]);
    };
    assert.deepEqual(await answer(money('price_ct', constant('USD'), 'minor')), [
      [3, { amount: '47.40', currencyCode: 'USD' }],
    ]);
    const same = valueMap('curr', { EUR: 'USD', JPY: 'USD' });
    assert.deepEqual(await answer(money('price_ct', same, 'minor')), [[3, { amount: '47.40', currencyCode: 'USD' }]]);
    assert.deepEqual(await answer(money('pages', same, 'major')), [[3, { amount: '500.00', currencyCode: 'USD' }]]);
  });

  test('no periods, too many, or one without an end', async () => {
    const parts = withTotals({ totals });
    const none = await ask(parts, { periods: [] });
    assert.deepEqual([none.data.bookTotals, none.statements], [[], 0]);
    const many = await ask(parts, { periods: Array.from({ length: 101 }, () => period(0, 1)) });
    const open = await ask(parts, { periods: [{ from: period(0, 1).from }] });
    assert.deepEqual(
      [many, open].map(({ errors, statements }) => [errors[0].message, errors[0].extensions.code, statements]),
      [
        ['"periods" takes at most 100, got 101.', 'BAD_USER_INPUT', 0],
        ['Each of "periods" needs both "from" and "before".', 'BAD_USER_INPUT', 0],
      ],
    );
  });

  test('a record without a currency is told, not left out', async () => {
    const fields = { ...types.Book.fields, publishedAt: timestamp('book_no', 'seconds') };
    const periods = [{ from: '1970-01-01T00:00:00Z', before: '1970-01-02T00:00:00Z' }];
    const { data, errors } = await ask(withTotals({ totals }, { ...types.Book, fields }), { periods });
    assert.equal(data.bookTotals, null);
    assert.deepEqual(errors[0].path, ['bookTotals', 0, 'price']);
  });
});

describe('what a mapping says of totals', () => {
  test('names that there are not, and fields that cannot be added up or compared', async () => {
    const parts = withTotals({ totals: { of: 'Bok', at: 'publishedAt', sum: 'price' } });
    assert.deepEqual(await faultsOf(parts), [
      'library: backend.ts: BookTotals.totals.of: there are no records of "Bok" (did you mean "Book"?).',
    ]);
    const wrong = withTotals({ totals: { of: 'Book', at: 'title', sum: ['pages', 'prize'] } });
    assert.deepEqual(await faultsOf(wrong), [
      'library: backend.ts: BookTotals.totals: nothing gives BookTotals.price; name it in "sum", or take it out of schema.graphql.',
      'library: backend.ts: BookTotals.totals: schema.graphql has no BookTotals.pages.',
      'library: backend.ts: BookTotals.totals: schema.graphql has no BookTotals.prize (did you mean "price"?).',
      'library: backend.ts: BookTotals.totals.at: Book.title is no DateTime that can be compared with.',
      "library: backend.ts: BookTotals.totals.sum: Book.pages is not made by money(), so that it can't be added up.",
      "library: backend.ts: BookTotals.totals.sum: Book.prize is not made by money(), so that it can't be added up.",
    ]);
    assert.deepEqual(await faultsOf(withTotals({ totals, fields: { count: 'pages' } })), [
      'library: backend.ts: BookTotals.totals: a type of totals has no key or fields.',
      'library: backend.ts: BookTotals.count: there are no records to read pages from, only the key.',
    ]);
  });

  test('amounts that are texts can be read, but not added up', async () => {
    const fields = { ...types.Book.fields, price: money('ttl', 'curr', 'minor') };
    assert.deepEqual(await faultsOf(withTotals({ totals }, { ...priced, fields })), [
      'library: backend.ts: BookTotals.price: "ttl" is of type text; expected integer.',
    ]);
  });

  test('a filter that the system can not do is a fault there too', async () => {
    const { pages: _pages, ...fields } = types.Book.fields;
    const book = { ...priced, fields: { ...fields, pages: constant(1) }, lacks: ['orderBy.PAGES'] };
    const faults = await faultsOf(withTotals({ totals }, book));
    assert.ok(
      faults.includes(
        'library: backend.ts: Query.bookTotals(filter: pages): Book has no field or filter of this name that can be compared with.',
      ),
      faults.join('\n'),
    );
  });

  test('a system that does not add up lacks it, and says so to who asks', async () => {
    const lacking = withTotals({ lacks: ['bookTotals'] });
    const { errors } = await ask(lacking, { periods: [period(0, 1)] });
    const message = "The system behind this list can't answer bookTotals.";
    assert.deepEqual(errors, [{ message, path: ['bookTotals'], extensions: { code: 'UNSUPPORTED' } }]);
    assert.deepEqual(await faultsOf(withTotals({ totals, lacks: ['bookTotals'] })), [
      'library: backend.ts: BookTotals.lacks: "bookTotals" is nothing that a list of the contract lacks; remove it.',
    ]);
    const can = () => true;
    const source = { canLookUp: can, canList: can, canFilter: can, canOrder: can };
    const faultsIn = (parts: SubgraphParts) => {
      const { schema, model } = assemble(parts);
      return checkCapabilities(schema, model, source);
    };
    assert.deepEqual(faultsIn(withTotals({ totals })), [
      "backend.ts: Query.bookTotals: the system can't add up its records.",
    ]);
    assert.deepEqual(faultsIn(lacking), []);
    assert.deepEqual(faultsIn(withTotals({ totals, lacks: ['bookTotals'] })), []);
  });
});

describe('a plain list without arguments', () => {
  const field = 'accounts: [Reader!]';
  const typed = ({ typeDefs, ...parts }: SubgraphParts) => ({
    ...parts,
    typeDefs: typeDefs.replace('type Query {', `type Query { ${field}`),
  });
  const owned = { ...types.Reader, contributed: false };

  test('all records, by their key, in one statement; more than a page takes is a failure', async () => {
    const library = await openLibrary(typed(libraryParts({ Reader: owned })));
    const { data } = await library.ask('{ accounts { id fines { amount } } }');
    assert.deepEqual(JSON.parse(JSON.stringify(data)), { accounts: [{ id: 'r1', fines: { amount: '2.50' } }] });
    assert.equal(library.statements().length, 1);
    const writer = new DatabaseSync(library.url.slice('sqlite:'.length));
    for (let i = 0; i < 100; i++) writer.exec(`insert into reader_account values ('x${i}', 1, 'EUR')`);
    writer.close();
    const { data: none, errors } = await library.ask('{ accounts { id } }');
    assert.deepEqual([none?.accounts, errors?.[0]?.extensions?.code], [null, 'SYSTEM_FAILED']);
    await library.close();
  });

  test('what a system lacks of it', () => {
    const can = () => true;
    const source = { canLookUp: can, canList: () => false, canFilter: can, canOrder: can };
    const faultsIn = (parts: SubgraphParts) => {
      const { schema, model, faults } = assemble(typed(parts));
      return [...faults, ...checkCapabilities(schema, model, source)].filter((fault) => /accounts/.test(fault));
    };
    assert.deepEqual(faultsIn(libraryParts({ Reader: owned })), [
      'backend.ts: Query.accounts: the mapping of Reader has no list.',
    ]);
    assert.deepEqual(faultsIn(libraryParts({ Reader: { ...owned, lacks: ['accounts'] } })), []);
  });
});

test('decimals are added exactly', () => {
  const sums = [
    ['0.1', '0.2'],
    ['99999999999999999.99', '0.011'],
    ['-1.5', '1.50'],
    ['7', '-10'],
  ].map(([a = '', b = '']) => sum(a, b));
  assert.deepEqual(sums, ['0.3', '100000000000000000.001', '0', '-3']);
  assert.throws(() => sum('1', 'x'), TypeError);
});
