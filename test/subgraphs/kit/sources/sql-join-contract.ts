import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { SystemError } from '../../../../subgraphs/kit/errors.ts';
import type { Order } from '../../../../subgraphs/kit/source.ts';
import { call } from '../source-harness.ts';
import { list, rowsByKey, type SqlDatabase, table, texts, withSource } from './sql-contract.ts';

/** Columns of neighbouring tables, and tables of links. */
export function joinContract(opened: () => SqlDatabase): void {
  const article = table('article', {
    joins: {
      state: { table: 'code', on: { code: 'state' }, where: { kind: 'state' } },
      maker: { table: 'maker', on: { id: 'maker_id' } },
      land: { table: 'land', on: { code: 'maker.land' } },
      tagged: { table: 'article_tag', on: { article_id: 'id' }, many: true },
      linked: { table: 'link', on: { article_id: 'id' }, where: { gone: 0 }, many: true },
      ink: { table: 'ink', on: { tag: 'linked.tag' } },
    },
    computed: {
      doubled: { sql: 'article.price * 2', type: 'decimal' },
      origin: { sql: `land."name"`, type: 'text', joins: ['land'] },
    },
  });

  before(async () => {
    for (const statement of [
      `create table "land" ("code" varchar(2) primary key, "name" varchar(100) not null)`,
      `create table "maker" ("id" integer primary key, "name" varchar(100) not null, "land" varchar(2))`,
      `create table "code" ("kind" varchar(20) not null, "code" integer not null, "name" varchar(100) not null, primary key ("kind", "code"))`,
      `create table "article" ("id" integer primary key, "name" varchar(100) not null, "state" integer, "maker_id" integer, "price" decimal(20,2))`,
      `create table "article_tag" ("tag" varchar(20) not null, "article_id" integer not null, primary key ("tag", "article_id"))`,
      `create table "link" ("id" integer primary key, "tag" varchar(20) not null, "article_id" integer not null, "gone" integer not null)`,
      `insert into "link" values (1, 'blue', 1, 0), (2, 'blue', 1, 0), (3, 'blue', 2, 0), (4, 'red', 2, 0), (5, 'red', 3, 1)`,
      `create table "ink" ("tag" varchar(20) primary key, "kind" varchar(20) not null)`,
      `insert into "ink" values ('blue', 'cold'), ('red', 'cold')`,
      `insert into "land" values ('DE', 'Germany'), ('IS', 'Iceland')`,
      `insert into "maker" values (1, 'Weiß', 'DE'), (2, 'Björk', 'IS'), (3, 'Nowhere', null)`,
      `insert into "code" values ('state', 1, 'new'), ('state', 2, 'old'), ('size', 1, 'small')`,
      `insert into "article" values (1, 'vase', 1, 1, 2.50), (2, 'cup', 2, 2, 1.25), (3, 'lid', 9, 3, 0.75), (4, 'pot', null, null, null), (5, 'jug', 1, 2, 4.00)`,
      `insert into "article_tag" values ('blue', 1), ('blue', 2), ('blue', 5), ('red', 5), ('red', 3)`,
    ]) {
      await opened().run(statement);
    }
  });

  test('columns of a lookup table and of one behind it; no neighbour, no values', () =>
    withSource(opened(), { article }, async (source) => {
      const columns = ['id', 'name', 'state.name', 'maker.name', 'land.name'];
      assert.deepEqual(await rowsByKey(source, 'article', ['id'], [[1], [2], [3], [4]], columns), [
        ['1', 'vase', 'new', 'Weiß', 'Germany'],
        ['2', 'cup', 'old', 'Björk', 'Iceland'],
        ['3', 'lid', null, 'Nowhere', null],
        ['4', 'pot', null, null, null],
      ]);
    }));

  test('an expression over a neighbour, read, filtered and ordered by', () =>
    withSource(opened(), { article }, async (source) => {
      assert.deepEqual((await source.describe('article', [], call())).faults, []);
      assert.deepEqual(await rowsByKey(source, 'article', ['id'], [[1], [4]], ['id', 'origin']), [
        ['1', 'Germany'],
        ['4', null],
      ]);
      const where = [{ column: 'origin', op: '=', value: 'Iceland' }] as const;
      const { rows, total } = await source.page(list('article', { where, count: true }), call());
      assert.deepEqual([texts(rows.map(({ row }) => row)), total], [['2', '5'], 2]);
    }));

  test('filters, orders and counts by joined columns', () =>
    withSource(opened(), { article }, async (source) => {
      const request = list('article', {
        where: [{ column: 'land.name', op: 'in', value: ['Iceland', 'Germany'] }],
        order: [
          { column: 'land.name', direction: 'desc' },
          { column: 'id', direction: 'desc' },
        ],
        first: 2,
        count: true,
      });
      const first = await source.page(request, call());
      assert.deepEqual([texts(first.rows.map(({ row }) => row)), first.hasNext, first.total], [['5', '2'], true, 3]);
      const second = await source.page({ ...request, after: first.rows[1]?.position }, call());
      assert.deepEqual([texts(second.rows.map(({ row }) => row)), second.hasNext, second.total], [['1'], false, 3]);
    }));

  test('a table of links: found by it, a list each with its count, and a look-up of several', () =>
    withSource(opened(), { article }, async (source) => {
      const parents = [['red'], ['none'], ['blue']];
      const order: Order[] = [
        { column: 'maker.name', direction: 'asc' },
        { column: 'id', direction: 'asc' },
      ];
      const request = { ...list('article', { order, first: 2, count: true }), parent: ['tagged.tag'], parents };
      const pages = await source.top(request, call());
      assert.deepEqual(
        pages.map(({ rows, hasNext, total }) => [texts(rows.map(({ row }) => row)), hasNext, total]),
        [
          [['5', '3'], false, 2],
          [[], false, 0],
          [['2', '5'], true, 3],
        ],
      );
      const columns = ['id', 'tagged.tag', 'state.name'];
      assert.deepEqual(await rowsByKey(source, 'article', ['tagged.tag'], [['red'], ['blue'], ['none']], columns), [
        ['1', 'blue', 'new'],
        ['2', 'blue', 'old'],
        ['3', 'red', null],
        ['5', 'blue', 'new'],
        ['5', 'red', 'new'],
      ]);
    }));

  test('a link that is there twice is one', () =>
    withSource(opened(), { article }, async (source) => {
      const columns = ['id', 'linked.tag'];
      assert.deepEqual(await rowsByKey(source, 'article', ['linked.tag'], [['blue'], ['red']], columns), [
        ['1', 'blue'],
        ['2', 'blue'],
        ['2', 'red'],
      ]);
      const request = { ...list('article', { count: true }), parent: ['linked.tag'], parents: [['red'], ['blue']] };
      const pages = await source.top(request, call());
      assert.deepEqual(
        pages.map(({ rows, total }) => [texts(rows.map(({ row }) => row)), total]),
        [
          [['2'], 1],
          [['1', '2'], 2],
        ],
      );
    }));

  test('links that lead to one value by several ways are one row, in lists, whole lists and counts', () =>
    withSource(opened(), { article }, async (source) => {
      const expected = [['1', '2'], []];
      const parents = [['cold'], ['warm']];
      const request = { ...list('article', { columns: ['name', 'maker.name'], first: 1, count: true }), parents };
      const pages = await source.top({ ...request, parent: ['ink.kind'] }, call());
      assert.deepEqual(
        pages.map(({ rows, hasNext, total }) => [texts(rows.map(({ row }) => row)), hasNext, total]),
        [
          [['1'], true, 2],
          [[], false, 0],
        ],
      );
      const after = pages[0]?.rows[0]?.position;
      const [next] = await source.top({ ...request, parent: ['ink.kind'], after }, call());
      assert.deepEqual(
        next?.rows.map(({ row }) => [String(row.id), row.name, row['maker.name']]),
        [['2', 'cup', 'Björk']],
      );
      const whole = await source.lists?.({ ...request, key: ['ink.kind'], keys: parents }, call());
      assert.deepEqual(
        whole?.map((rows) => texts(rows)),
        expected,
      );
      assert.deepEqual(await rowsByKey(source, 'article', ['ink.kind'], parents, ['id', 'ink.kind']), [
        ['1', 'cold'],
        ['2', 'cold'],
      ]);
    }));

  test('a table of links is read only by what is pointed at', () =>
    withSource(opened(), { article }, async (source) => {
      await source.describe('article', [], call());
      assert.equal(source.canFilter('article', [], 'tagged.tag', '='), false);
      assert.equal(source.canOrder('article', [], 'tagged.tag', 'asc'), false);
      assert.equal(source.canList('article', ['tagged.tag'], true), true);
      const read = source.page(list('article', { columns: ['tagged.tag'] }), call());
      await assert.rejects(read, (error) => error instanceof SystemError && error.code === 'SYSTEM_FAILED');
    }));

  test('an expression beside joins', () =>
    withSource(opened(), { article }, async (source) => {
      const where = [{ column: 'doubled', op: '>=', value: 5 }] as const;
      const { rows } = await source.page(list('article', { columns: ['doubled', 'state.name'], where }), call());
      assert.deepEqual(
        rows.map(({ row }) => [Number(row.doubled), row['state.name']]),
        [
          [5, 'new'],
          [8, 'new'],
        ],
      );
    }));
}

/** What holds of every row, in every way to read. */
export function whereContract(opened: () => SqlDatabase): void {
  const note = table('note', {
    joins: { topic: { table: 'topic', on: { id: 'topic_id' } } },
    where: { tenant: 7, state: ['open', 'done'], removed: null, 'topic.hidden': 0 },
  });

  before(async () => {
    for (const statement of [
      `create table "topic" ("id" integer primary key, "hidden" integer not null)`,
      `create table "note" ("id" integer primary key, "tenant" integer not null, "state" varchar(20) not null, "removed" varchar(20), "topic_id" integer)`,
      `insert into "topic" values (1, 0), (2, 1)`,
      `insert into "note" values (1, 7, 'open', null, 1), (2, 8, 'open', null, 1), (3, 7, 'draft', null, 1), (4, 7, 'done', 'now', 1), (5, 7, 'done', null, 1), (6, 7, 'open', null, 2)`,
    ]) {
      await opened().run(statement);
    }
  });

  test('by key, in lists below parents and without, in counts', () =>
    withSource(opened(), { note }, async (source) => {
      const keys = [1, 2, 3, 4, 5, 6].map((id) => [id]);
      assert.deepEqual(await rowsByKey(source, 'note', ['id'], keys, ['id']), [['1'], ['5']]);
      assert.deepEqual(await rowsByKey(source, 'note', ['id'], [[2]], ['id']), []);
      const page = await source.page(list('note', { count: true }), call());
      assert.deepEqual([texts(page.rows.map(({ row }) => row)), page.total], [['1', '5'], 2]);
      const parents = [[8], [7]];
      const pages = await source.top({ ...list('note', { count: true }), parent: ['tenant'], parents }, call());
      assert.deepEqual(
        pages.map(({ rows, total }) => [texts(rows.map(({ row }) => row)), total]),
        [
          [[], 0],
          [['1', '5'], 2],
        ],
      );
    }));
}
