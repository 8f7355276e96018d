import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { before, test } from 'node:test';
import { InvalidCursorError } from '../../../../subgraphs/kit/errors.ts';
import type { Key, ListRequest, Order, Raw } from '../../../../subgraphs/kit/source.ts';
import { call } from '../source-harness.ts';
import { list, rowsByKey, type SqlDatabase, type Statement, table, texts, withSource } from './sql-contract.ts';

/** Keys of several columns, and values that a column can't hold. */
export function keyContract(opened: () => SqlDatabase): void {
  const stock = table('stock', { computed: { both: { sql: 'place * 10 + shelf', type: 'integer' } } });

  const byId: Order[] = [{ column: 'id', direction: 'asc' }];

  before(async () => {
    await opened().run(
      `create table "stock" ("place" integer not null, "item" varchar(100) not null, "shelf" bigint not null, "amount" decimal(20,2), primary key ("place", "item"))`,
    );
    await opened().run(
      `insert into "stock" values (1, 'a', 1, 1.50), (1, 'b', 2, 2.00), (2, 'a', 9007199254740993, 3.25), (2, '7', 3, null)`,
    );
  });

  test('the same question about other keys, more of them and fewer', () =>
    withSource(opened(), { stock }, async (source) => {
      const rows: Readonly<Record<string, string>> = { '1 a': '1', '1 b': '2', '2 7': '3' };
      const order: Order[] = [{ column: 'shelf', direction: 'asc' }];
      const request = { ...list('stock', { columns: ['shelf'], order, count: true }), parent: ['place', 'item'] };
      for (const names of [['1 a'], ['1 b'], ['2 7', '1 a'], ['1 b', '2 7'], ['1 b', '1 a', '2 7'], ['2 7']]) {
        const keys = names.map((name) => [Number(name.split(' ')[0]), name.split(' ')[1]] as Key);
        const found = await rowsByKey(source, 'stock', ['place', 'item'], keys, ['place', 'item', 'shelf']);
        assert.deepEqual(found, names.map((name) => [...name.split(' '), rows[name]]).sort());
        const pages = await source.top({ ...request, parents: keys }, call());
        assert.deepEqual(
          pages.map((page) => [String(page.rows[0]?.row.shelf), page.total]),
          names.map((name) => [rows[name], 1]),
        );
      }
    }));

  test('keys of two columns', () =>
    withSource(opened(), { stock }, async (source) => {
      const keys = [
        [1, 'b'],
        [2, 'a'],
        [1, 'none'],
      ];
      assert.deepEqual(await rowsByKey(source, 'stock', ['place', 'item'], keys, ['place', 'item', 'shelf']), [
        ['1', 'b', '2'],
        ['2', 'a', '9007199254740993'],
      ]);
      const parents: Key[] = [
        [2, 'a'],
        [1, 'none'],
        [1, 'a'],
      ];
      const order: Order[] = [{ column: 'shelf', direction: 'asc' }];
      const request = {
        ...list('stock', { columns: ['shelf'], order, count: true }),
        parent: ['place', 'item'],
        parents,
      };
      const pages = await source.top(request, call());
      assert.deepEqual(
        pages.map(({ rows, total }) => [
          texts(
            rows.map(({ row }) => row),
            'shelf',
          ),
          total,
        ]),
        [
          [['9007199254740993'], 1],
          [[], 0],
          [['1'], 1],
        ],
      );
    }));

  test('a key that a column can’t hold matches nothing, and the others are found', () =>
    withSource(opened(), { stock }, async (source) => {
      const keys: Raw[][] = [['abc'], ['1'], ['99999999999999999999'], [''], [null], ['1.5']];
      assert.deepEqual(await rowsByKey(source, 'stock', ['place'], keys, ['place', 'item']), [
        ['1', 'a'],
        ['1', 'b'],
      ]);
      assert.deepEqual(await rowsByKey(source, 'stock', ['place'], [['abc']], ['place']), []);
      // A number is no text, and finds the text of its digits.
      assert.deepEqual(await rowsByKey(source, 'stock', ['item'], [[0], [7]], ['item']), [['7']]);
      const request = { ...list('stock', { columns: ['item'], order: [{ column: 'item', direction: 'asc' }] }) };
      const pages = await source.top({ ...request, parent: ['place'], parents: [['abc'], ['2'], ['1e3']] }, call());
      assert.deepEqual(
        pages.map(({ rows }) =>
          texts(
            rows.map(({ row }) => row),
            'item',
          ),
        ),
        [[], ['7', 'a'], []],
      );
    }));

  test('whole lists of keys, filtered and in the database’s order, by keys that are written otherwise', () =>
    withSource(opened(), { stock }, async (source) => {
      const read = async (key: string, keys: Key[], where: ListRequest['where'], order: Order[]) => {
        const request = { collection: 'stock', key: [key], keys, columns: ['item'], where, order };
        return (await source.lists?.(request, call()))?.map((rows) => texts(rows, 'item'));
      };
      const byAmount: Order[] = [{ column: 'amount', direction: 'desc' }];
      assert.deepEqual(await read('place', [['1.00'], [9], ['abc'], ['1']], [], byAmount), [
        ['b', 'a'],
        [],
        [],
        ['b', 'a'],
      ]);
      // SQLite keeps decimals as floats, and every other engine writes 2.00.
      assert.deepEqual(await read('amount', [[2], ['1.5'], ['2.000']], [], []), [['b'], ['a'], ['b']]);
      assert.deepEqual(await read('place', [[1]], [{ column: 'amount', op: '=', value: 2 }], byAmount), [['b']]);
      assert.deepEqual(await read('place', [[1], [2]], [{ column: 'shelf', op: '=', value: true }], byAmount), [
        ['a'],
        [],
      ]);
    }));

  test('what the database joins is found: keys of other letters, each of which has all rows', async () => {
    const types = {
      postgres: 'uuid',
      mariadb: 'varchar(40) collate utf8mb4_general_ci',
      sqlite: 'text collate nocase',
    };
    const small = 'abcdef01-0000-4000-8000-000000000001';
    await withSource(opened(), { part: table('part') }, async (source) => {
      const type = types[source.kind as keyof typeof types];
      await opened().run(`create table "part" ("id" integer primary key, "of" ${type})`);
      await opened().run(`insert into "part" values (1, '${small}'), (2, '${small}'), (3, null)`);
      const lists = async (keys: Key[]) => {
        const request = { collection: 'part', key: ['of'], keys, columns: ['id'], where: [], order: byId };
        return (await source.lists?.(request, call()))?.map((rows) => texts(rows));
      };
      const capital = small.toUpperCase();
      assert.deepEqual(await lists([[capital]]), [['1', '2']]);
      assert.deepEqual(await lists([[capital], ['none'], [null]]), [['1', '2'], [], []]);
      if (source.kind !== 'sqlite') assert.deepEqual(await lists([[capital], [small]]), Array(2).fill(['1', '2']));
      const { total } = await source.page(
        list('part', { where: [{ column: 'of', op: 'contains', value: 'CDEF01-' }], first: 0, count: true }),
        call(),
      );
      assert.equal(total, 2);
    });
  });

  test('conditions and filters take no text for another, whatever a column’s collation does', async (t) => {
    const tenant = table('tenant', { where: { name: 'acme' } });
    const tenants = table('tenant', { where: { name: ['acme', 'zz'] } });
    const joined = table('part_of', {
      joins: { tenant: { table: 'tenant', on: { id: 'tenant_id' }, where: { name: 'acme' } } },
    });
    await withSource(opened(), { tenant, tenants, joined, all: table('tenant') }, async (source) => {
      if (source.kind === 'sqlite') return t.skip('SQLite’s columns do not say their collation');
      const collation = source.kind === 'mariadb' ? 'collate utf8mb4_general_ci' : '';
      await opened().run(`create table "tenant" ("id" integer primary key, "name" varchar(20) ${collation} not null)`);
      await opened().run(`create table "part_of" ("id" integer primary key, "tenant_id" integer)`);
      await opened().run(`insert into "tenant" values (1, 'acme'), (2, 'ACME'), (3, 'acmé'), (4, 'acme '), (5, 'zz')`);
      await opened().run(`insert into "part_of" values (1, 1), (2, 2)`);
      const found = async (collection: string, where: ListRequest['where'] = []) =>
        texts((await source.page(list(collection, { where }), call())).rows.map(({ row }) => row));
      assert.deepEqual(await found('tenant'), ['1']);
      assert.deepEqual(await found('tenants'), ['1', '5']);
      assert.deepEqual(await found('all', [{ column: 'name', op: '=', value: 'ACME' }]), ['2']);
      assert.deepEqual(await found('all', [{ column: 'name', op: 'in', value: ['ACME', 'acme'] }]), ['1', '2']);
      assert.deepEqual(await rowsByKey(source, 'joined', ['id'], [[1], [2]], ['id', 'tenant.name']), [
        ['1', 'acme'],
        ['2', null],
      ]);
    });
  });

  test('numbers beyond 2^53, and expressions as keys', () =>
    withSource(opened(), { stock }, async (source) => {
      for (const shelf of ['9007199254740993', 9007199254740993n]) {
        assert.deepEqual(await rowsByKey(source, 'stock', ['shelf'], [[shelf]], ['item', 'shelf']), [
          ['a', '9007199254740993'],
        ]);
      }
      assert.deepEqual(await rowsByKey(source, 'stock', ['both'], [['11'], [23], ['abc']], ['both']), [['11'], ['23']]);
    }));

  test('a position that a column can’t hold is refused, or nothing stands behind it', () =>
    withSource(opened(), { stock }, async (source) => {
      const order: Order[] = [{ column: 'place', direction: 'asc' }];
      const read = source.page(list('stock', { columns: [], order, after: ['abc'] }), call());
      // SQLite compares a number with any text, which is greater.
      if (source.kind === 'sqlite') assert.deepEqual((await read).rows, []);
      else await assert.rejects(read, InvalidCursorError);
    }));

  test('where the engine has arrays, a statement is the same for any number of keys', () =>
    withSource(opened(), { stock }, async (source) => {
      const seen = new Set<string>();
      const note = (message: unknown) => seen.add((message as Statement).sql);
      await source.describe('stock', [], call());
      subscribe('junction:sql', note);
      for (const keys of [[[1]], [[1], [2], [3]]]) await rowsByKey(source, 'stock', ['place'], keys, ['item']);
      for (const keys of [
        [[1, 'a']],
        [
          [1, 'a'],
          [2, 'b'],
        ],
      ])
        await rowsByKey(source, 'stock', ['place', 'item'], keys, ['item']);
      unsubscribe('junction:sql', note);
      assert.equal(seen.size, source.kind === 'postgres' ? 2 : 4);
    }));

  test('filters with values that a column can’t hold', () =>
    withSource(opened(), { stock }, async (source) => {
      const found = async (where: ListRequest['where']) => {
        const order: Order[] = [
          { column: 'place', direction: 'asc' },
          { column: 'item', direction: 'asc' },
        ];
        const { rows, total } = await source.page(list('stock', { columns: [], where, order, count: true }), call());
        assert.equal(rows.length, total);
        return total;
      };
      assert.equal(await found([{ column: 'place', op: '=', value: 'abc' }]), 0);
      assert.equal(await found([{ column: 'place', op: 'in', value: ['abc', 1, 3_000_000_000] }]), 2);
      assert.equal(await found([{ column: 'place', op: '<', value: 30_000_000_000 }]), 4);
      assert.equal(await found([{ column: 'place', op: '>=', value: 30_000_000_000 }]), 0);
      assert.equal(await found([{ column: 'place', op: '>=', value: -30_000_000_000 }]), 4);
      assert.equal(await found([{ column: 'place', op: '>=', value: 1.5 }]), 2);
      assert.equal(await found([{ column: 'place', op: '<', value: 1.5 }]), 2);
      assert.equal(await found([{ column: 'amount', op: '>=', value: '2.00' }]), 2);
      assert.equal(await found([{ column: 'amount', op: '=', value: null }]), 1);
      assert.equal(await found([{ column: 'item', op: '=', value: 7 }]), 1);
    }));
}
