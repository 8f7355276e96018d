import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { InvalidCursorError } from '../../../subgraphs/kit/errors.ts';
import type { Condition, ListRequest, Page, Position, Row } from '../../../subgraphs/kit/source.ts';
import { type FixtureCollection, type FixtureRow, fixture } from './source-fixture.ts';
import { ids, matches, ordered, plain, type SourceHarness, sorted, travelled } from './source-harness.ts';

/** A list to test: all of a collection, or the books of one author. */
interface List {
  readonly collection: FixtureCollection;
  readonly parent: readonly string[];
  readonly records: readonly FixtureRow[];
  read(request: Partial<ListRequest>): Promise<Page>;
}

// The kit lets only plain values pass from a client's cursor, so that what is left to forge is their number.
const forged: readonly Position[] = [[], Array.from({ length: 40 }, () => 'x')];

/** What a list without a parent must do. */
export function pageContract(opened: () => SourceHarness): void {
  const list: List = {
    collection: 'authors',
    parent: [],
    records: fixture.authors,
    read: (request) => opened().page('authors', request),
  };
  listContract(opened, list, 'joined', [
    { column: 'country', op: '=', value: 'IS' },
    { column: 'country', op: 'in', value: ['IS', 'CN'] },
    { column: 'country', op: 'in', value: [] },
    { column: 'name', op: '=', value: 'Zoë "Zee" O\'Hara & <Söhne>' },
    { column: 'born', op: '>=', value: 1882 },
    { column: 'born', op: '<', value: 1882 },
    { column: 'joined', op: '>=', value: '2019-01-31' },
  ]);

  test('a full last page has no next', async () => {
    const { rows, hasNext } = await opened().page('authors', { first: fixture.authors.length });
    assert.deepEqual([rows.length, hasNext], [fixture.authors.length, false]);
  });
}

/** What lists below parents must do. */
export function topContract(opened: () => SourceHarness): void {
  const list: List = {
    collection: 'books',
    parent: ['author'],
    records: fixture.books.filter(({ author }) => author === 'a1'),
    read: async (request) => (await opened().top(['a1'], request))[0] as Page,
  };
  listContract(opened, list, 'year', [
    { column: 'year', op: '=', value: 2001 },
    { column: 'year', op: 'in', value: [2000, 2003] },
    { column: 'year', op: '>=', value: 2001 },
    { column: 'year', op: '<', value: 2001 },
  ]);

  test('the first rows of each parent, in the order of the parents, in one call', async () => {
    const parents = ['a4', 'a5', 'a1', 'x/y ?&=%+#\'"<ü>', 'nobody'];
    const pages = await opened().counted(1, () => opened().top(parents, { first: 3 }));
    assert.deepEqual(
      pages.map((page) => [ids(page), page.hasNext]),
      [
        [['b40', 'b41', 'b42'], false],
        [[], false],
        [['b10', 'b11', 'b12'], true],
        [['b50'], false],
        [[], false],
      ],
    );
  });

  test("counts each parent's rows, also without reading any", async () => {
    for (const first of [2, 0]) {
      const pages = await opened().top(['a1', 'a2', 'a3'], { first, count: true });
      assert.deepEqual(
        pages.map(({ rows, total }) => [rows.length, total]),
        [
          [first, 13],
          [0, 0],
          [first, 2],
        ],
      );
    }
  });
}

function listContract(
  opened: () => SourceHarness,
  list: List,
  orderedBy: string,
  conditions: readonly Condition[],
): void {
  const { collection, parent, records, read } = list;

  for (const condition of conditions) {
    test(`${condition.column} ${condition.op} ${JSON.stringify(condition.value)}`, async (t) => {
      const { source } = opened();
      if (!source.canFilter(opened().called(collection), parent, condition.column, condition.op)) {
        return t.skip("the source can't filter so");
      }
      const expected = records.filter((row) => matches(row, condition));
      const { rows, total, hasNext } = await read({ where: [condition], first: 50, count: true });
      const found = rows.map(({ row }) => row);
      assert.deepEqual(plain(collection, found), sorted(expected));
      assert.deepEqual([found.length, total, hasNext], [expected.length, expected.length, false]);
    });
  }

  for (const direction of ['asc', 'desc'] as const) {
    describe(`ordered by ${orderedBy} ${direction}`, () => {
      const order = ordered(orderedBy, direction);
      const can = () => opened().source.canOrder(opened().called(collection), parent, orderedBy, direction);

      test('smallest or largest first', async (t) => {
        if (!can()) return t.skip("the source can't order so");
        const values = (await read({ order, first: 50 })).rows.map(({ row }) => String(row[orderedBy]));
        const expected = records.map((row) => String(row[orderedBy])).sort();
        assert.deepEqual(values, direction === 'asc' ? expected : expected.toReversed());
      });

      test('walked to the end, no row is missed or comes twice', async (t) => {
        if (!can()) return t.skip("the source can't order so");
        const walked: Row[] = [];
        let position: Position | undefined;
        for (let more = true; more; ) {
          // The columns leave out what the order goes by, which the source needs none the less.
          const { rows, hasNext } = await read({ order, first: 3, after: position, columns: ['id'] });
          walked.push(...rows.map(({ row }) => row));
          assert.equal(hasNext, walked.length < records.length, `hasNext after ${walked.length} rows`);
          position = travelled(rows.at(-1)?.position);
          more = hasNext;
        }
        assert.deepEqual(walked.map(({ id }) => id).sort(), records.map(({ id }) => id).sort());
      });
    });
  }

  test('goes on after any row, not only after the last', async () => {
    const all = ids(await read({ first: 50 }));
    const { rows } = await read({ first: 5 });
    assert.equal(rows.length, 5);
    for (const [i, { position }] of rows.entries()) {
      assert.deepEqual(ids(await read({ first: 2, after: travelled(position) })), all.slice(i + 1, i + 3));
    }
  });

  test('counts all that match, whatever first and after', async () => {
    const { rows, total } = await read({ first: 2, count: true });
    assert.equal(total, records.length);
    assert.equal((await read({ first: 2, count: true, after: travelled(rows[1]?.position) })).total, records.length);
    const none = await read({ first: 0, count: true });
    assert.deepEqual([none.rows, none.total], [[], records.length]);
  });

  test('positions that were never given out are refused', async () => {
    for (const after of forged) await assert.rejects(read({ after }), InvalidCursorError, JSON.stringify(after));
  });
}
