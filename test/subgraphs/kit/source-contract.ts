import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { withinTime } from '../../../subgraphs/kit/limits.ts';
import { columns, type FixtureType, fixture } from './source-fixture.ts';
import { call, listOf, type OpenedSource, plain, SourceHarness, sorted } from './source-harness.ts';
import { pageContract, topContract } from './source-list-contract.ts';

/** The types that a source may state for what the fixture holds; systems without a type of their own keep it as text. */
const accepted: Record<FixtureType, readonly string[]> = {
  text: ['text'],
  integer: ['integer'],
  decimal: ['decimal', 'text'],
  date: ['date', 'text'],
  datetime: ['datetime', 'moment', 'text'],
};

/** Registers the tests that every source must pass. What a source says that it can't do is left out, and shows as skipped. */
export function sourceContract(name: string, open: () => Promise<OpenedSource>): void {
  describe(`${name}: source contract`, { timeout: 60_000 }, () => {
    let harness: SourceHarness;
    before(async () => {
      harness = new SourceHarness(await open());
    });
    after(() => harness.opened.close());
    const opened = () => harness;

    describe('byKey', () => keyContract(opened));
    describe('page', () => pageContract(opened));
    describe('top', () => topContract(opened));
    describe('totals', () => totalsContract(opened));
    describe('describe', () => descriptionContract(opened));
    describe('life', () => lifeContract(opened, open));
  });
}

function keyContract(opened: () => SourceHarness): void {
  test('rows of the keys that exist, whole and exact, in one call', async () => {
    const keys = [...fixture.authors.map(({ id }) => id as string), 'nobody'];
    const rows = await opened().counted(1, () => opened().byKey('authors', 'id', keys));
    assert.deepEqual(plain('authors', rows), sorted(fixture.authors));
  });

  test('no other rows than those asked for, no other columns than those and the key', async () => {
    const rows = await opened().byKey('authors', 'id', ['a3'], ['name']);
    assert.notEqual(rows.length, 0);
    for (const row of rows) assert.deepEqual({ ...row }, { id: 'a3', name: '李白' });
  });

  test('exactly batchSize keys go in one call', async () => {
    const others = Array.from({ length: opened().source.batchSize - 2 }, (_, i) => `none-${i}`);
    const rows = await opened().counted(1, () => opened().byKey('authors', 'id', ['a1', ...others, 'a2'], ['id']));
    assert.deepEqual(new Set(rows.map(({ id }) => id)), new Set(['a1', 'a2']));
  });

  test("all rows of a key that isn't unique, in one call", async (t) => {
    if (!opened().source.canLookUp(opened().called('books'), ['author']))
      return t.skip("the source can't look up by it");
    const rows = await opened().counted(1, () => opened().byKey('books', 'author', ['a1', 'a4', 'a5']));
    const expected = fixture.books.filter(({ author }) => author === 'a1' || author === 'a4');
    assert.deepEqual(plain('books', rows), sorted(expected));
  });

  test('no keys, no rows', async () => {
    assert.deepEqual(await opened().byKey('authors', 'id', []), []);
  });
}

function totalsContract(opened: () => SourceHarness): void {
  const ranges = [
    { from: 1800, before: 1900 },
    { from: 1900, before: 1901 },
    { from: 1882, before: 1950 },
  ];
  const request = () => ({
    ...{ collection: opened().called('authors'), where: [], at: 'born', ranges, by: ['country'], sums: ['born'] },
  });

  test('the records of each range and group, counted and added up, in one call', async (t) => {
    const { source } = opened();
    if (!source.totals) return t.skip("the source doesn't add up");
    const found = await opened().counted(1, async () => source.totals?.(request(), call()));
    const rows = found?.map(({ range, count, row }) => [range, row.country, count, Number(row.born)]) ?? [];
    assert.deepEqual(
      rows.sort((a, b) => String(a).localeCompare(String(b))),
      [
        [0, 'IE', 1, 1882],
        [0, 'RU', 1, 1828],
        [2, 'EG', 1, 1911],
        [2, 'IE', 1, 1882],
        [2, 'IS', 1, 1921],
      ],
    );
  });

  test('given up at once, by a client that leaves or by a limit of time, and the source goes on', async (t) => {
    const { source } = opened();
    const held = await (source.totals && opened().opened.hold?.());
    if (!held) return t.skip("the source doesn't add up, or can't be held");
    const controller = new AbortController();
    const pending = source.totals?.(request(), call(controller.signal)) ?? Promise.resolve();
    await held.reached;
    controller.abort(new Error('gone'));
    await assert.rejects(pending, { message: 'gone' });
    await held.left;
    const late = withinTime(call(), 50, async (limited) => source.totals?.(request(), limited));
    await assert.rejects(late, { code: 'SYSTEM_TIMEOUT' });
    held.release();
    const again = await withinTime(call(), 10_000, async (limited) => source.totals?.(request(), limited));
    assert.equal(again?.length, 5);
  });
}

function descriptionContract(opened: () => SourceHarness): void {
  for (const collection of ['authors', 'books'] as const) {
    test(`the columns of ${collection} and what they hold; a column that isn't there is left out`, async () => {
      const wanted = [...Object.keys(columns[collection]), 'shoe_size'];
      const found = await opened().source.describe(opened().called(collection), wanted, call());
      assert.deepEqual(found.faults, []);
      assert.equal(found.columns.has('shoe_size'), false);
      for (const [column, type] of Object.entries(columns[collection])) {
        const stated = String(found.columns.get(column));
        assert.ok(accepted[type].includes(stated), `${column} is ${stated}`);
      }
    });
  }
}

function lifeContract(opened: () => SourceHarness, open: () => Promise<OpenedSource>): void {
  const request = () => ({ ...listOf('authors'), collection: opened().called('authors') });

  test('ping asks the system once', () => opened().counted(1, () => opened().source.ping(call())));

  test('a call that nobody waits for never starts', async () => {
    const signal = AbortSignal.abort(new Error('gone'));
    await opened().counted(0, () => assert.rejects(opened().source.page(request(), call(signal)), { message: 'gone' }));
  });

  test('a call under way is given up at once, and the source goes on', async (t) => {
    const held = await opened().opened.hold?.();
    if (!held) return t.skip("this system can't be held");
    const controller = new AbortController();
    const pending = opened().source.page(request(), call(controller.signal));
    await held.reached;
    controller.abort(new Error('gone'));
    await assert.rejects(pending, { message: 'gone' });
    await held.left;
    held.release();
    assert.equal((await opened().page('authors', { first: 1 })).rows.length, 1);
  });

  test('a closed source refuses', async () => {
    const { source, close } = await open();
    await source.ping(call());
    await close();
    await assert.rejects(source.ping(call()));
  });
}
