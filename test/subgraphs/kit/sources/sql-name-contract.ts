import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Order } from '../../../../subgraphs/kit/source.ts';
import { call } from '../source-harness.ts';
import { list, rowsByKey, type SqlDatabase, table, texts, withSource } from './sql-contract.ts';

/** Names that need quoting, views, and paths into JSON. */
export function nameContract(opened: () => SqlDatabase): void {
  const odd = table('Odd "Name"', { joins: { 'to.it': { table: 'select', on: { Order: 'Group' } } } });

  before(async () => {
    for (const statement of [
      `create table "select" ("Order" integer primary key, "the ""last"" one" varchar(100))`,
      `create table "Odd ""Name""" ("id" integer primary key, "Group" integer, "a b" varchar(100), "a.b" varchar(100), "to.it.Order" varchar(100), "ÄÖ" varchar(100), "doc" varchar(1000))`,
      `insert into "select" values (1, 'one'), (2, 'two')`,
      `insert into "Odd ""Name""" values (1, 2, 'blank', 'dot', 'whole', 'umlaut', '{"size":{"w":3,"tags":["x"]},"on":false}'), (2, null, null, null, null, null, 'no JSON')`,
      `create view "odd view" as select "id", "a b" as "Label" from "Odd ""Name"""`,
    ]) {
      await opened().run(statement);
    }
  });

  test('blanks, quotes, dots, keywords and letters of both sizes', () =>
    withSource(opened(), { odd }, async (source) => {
      const columns = ['id', 'Group', 'a b', 'a.b', 'to.it.Order', 'ÄÖ', 'to.it.the "last" one'];
      assert.deepEqual(await rowsByKey(source, 'odd', ['Group'], [[2]], columns), [
        ['1', '2', 'blank', 'dot', 'whole', 'umlaut', 'two'],
      ]);
      const { faults, columns: found } = await source.describe('odd', columns, call());
      assert.deepEqual(faults, []);
      for (const column of columns) assert.ok(found.has(column), column);
      const where = [
        { column: 'a b', op: '=', value: 'blank' },
        { column: 'to.it.the "last" one', op: '=', value: 'two' },
      ] as const;
      const order: Order[] = [
        { column: 'a.b', direction: 'desc' },
        { column: 'id', direction: 'desc' },
      ];
      assert.equal((await source.page(list('odd', { where, order }), call())).rows.length, 1);
    }));

  test('a view', () =>
    withSource(opened(), { view: table('odd view') }, async (source) => {
      assert.deepEqual(await rowsByKey(source, 'view', ['id'], [[1], [2], [3]], ['id', 'Label']), [
        ['1', 'blank'],
        ['2', null],
      ]);
      assert.equal((await source.describe('view', [], call())).columns.get('Label'), 'text');
    }));

  test('a list that an expression gives as JSON, and what lies in it', () => {
    const json = table('Odd "Name"', {
      computed: { items: { type: 'list', sql: `'[{"w": 3}, {"w": 5}]'` } },
    });
    return withSource(opened(), { odd: json }, async (source) => {
      const { columns } = await source.describe('odd', ['items', 'items.w'], call());
      assert.deepEqual([columns.get('items'), columns.has('items.w')], ['list', true]);
      const [row] = await source.byKey({ collection: 'odd', key: ['id'], keys: [[1]], columns: ['items'] }, call());
      assert.deepEqual(row?.items, [{ w: 3 }, { w: 5 }]);
    });
  });

  test('paths into JSON that a column of text holds: to be read, and nothing else', () =>
    withSource(opened(), { odd }, async (source) => {
      const columns = ['doc.size.w', 'doc.size.tags', 'doc.on', 'doc.none', 'doc'];
      const rows = await source.byKey({ collection: 'odd', key: ['id'], keys: [[1], [2]], columns }, call());
      const byId = new Map(rows.map(({ id, ...row }) => [String(id), row]));
      assert.deepEqual(
        { ...byId.get('1') },
        {
          'doc.size.w': 3,
          'doc.size.tags': ['x'],
          'doc.on': false,
          'doc.none': null,
          doc: '{"size":{"w":3,"tags":["x"]},"on":false}',
        },
      );
      assert.deepEqual([byId.get('2')?.['doc.size.w'], byId.get('2')?.doc], [null, 'no JSON']);
      assert.equal((await source.describe('odd', columns, call())).columns.get('doc.size.w'), 'unknown');
      assert.equal(source.canFilter('odd', [], 'doc.size.w', '='), false);
      assert.equal(source.canOrder('odd', [], 'doc.size.w', 'asc'), false);
      assert.equal(source.canLookUp('odd', ['doc.size.w']), false);
      assert.equal(source.canLookUp('odd', ['doc']), true);
    }));
}

/** Search for text. */
export function textContract(opened: () => SqlDatabase): void {
  before(async () => {
    await opened().run('create table "word" ("id" integer primary key, "text" varchar(100), "number" integer)');
    await opened().run(
      `insert into "word" values (1, 'Ärger', 1), (2, 'anger', 2), (3, '100 %', 3), (4, '100 !_', 4), (5, null, 5)`,
    );
  });

  for (const [value, expected] of [
    ['GER', ['1', '2']],
    ['%', ['3']],
    ['_', ['4']],
    ['!', ['4']],
    ["'", []],
    ['a\0', []],
  ] as const) {
    test(`contains ${JSON.stringify(value)}`, () =>
      withSource(opened(), { word: table('word') }, async (source) => {
        const where = [{ column: 'text', op: 'contains', value }] as const;
        const { rows } = await source.page(list('word', { where }), call());
        assert.deepEqual(texts(rows.map(({ row }) => row)), expected);
        assert.equal(source.canFilter('word', [], 'text', 'contains'), true);
        assert.equal(source.canFilter('word', [], 'number', 'contains'), false);
      }));
  }
}
