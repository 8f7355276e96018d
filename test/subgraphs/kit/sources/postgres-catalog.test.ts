import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Engine } from '../../../../subgraphs/kit/sources/sql/engine.ts';
import { openPostgres } from '../../../../subgraphs/kit/sources/sql/postgres/engine.ts';
import { missingPostgres, PostgresServer } from '../../../servers/postgres.ts';
import { call } from '../source-harness.ts';

const schema = `
  create schema sales; create schema "a.b"; create schema secret;
  create type sales.state as enum ('new', 'done');
  create table customer (id integer primary key, mail text not null unique, name text unique, lower_name text generated always as (lower(name)) stored,
    region text not null, city text not null, zip text not null);
  create unique index on customer (region, city) include (zip);
  create unique index on customer (zip) where region = 'x';
  create unique index on customer (lower(mail));
  create index on customer using brin (zip);
  comment on table customer is 'Who buys';
  comment on column customer.mail is 'Where "to" write';
  create table sales.order_line (order_id bigint, position integer, state sales.state not null default 'new',
    customer_id integer not null references customer, primary key (order_id, position));
  create index on sales.order_line (customer_id, position);
  create table sales.note (order_id bigint, position integer, words text,
    foreign key (order_id, position) references sales.order_line);
  create table "Odd ""Name"" select" ("Ä.b" integer primary key, "select" text);
  create table "sales.note" (only_here integer);
  create table "a.b"."c.d" (x integer);
  create view buyers as select id, name from customer;
  create materialized view totals as select region, count(*) as customers from customer group by region;
  create table reading (at date not null, value integer, primary key (at, value)) partition by range (at);
  create table reading_2026 partition of reading for values from ('2026-01-01') to ('2027-01-01');
  create table parent (id integer primary key); create table child () inherits (parent);
  create table hidden (id integer); create table half (id integer, salary integer);
  create table secret.plan (id integer);
  create table dropped (gone integer, stays integer); alter table dropped drop column gone;
  insert into customer (id, mail, name, region, city, zip) select i, i || '@', 'n' || i, 'r', 'c' || i, 'z' from generate_series(1, 50) i;
  analyze customer;
  create role reader login password 'reader-s3cret';
  grant usage on schema sales, "a.b" to reader;
  grant select on all tables in schema public, sales, "a.b", secret to reader;
  revoke all on hidden, half from reader; grant select (id) on half to reader`;

describe('what PostgreSQL says of its tables', { skip: missingPostgres, timeout: 60_000 }, () => {
  let server: PostgresServer;
  let engine: Engine;
  const columnsOf = async (table: string) => (await engine.describe(table, call()))?.columns.map(({ name }) => name);

  before(async () => {
    server = await PostgresServer.start();
    await server.run(schema);
    engine = openPostgres({ variable: 'URL', url: server.url, user: 'reader', password: 'reader-s3cret' });
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
        ['id', 'integer', 'integer', false, true],
        ['mail', 'text', 'text', false, true],
        ['name', 'text', 'text', true, true],
        ['lower_name', 'text', 'text', true, false],
        ['region', 'text', 'text', false, true],
        ['city', 'text', 'text', false, false],
        ['zip', 'text', 'text', false, false],
      ],
    );
    // Neither name, which may be NULL, nor what an index knows of some rows only, or of an expression.
    assert.deepEqual(table?.unique, [['id'], ['mail'], ['region', 'city']]);
  });

  test('a table by its schema, and one whose own name has a dot, quotes or capitals', async () => {
    const line = await engine.describe('sales.order_line', call());
    assert.deepEqual(line?.unique, [['order_id', 'position']]);
    assert.deepEqual(
      line?.columns.map(({ name, leads }) => [name, leads]),
      [
        ['order_id', true],
        ['position', false],
        ['state', false],
        ['customer_id', true],
      ],
    );
    assert.equal(line?.columns[2]?.engineType, 'sales.state');
    const pathOf = async (name: string) => (await engine.describe(name, call()))?.path;
    assert.deepEqual(line?.path, ['sales', 'order_line']);
    assert.deepEqual(
      [await columnsOf('sales.note'), await pathOf('sales.note')],
      [['only_here'], ['public', 'sales.note']],
    );
    assert.deepEqual([await columnsOf('a.b.c.d'), await pathOf('a.b.c.d')], [['x'], ['a.b', 'c.d']]);
    assert.deepEqual(await columnsOf('Odd "Name" select'), ['Ä.b', 'select']);
  });

  test('views, materialized views and partitioned tables; a parent of others has nothing unique', async () => {
    assert.deepEqual(await engine.describe('buyers', call()).then((view) => [view?.columns.length, view?.unique]), [
      2,
      [],
    ]);
    assert.deepEqual(await columnsOf('totals'), ['region', 'customers']);
    assert.deepEqual((await engine.describe('reading', call()))?.unique, [['at', 'value']]);
    assert.equal((await engine.describe('reading', call()))?.columns[0]?.leads, true);
    assert.deepEqual((await engine.describe('parent', call()))?.unique, []);
    assert.deepEqual(await columnsOf('dropped'), ['stays']);
  });

  test('nothing that is not there, or that we may not read', async () => {
    for (const name of [
      'nothing',
      'CUSTOMER',
      'order_line',
      'hidden',
      'secret.plan',
      'customer_pkey',
      "x' or true",
      '',
    ]) {
      assert.equal(await engine.describe(name, call()), undefined, name);
    }
    assert.deepEqual(await columnsOf('half'), ['id']);
  });

  test('the catalogue has every table that we may read, with keys, comments and values', async () => {
    const catalog = await engine.catalog(call());
    assert.deepEqual(
      catalog.map(({ schema, name, kind }) => `${kind} ${schema}.${name}`),
      [
        'table a.b.c.d',
        'table public.Odd "Name" select',
        'view public.buyers',
        'table public.child',
        'table public.customer',
        'table public.dropped',
        'table public.half',
        'table public.parent',
        'table public.reading',
        'table public.sales.note',
        'view public.totals',
        'table sales.note',
        'table sales.order_line',
      ],
    );
    const customer = catalog.find(({ name }) => name === 'customer');
    assert.deepEqual([customer?.comment, customer?.rows, customer?.primaryKey], ['Who buys', 50, ['id']]);
    assert.equal(customer?.columns.find(({ name }) => name === 'mail')?.comment, 'Where "to" write');
    const line = catalog.find(({ name }) => name === 'order_line');
    assert.deepEqual(line?.columns.find(({ name }) => name === 'state')?.values, ['new', 'done']);
    assert.deepEqual([line?.primaryKey, line?.rows, line?.comment], [['order_id', 'position'], undefined, undefined]);
    assert.deepEqual(line?.foreignKeys, [
      { columns: ['customer_id'], schema: 'public', table: 'customer', theirs: ['id'] },
    ]);
    const note = catalog.find(({ name, schema }) => name === 'note' && schema === 'sales');
    const both = ['order_id', 'position'];
    assert.deepEqual(note?.foreignKeys, [{ columns: both, schema: 'sales', table: 'order_line', theirs: both }]);
  });
});
