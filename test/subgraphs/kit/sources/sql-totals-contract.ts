import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { before, test } from 'node:test';
import { SystemError } from '../../../../subgraphs/kit/errors.ts';
import type { Condition, Raw, Source, TotalsRequest } from '../../../../subgraphs/kit/source.ts';
import { call } from '../source-harness.ts';
import { type SqlDatabase, table, withSource } from './sql-contract.ts';

const tables = {
  sold: table('sold', {
    joins: { shop: { table: 'sold_shop', on: { id: 'shop_id' } } },
    computed: {
      TWICE: { type: 'integer', sql: `(select s."amount" * 2 from "sold" s where s."id" = "sold"."id")` },
      KIND: { type: 'text', sql: `(select min(s."state") from "sold" s where s."id" = "sold"."id")` },
    },
    where: { hidden: 0 },
  }),
};

/** `placed`, currency, amount, shop, state, hidden. */
const rows: readonly (readonly [number, string, bigint, number, string, number])[] = [
  [99, 'EUR', 1n, 1, 'new', 0],
  [100, 'EUR', 9007199254740993n, 1, 'new', 0],
  [150, 'EUR', 9007199254740994n, 2, 'done', 0],
  [150, 'JPY', 7n, 2, 'done', 0],
  [199, 'USD', -5n, 1, 'new', 0],
  [199, 'USD', 1n, 1, 'new', 1],
  [200, 'EUR', 40n, 1, 'canceled', 0],
  [310, 'eur', 50n, 1, 'new', 0],
  [311, 'EUR', 60n, 3, 'new', 0],
];

/** What rows come to in ranges of a column. */
export function totalsContract(opened: () => SqlDatabase): void {
  before(async () => {
    const { run } = opened();
    await run(`create table "sold_shop" ("id" integer primary key, "town" varchar(20))`);
    await run(`insert into "sold_shop" values (1, 'Köln'), (2, 'Oslo')`);
    await run(
      `create table "sold" ("id" integer primary key, "placed" integer not null, "curr" varchar(3) not null, "amount" bigint,
        "price" decimal(30, 2), "at" timestamp null, "shop_id" integer, "state" varchar(20) not null, "hidden" integer not null)`,
    );
    const values = rows.map(
      ([placed, curr, amount, shop, state, hidden], i) =>
        `(${i + 1}, ${placed}, '${curr}', ${amount}, ${i}.10, '2026-01-0${i + 1} 12:00:00', ${shop}, '${state}', ${hidden})`,
    );
    await run(`insert into "sold" values ${values.join()}`);
    await run(`insert into "sold" values (90, 400, 'EUR', null, null, null, null, 'new', 0)`);
    await run('create index "sold_placed" on "sold" ("placed", "id")');
  });

  test('by range and currency: exact, from its first value up to but without its last, nothing where there is nothing', () =>
    withSource(opened(), tables, async (source) => {
      const ranges: Range[] = [
        [100, 200],
        [250, 300],
        [200, 201],
        [0, 1000],
      ];
      assert.deepEqual(await totals(source, { ranges: ranges.slice(0, 3) }), [
        '0 EUR 2 18014398509481987',
        '0 JPY 1 7',
        '0 USD 1 -5',
        '2 EUR 1 40',
      ]);
      // Ranges may overlap, and one may be asked for twice; what one holds doesn't change by those beside it.
      assert.deepEqual(
        await totals(source, {
          ranges: [
            [250, 300],
            [200, 201],
            [200, 201],
          ],
        }),
        ['1 EUR 1 40', '2 EUR 1 40'],
      );
      assert.deepEqual(await totals(source, { ranges: ranges.slice(3), by: [] }), ['0 9 18014398509482140']);
      assert.deepEqual(await totals(source, { ranges: ranges.slice(1, 2), by: [] }), []);
    }));

  test('texts that the column takes for equal are groups of their own', () =>
    withSource(opened(), tables, async (source) => {
      assert.deepEqual(await totals(source, { ranges: [[310, 400]] }), ['0 EUR 1 60', '0 eur 1 50']);
    }));

  test('rows that hold nothing count, and add nothing', () =>
    withSource(opened(), tables, async (source) => {
      assert.deepEqual(await totals(source, { ranges: [[400, 401]] }), ['0 EUR 1 0']);
    }));

  test('only what a filter lets through, also by a neighbour', () =>
    withSource(opened(), tables, async (source) => {
      const where = (condition: Condition) =>
        totals(source, {
          ranges: [
            [0, 300],
            [300, 400],
          ],
          where: [condition],
        });
      assert.deepEqual(await where({ column: 'state', op: 'in', value: ['done', 'canceled'] }), [
        '0 EUR 2 9007199254741034',
        '0 JPY 1 7',
      ]);
      assert.deepEqual(await where({ column: 'shop.town', op: '=', value: 'Oslo' }), [
        '0 EUR 1 9007199254740994',
        '0 JPY 1 7',
      ]);
      assert.deepEqual(await where({ column: 'state', op: 'in', value: [] }), []);
      assert.deepEqual(await where({ column: 'placed', op: '>=', value: 311 }), ['1 EUR 1 60']);
    }));

  test("grouped by a neighbour's column, which may not be there, and by expressions, which may be added up too", () =>
    withSource(opened(), tables, async (source) => {
      const ranges: Range[] = [[199, 400]];
      assert.deepEqual(await totals(source, { ranges, by: ['shop.town'] }), ['0 Köln 3 85', '0 null 1 60']);
      assert.deepEqual(await totals(source, { ranges, by: ['KIND'], sums: ['TWICE'] }), [
        '0 canceled 1 80',
        '0 new 3 210',
      ]);
    }));

  test('ends that the column can not hold', () =>
    withSource(opened(), tables, async (source) => {
      const far = 10n ** 30n;
      assert.deepEqual(
        await totals(source, {
          ranges: [
            [300, far],
            [-far, 100],
            [far, far],
            [-far, -far],
          ],
        }),
        ['0 EUR 2 60', '0 eur 1 50', '1 EUR 1 1'],
      );
    }));

  test('ranges of days', () =>
    withSource(opened(), tables, async (source) => {
      const ranges: Range[] = [
        ['2026-01-01 12:00:00', '2026-01-02 12:00:00'],
        ['2026-01-07 00:00:00', '2026-01-10 00:00:00'],
      ];
      assert.deepEqual(await totals(source, { at: 'at', ranges }), ['0 EUR 1 1', '1 EUR 2 100', '1 eur 1 50']);
    }));

  test('decimals are added exactly, or not at all', () =>
    withSource(opened(), tables, async (source) => {
      const asked = () => totals(source, { ranges: [[0, 300]], by: [], sums: ['price'] });
      if (source.kind !== 'sqlite') {
        assert.deepEqual(await asked(), ['0 6 16.60']);
        return;
      }
      const isInexact = (error: unknown) => error instanceof SystemError && /not exact/.test(error.message);
      await assert.rejects(asked(), isInexact);
    }));

  test('a hundred ranges, with filters, are one statement', () =>
    withSource(opened(), tables, async (source) => {
      const ranges = Array.from({ length: 100 }, (_, i): Range => [i * 5, i * 5 + 5]);
      const states = ['new', ...Array.from({ length: 99 }, (_, i) => `s${i}`)];
      const where: Condition[] = [{ column: 'state', op: 'in', value: states }];
      const asked = { ranges, where };
      await totals(source, asked);
      let statements = 0;
      const count = () => {
        statements += 1;
      };
      subscribe('junction:sql', count);
      try {
        assert.deepEqual(await totals(source, asked), [
          '19 EUR 1 1',
          '20 EUR 1 9007199254740993',
          '39 USD 1 -5',
          '62 EUR 1 60',
          '62 eur 1 50',
          '80 EUR 1 0',
        ]);
      } finally {
        unsubscribe('junction:sql', count);
      }
      assert.equal(statements, 1);
    }));

  test('nobody waits any more: it never starts', () =>
    withSource(opened(), tables, async (source) => {
      const request = {
        collection: 'sold',
        where: [],
        at: 'placed',
        ranges: [{ from: 0, before: 1 }],
        by: [],
        sums: [],
      };
      const signal = AbortSignal.abort(new Error('gone'));
      await assert.rejects(source.totals?.(request, call(signal)) ?? Promise.resolve(), { message: 'gone' });
    }));
}

type Range = readonly [from: Raw, before: Raw];

interface Asked extends Partial<Omit<TotalsRequest, 'ranges'>> {
  readonly ranges: readonly Range[];
}

/** Each as text, in order: the range's place, the groups, the count, the sums. */
async function totals(source: Source, { ranges, by = ['curr'], sums = ['amount'], ...more }: Asked): Promise<string[]> {
  assert.ok(source.totals);
  const found = await source.totals(
    {
      ...{ collection: 'sold', where: [], at: 'placed', by, sums, ...more },
      ranges: ranges.map(([from, before]) => ({ from, before })),
    },
    call(),
  );
  return found
    .map(({ range, count, row }) => [range, ...by.map((name) => row[name]), count, ...sums.map((name) => row[name])])
    .map((each) => each.map(String).join(' '))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
}
