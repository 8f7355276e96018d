import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Engine } from '../../../../subgraphs/kit/sources/sql/engine.ts';
import { openMariadb } from '../../../../subgraphs/kit/sources/sql/mariadb/engine.ts';
import { MariadbServer, missingMariadb } from '../../../servers/mariadb.ts';
import { call } from '../source-harness.ts';

const statements = [
  'create database sales',
  'create database "a.b"',
  'create database secret',
  `create table customer (id integer primary key, mail varchar(100) not null unique comment 'Where "to" write', name varchar(50) unique,
    region varchar(20) not null, city varchar(20) not null, notes text, unique (region, city), unique (notes(20)), fulltext (notes))
    comment 'Who buys'`,
  `create table sales.order_line (order_id bigint, position integer, state enum('new', 'done') not null, customer_id integer not null,
    primary key (order_id, position), key (customer_id, position), foreign key (customer_id) references library.customer (id))`,
  `create table sales.note (order_id bigint, position integer, words json,
    constraint of_line foreign key (order_id, position) references sales.order_line (order_id, position))`,
  'create table "Odd ""Name"" select" ("Ä.b" integer primary key, "select" varchar(5))',
  'create table "sales.note" (only_here integer)',
  'create table "a.b"."c.d" (x integer)',
  'create view buyers as select id, name from customer',
  'create table hidden (id integer)',
  'create table half (id integer, salary integer)',
  'create table secret.plan (id integer)',
  "insert into customer (id, mail, region, city) select seq, seq, 'r', seq from seq_1_to_50",
  'analyze table customer',
  "create user reader identified by 'reader-s3cret'",
  ...['customer', 'buyers', '"Odd ""Name"" select"', '"sales.note"'].map(
    (name) => `grant select on library.${name} to reader`,
  ),
  'grant select on sales.* to reader',
  'grant select on "a.b".* to reader',
  'grant select (id) on half to reader',
  'grant insert on hidden to reader',
];

describe('what MariaDB says of its tables', { skip: missingMariadb, timeout: 60_000 }, () => {
  let server: MariadbServer;
  let engine: Engine;
  const columnsOf = async (table: string) => (await engine.describe(table, call()))?.columns.map(({ name }) => name);

  before(async () => {
    server = await MariadbServer.start();
    for (const statement of statements) await server.run(statement);
    engine = openMariadb({ variable: 'URL', url: server.url, user: 'reader', password: 'reader-s3cret' });
  });
  after(async () => {
    await engine?.close();
    await server?.stop();
  });

  test('columns, with what finds a row by them, and what no two rows share', async () => {
    const table = await engine.describe('customer', call());
    assert.deepEqual(
      table?.columns.map(({ name, type, engineType, nullable, leads }) => [name, type, engineType, nullable, leads]),
      [
        ['id', 'integer', 'int', false, true],
        ['mail', 'text', 'varchar', false, true],
        ['name', 'text', 'varchar', true, true],
        ['region', 'text', 'varchar', false, true],
        ['city', 'text', 'varchar', false, false],
        ['notes', 'text', 'text', true, true],
      ],
    );
    assert.deepEqual(table?.unique, [['id'], ['mail'], ['region', 'city']]);
    assert.deepEqual((await engine.describe('sales.order_line', call()))?.unique, [['order_id', 'position']]);
    assert.deepEqual((await engine.describe('buyers', call()))?.unique, []);
  });

  test('names: with a database before them, with dots and quotes, and only what may be read', async () => {
    assert.deepEqual(await columnsOf('sales.note'), ['only_here']);
    assert.deepEqual((await engine.describe('sales.note', call()))?.path, ['sales.note']);
    assert.deepEqual((await engine.describe('a.b.c.d', call()))?.path, ['a.b', 'c.d']);
    assert.deepEqual(await columnsOf('Odd "Name" select'), ['Ä.b', 'select']);
    assert.deepEqual(await columnsOf('half'), ['id']);
    for (const name of ['hidden', 'secret.plan', 'nothing', 'Customer', '']) {
      assert.equal(await columnsOf(name), undefined, name);
    }
  });

  test('the catalogue', async () => {
    const tables = await engine.catalog(call());
    assert.deepEqual(
      tables.map(({ schema, name, kind }) => [schema, name, kind]),
      [
        ['a.b', 'c.d', 'table'],
        [undefined, 'buyers', 'view'],
        [undefined, 'customer', 'table'],
        [undefined, 'half', 'table'],
        [undefined, 'Odd "Name" select', 'table'],
        [undefined, 'sales.note', 'table'],
        ['sales', 'note', 'table'],
        ['sales', 'order_line', 'table'],
      ],
    );
    const find = (name: string) => tables.find((each) => each.name === name);
    const customer = find('customer');
    assert.deepEqual([customer?.comment, customer?.rows, customer?.primaryKey], ['Who buys', 50, ['id']]);
    assert.deepEqual(customer?.columns[1], {
      name: 'mail',
      type: 'text',
      engineType: 'varchar(100)',
      nullable: false,
      values: undefined,
      comment: 'Where "to" write',
    });
    assert.deepEqual([find('buyers')?.comment, find('buyers')?.rows], [undefined, undefined]);
    const line = find('order_line');
    assert.deepEqual(line?.primaryKey, ['order_id', 'position']);
    assert.deepEqual(line?.columns[2]?.values, ['new', 'done']);
    assert.deepEqual(line?.foreignKeys, [
      { columns: ['customer_id'], schema: undefined, table: 'customer', theirs: ['id'] },
    ]);
    assert.deepEqual(find('note')?.foreignKeys, [
      { columns: ['order_id', 'position'], schema: 'sales', table: 'order_line', theirs: ['order_id', 'position'] },
    ]);
  });
});
