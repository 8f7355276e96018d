import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { SystemError } from '../../../../subgraphs/kit/errors.ts';
import type { SqlTable } from '../../../../subgraphs/kit/sources/sql/options.ts';
import { call } from '../source-harness.ts';
import { list, rowsByKey, type SqlDatabase, table, withSource } from './sql-contract.ts';

/** What is said of a mapping that isn't true of the database, each fault in words that hold its remedy. */
export function checkContract(opened: () => SqlDatabase): void {
  before(async () => {
    for (const statement of [
      `create table "sale" ("id" integer primary key, "buyer" integer, "kind" varchar(20), "day" varchar(20))`,
      `create table "buyer" ("tenant" integer not null, "id" integer not null, "name" varchar(100), primary key ("tenant", "id"))`,
      `create table "label" ("code" varchar(20), "text" varchar(100))`,
      `insert into "label" values ('a', 'one'), ('a', 'two'), ('b', 'three')`,
      `create table "coded" ("code" varchar(20) not null primary key, "note" varchar(20) unique)`,
      `create view "labels" as select "code", "text" from "label"`,
      `create view "buyers" as select "id", "name" from "buyer" where "tenant" = 1`,
    ]) {
      await opened().run(statement);
    }
  });

  const cases: Record<string, [SqlTable, RegExp | undefined]> = {
    'a table that is not there': [table('sail'), /no table or view "sail"/],
    'a join to a table that is not there': [
      table('sale', { joins: { who: { table: 'byer', on: { id: 'buyer' } } } }),
      /join "who" leads to "byer", a table or view that the database does not have/,
    ],
    'a column of a neighbour that is not there': [
      table('sale', { joins: { who: { table: 'buyers', on: { no: 'buyer' } } } }),
      /join "who": "buyers" has no column "no"/,
    ],
    'a column of its own that is not there': [
      table('sale', { joins: { who: { table: 'buyers', on: { id: 'byer' } } } }),
      /join "who": "sale" has no column "byer"/,
    ],
    'a join that hangs on one behind it': [
      table('sale', {
        joins: {
          again: { table: 'buyers', on: { id: 'who.id' } },
          who: { table: 'buyers', on: { id: 'buyer' } },
        },
      }),
      /join "again" needs "who.id"; put the join "who" before it/,
    ],
    'a join that hangs on itself': [
      table('sale', { joins: { who: { table: 'buyers', on: { id: 'who.id' } } } }),
      /join "who" needs "who.id"/,
    ],
    'an expression over a neighbour that it does not name': [
      table('sale', {
        joins: { who: { table: 'buyers', on: { id: 'buyer' } } },
        computed: { name: { type: 'text', sql: 'who.name' } },
      }),
      /database refuses the computed column "name"/,
    ],
    'an expression that names a join that there is not': [
      table('sale', { computed: { name: { type: 'text', sql: `'x'`, joins: ['who'] } } }),
      /computed column "name" names a join "who" that there is not/,
    ],
    'a join that bears the table’s name': [
      table('sale', { joins: { Sale: { table: 'buyers', on: { id: 'buyer' } } } }),
      /name of the join "Sale" is taken/,
    ],
    'a condition on a column that is not there': [
      table('sale', { where: { tenant: 1 } }),
      /where: "sale" has no column "tenant"/,
    ],
    'a join that finds several rows': [
      table('sale', { joins: { who: { table: 'buyer', on: { id: 'buyer' } } } }),
      /join "who" may find several rows of "buyer".*"tenant", "id".*many: true/,
    ],
    'the same with what is lacking': [
      table('sale', { joins: { who: { table: 'buyer', on: { id: 'buyer' }, where: { tenant: 1 } } } }),
      undefined,
    ],
    'the same as a table of links': [
      table('sale', { joins: { who: { table: 'buyer', on: { id: 'buyer' }, many: true } } }),
      undefined,
    ],
    'a join to a table without a key': [
      table('sale', { joins: { label: { table: 'label', on: { code: 'kind' } } } }),
      /join "label" may find several rows of "label".*a unique index/,
    ],
    'a join by what is unique and may be NULL': [
      table('sale', { joins: { coded: { table: 'coded', on: { note: 'kind' } } } }),
      undefined,
    ],
    'a view that has several rows for one': [
      table('sale', { joins: { label: { table: 'labels', on: { code: 'kind' } } } }),
      /join "label" may find several rows of "labels"/,
    ],
    'the same view with a condition under which it has one': [
      table('sale', { joins: { label: { table: 'labels', on: { code: 'kind' }, where: { text: 'two' } } } }),
      undefined,
    ],
    'a join of a number with texts, many of which it equals': [
      table('sale', { joins: { coded: { table: 'coded', on: { code: 'buyer' } } } }),
      /join "coded": "code" is of type .*, "buyer" .*; a number equals many texts/,
    ],
    'names that every object has': [
      table('sale', { computed: { odd: { type: 'text', sql: 'kind', joins: ['toString'] } } }),
      /"odd" names a join "toString" that there is not/,
    ],
    'a view, of which nobody knows': [
      table('sale', { joins: { who: { table: 'buyers', on: { id: 'buyer' } } } }),
      undefined,
    ],
    'an expression that the database refuses': [
      table('sale', { computed: { odd: { sql: 'no_such_function(id)', type: 'text' } } }),
      /refuses the computed column "odd"/,
    ],
  };
  for (const [name, [mapped, expected]] of Object.entries(cases)) {
    test(name, () =>
      withSource(opened(), { it: mapped }, async (source) => {
        const { faults } = await source.describe('it', [], call());
        if (expected) assert.match(faults.join('\n'), expected);
        assert.equal(faults.length, expected ? 1 : 0, faults.join('\n'));
      }),
    );
  }

  test('what is said to be possible of columns that are not there, and of lists', async () => {
    const computed = { items: { type: 'list', sql: `'[]'` } } as const;
    await withSource(opened(), { sale: table('sale', { computed }) }, async (source) => {
      const can = (column: string) => [
        source.canFilter('sale', [], column, '='),
        source.canOrder('sale', [], column, 'asc'),
        source.canLookUp('sale', [column]),
      ];
      assert.deepEqual(can('shoe_size'), [true, true, true]);
      const { columns } = await source.describe('sale', ['valueOf', 'id.x'], call());
      assert.deepEqual([columns.has('valueOf'), columns.has('id.x')], [false, false]);
      assert.deepEqual(can('kind'), [true, true, true]);
      for (const column of ['shoe_size', 'toString', 'items']) assert.deepEqual(can(column), [false, false, false]);
    });
  });

  test('a table that is altered while it is read is read as it is now', () =>
    withSource(opened(), { altered: table('altered') }, async (source) => {
      await opened().run('create table "altered" ("id" integer primary key, "old" integer)');
      await opened().run('insert into "altered" values (1, 2)');
      const read = () => rowsByKey(source, 'altered', ['id'], [[1]], ['id', 'new']);
      await assert.rejects(read(), (error) => error instanceof SystemError && error.code === 'SYSTEM_FAILED');
      await opened().run('alter table "altered" rename column "old" to "new"');
      assert.deepEqual(await read(), [['1', '2']]);
    }));

  test('a table that is made later is read then', () =>
    withSource(opened(), { late: table('late') }, async (source) => {
      const failed = (error: unknown) => error instanceof SystemError && error.code === 'SYSTEM_FAILED';
      await assert.rejects(source.page(list('late'), call()), failed);
      await opened().run('create table "late" ("id" integer primary key)');
      await opened().run('insert into "late" values (1)');
      assert.equal((await source.page(list('late'), call())).rows.length, 1);
    }));
}
