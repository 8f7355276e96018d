import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CompiledQuery } from 'kysely';
import type { ColumnType, Raw } from '../../../../subgraphs/kit/source.ts';
import type { Engine, EngineColumn } from '../../../../subgraphs/kit/sources/sql/engine.ts';
import { openPostgres } from '../../../../subgraphs/kit/sources/sql/postgres/engine.ts';
import { PostgresTypes } from '../../../../subgraphs/kit/sources/sql/postgres/types.ts';
import { missingPostgres, PostgresServer, postgresUser } from '../../../servers/postgres.ts';
import { call } from '../source-harness.ts';

/** A type, a value as SQL writes it, what comes out, and what the column is to the kit. */
const types: readonly (readonly [type: string, literal: string, value: unknown, column: ColumnType])[] = [
  ['smallint', '-32768', -32768, 'integer'],
  ['integer', '2147483647', 2147483647, 'integer'],
  ['bigint', '9007199254740991', 9007199254740991, 'integer'],
  ['bigint', '9007199254740993', 9007199254740993n, 'integer'],
  ['bigint', '-9223372036854775808', -9223372036854775808n, 'integer'],
  ['oid', '4294967295', 4294967295, 'integer'],
  ['numeric', '12345678901234567890.123456789000', '12345678901234567890.123456789000', 'decimal'],
  ['numeric(10,2)', '0.1', '0.10', 'decimal'],
  ['numeric', 'NaN', 'NaN', 'decimal'],
  ['real', '0.1', 0.1, 'float'],
  ['double precision', '0.30000000000000004', 0.30000000000000004, 'float'],
  ['double precision', '-Infinity', '-Infinity', 'float'],
  ['boolean', 'yes', true, 'boolean'],
  ['boolean', 'off', false, 'boolean'],
  ['text', ' ä "\\ ', ' ä "\\ ', 'text'],
  ['varchar(5)', 'ab   ', 'ab   ', 'text'],
  ['char(5)', 'ab', 'ab', 'text'],
  ['"char"', 'x', 'x', 'text'],
  ['name', 'x', 'x', 'text'],
  ['date', '2026-02-28', '2026-02-28', 'date'],
  ['date', 'infinity', 'infinity', 'date'],
  ['date', '0044-03-15 BC', '0044-03-15 BC', 'date'],
  ['timestamp', '2026-03-29 02:30:00.123456', '2026-03-29T02:30:00.123456', 'datetime'],
  ['timestamp', '-infinity', '-infinity', 'datetime'],
  ['timestamptz', '2026-03-29 02:30:00+05:30', '2026-03-28T21:00:00Z', 'moment'],
  ['timestamptz', '0044-03-15 12:00:00+00 BC', '0044-03-15T12:00:00Z BC', 'moment'],
  ['timestamptz', 'infinity', 'infinity', 'moment'],
  ['time', '24:00', '24:00:00', 'text'],
  ['timetz', '12:30:00.5+02', '12:30:00.5+02', 'text'],
  ['interval', '1 mon 3 days 04:05:06', '1 mon 3 days 04:05:06', 'text'],
  ['uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'text'],
  ['bytea', '\\xDEADbeef', '\\xdeadbeef', 'text'],
  ['inet', '192.168.0.1/24', '192.168.0.1/24', 'text'],
  ['cidr', '10.0.0.0/8', '10.0.0.0/8', 'text'],
  ['macaddr', '08:00:2b:01:02:03', '08:00:2b:01:02:03', 'text'],
  ['money', '12.34', '$12.34', 'text'],
  ['bit(3)', '101', '101', 'text'],
  ['int4range', '[1,5)', '[1,5)', 'text'],
  ['xml', '<a/>', '<a/>', 'text'],
  ['point', '(1,2)', '(1,2)', 'text'],
  ['json', '{"a": [1, 12345678901234567890]}', { a: [1, '12345678901234567890'] }, 'unknown'],
  ['jsonb', '0.12345678901234567890', '0.12345678901234567890', 'unknown'],
  ['jsonb', 'null', null, 'unknown'],
  ['integer[]', '{1,NULL,3}', [1, null, 3], 'list'],
  ['bigint[]', '{9007199254740993}', [9007199254740993n], 'list'],
  ['integer[]', '[0:1]={7,8}', [7, 8], 'list'],
  [
    'integer[]',
    '{{1,2},{3,4}}',
    [
      [1, 2],
      [3, 4],
    ],
    'list',
  ],
  ['text[]', '{}', [], 'list'],
  [
    'text[]',
    '{"","NULL",null,"a,b","c\\"d","e\\\\f","{g}"," h "}',
    ['', 'NULL', null, 'a,b', 'c"d', 'e\\f', '{g}', ' h '],
    'list',
  ],
  ['jsonb[]', '{"{\\"a\\": \\"b,}\\"}"}', [{ a: 'b,}' }], 'list'],
  ['timestamptz[]', '{"2026-01-01 00:00:00+00"}', ['2026-01-01T00:00:00Z'], 'list'],
  ['int2vector', '1 2', '1 2', 'list'],
  ['box[]', '{(1,1),(0,0)}', '{(1,1),(0,0)}', 'list'],
  ['sales.state', 'Done "1"', 'Done "1"', 'text'],
  ['sales.state[]', '{new,"Done \\"1\\""}', ['new', 'Done "1"'], 'list'],
  ['sales.amount', '1.50', '1.50', 'decimal'],
  ['sales.small_amount', '1.5', '1.50', 'decimal'],
  ['sales.count[]', '{1,2}', [1, 2], 'list'],
  ['sales.tags', '{a,b}', ['a', 'b'], 'list'],
  ['sales.pair', '(1,"x y")', '(1,"x y")', 'text'],
];

/** Values that fit a type, and values that don't; the server is asked whether that is true. */
const fitting: Readonly<Record<string, readonly [fit: readonly Raw[], unfit: readonly Raw[]]>> = {
  smallint: [
    [0, '-32768', 32767n, ' 7 ', '+1', null],
    [32768, '-32769', 1.5, 'abc', '', '1e3', true, '１', '\u00a07', '7\u2003', '\ufeff7'],
  ],
  integer: [
    [2147483647, '007'],
    [2147483648, '9'.repeat(39), Number.NaN, 'a0'],
  ],
  bigint: [
    ['9223372036854775807', -9223372036854775808n],
    ['9223372036854775808', 1e300, '0x10'],
  ],
  oid: [[0, 4294967295], [4294967296]],
  numeric: [
    ['1.50', '-.5', '1e3', 5, 'NaN', 1e21],
    ['1,5', 'abc', '', '--1', true, '\u00a07', '7\u2028'],
  ],
  real: [
    [0.1, '1e38', 'NaN', '-Infinity', '0e99'],
    ['1e39', '1e-50', 'x', ''],
  ],
  'double precision': [
    ['1e308', 5],
    ['1e309', '1e-400', 'abc'],
  ],
  boolean: [
    [true, false, 't', 'no', 1, 0, 'TRUE'],
    ['maybe', 2, ''],
  ],
  text: [['', 'ä', 5, true], ['a\0b']],
  'varchar(3)': [['longer than three'], ['\0']],
  uuid: [
    ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{A0EEBC999C0B4EF8BB6D6BB9BD380A11}', 'a0eebc999c0b4ef8-bb6d6bb9bd380a11'],
    ['a0eebc99', '', 'g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-', 5],
  ],
  date: [
    ['2024-02-29', '2000-02-29', 'infinity', '0044-03-15 BC', '0001-02-29 BC', '2026-01-01T10:00:00Z', '12026-01-01'],
    ['2026-02-29', '1900-02-29', '2026-13-01', '2026-00-10', '2026-01-00', '0000-01-01', 'abc', '', 5, true],
  ],
  timestamp: [
    ['2026-01-01', '2026-01-01T23:59:59.999999', '2026-01-01 10:00', '2026-01-01T10:00:00Z', '-infinity'],
    ['2026-01-01T25:00:00', '2026-01-01T10:60', '294277-01-01', '2026-01-01T10:00:00+99'],
  ],
  timestamptz: [
    ['2026-01-01T10:00:00Z', '2026-01-01T10:00:00.5+05:30', '2026-01-01 10:00:00-0330', '0044-03-15T12:00:00Z BC'],
    ['2026-01-01T10:00:00+16:00', 'x', '2026-02-30T00:00:00Z'],
  ],
  time: [
    ['12:30', '24:00:00', '23:59:59.5'],
    ['24:01', '12', '12:60', 'noon'],
  ],
  timetz: [
    ['12:30:00+02', '12:30Z'],
    ['12:30+99', 'x'],
  ],
  inet: [
    ['10.0.0.1', '10.0.0.0/8', '::1/128'],
    ['10.0.0.256', '10.0.0.0/33', 'x', '', 'fe80::1%eth0'],
  ],
  bytea: [
    ['\\xDEADbeef', '\\x'],
    ['\\xabc', '\\xgg'],
  ],
  macaddr: [['08:00:2B:01:02:03'], ['08:00:2b:01:02', 'x', '']],
  'integer[]': [[], ['a', 1]],
  json: [[], ['a', '{}', 1]],
  'sales.state': [
    ['new', 'Done "1"'],
    ['NEW', '', 'gone'],
  ],
  'sales.amount': [['1.5', -3], ['abc']],
};

/** Types whose values we can't tell, and what is said of them: how they are compared, and whether they are at all. */
const others: Readonly<Record<string, readonly [asText: true | undefined, comparable: false | undefined]>> = {
  ...{ interval: [true, undefined], cidr: [true, undefined], money: [true, undefined], 'bit(4)': [true, undefined] },
  ...{ int4range: [true, undefined], pg_lsn: [true, undefined], tsvector: [true, undefined], name: [true, undefined] },
  ...{ point: [true, false], xid: [true, false], 'sales.pair': [true, false], regclass: [true, undefined] },
  ...{ json: [undefined, false], jsonb: [undefined, false], xml: [undefined, false], 'integer[]': [undefined, false] },
  ...{ 'varchar(3)': [undefined, undefined], 'char(3)': [undefined, undefined], citext: [undefined, undefined] },
  ...{ 'sales.state': [undefined, undefined], 'sales.amount': [undefined, undefined], bytea: [undefined, undefined] },
};

describe('values of PostgreSQL', { skip: missingPostgres, timeout: 60_000 }, () => {
  let server: PostgresServer;
  let engine: Engine;
  const ask = async (sql: string, ...parameters: unknown[]) =>
    engine.run(CompiledQuery.raw(sql, parameters), { scan: false }, call());

  before(async () => {
    server = await PostgresServer.start();
    await server.run(`create schema sales;
      create type sales.state as enum ('new', 'Done "1"'); create type sales.pair as (a integer, b text);
      create domain sales.amount as numeric check (value >= 0); create domain sales.small_amount as numeric(5,2) not null;
      create domain sales.count as integer; create domain sales.tags as text[];
      create table held (id integer primary key, ${types.map(([type], i) => `c${i} ${type}`).join()});
      create table fitting (${Object.keys(fitting)
        .map((type, i) => `c${i} ${type}`)
        .join()});
      create domain citext as text;
      create table others (${Object.keys(others)
        .map((type, i) => `c${i} ${type}`)
        .join()}); create index on others (c0)`);
    const literals = types.map(([type, literal]) => `'${literal.replaceAll("'", "''")}'::${type}`);
    await server.run(`insert into held values (1, ${literals.join()});
      insert into held values (2, ${types.map(([type]) => (type === 'sales.small_amount' ? '0' : 'null')).join()})`);
    engine = openPostgres({ variable: 'URL', url: server.url, ...postgresUser });
  });
  after(async () => {
    await engine?.close();
    await server?.stop();
  });

  test('every type comes out exact, the first time as the second', async () => {
    for (const round of ['first', 'second']) {
      const [values] = await ask(`select ${types.map((_type, i) => `c${i}`).join()} from held where id = 1`);
      for (const [i, [type, literal, expected]] of types.entries()) {
        assert.deepEqual(values?.[i], expected, `${type} ${literal}, the ${round} time`);
      }
    }
  });

  test('NULL is null in every type', async () => {
    const [values] = await ask(`select ${types.map((_type, i) => `c${i}`).join()} from held where id = 2`);
    for (const [i, [type]] of types.entries()) {
      if (type !== 'sales.small_amount') assert.equal(values?.[i], null, type);
    }
  });

  test('what comes out finds its row again', async () => {
    const [row] = await ask('select * from held where id = 1');
    for (const [i, [type, , , column]] of types.entries()) {
      if (column === 'list' || /^(json|xml|point|sales.pair)/.test(type) || row?.[i + 1] === null) continue;
      const found = await ask(`select count(*) from held where c${i} = $1`, row?.[i + 1]);
      assert.deepEqual(found, [[1]], type);
    }
  });

  test('what a column is, and a name to cast to that changes no value', async () => {
    const table = await engine.describe('held', call());
    assert.ok(table);
    for (const [i, [type, , , column]] of types.entries()) {
      const described: EngineColumn | undefined = table.columns[i + 1];
      assert.equal(described?.type, column, type);
      assert.equal(described?.nullable, type !== 'sales.small_amount', type);
      // A domain's own conditions would make a statement fail; a length would cut.
      await ask(`select null::${described?.engineType}`);
      assert.doesNotMatch(described?.engineType ?? '', /\(|amount|count$|tags/, type);
    }
  });

  test('a list is one parameter, whatever it holds', async () => {
    const texts = ['a', '', 'NULL', 'null', ' b ', 'c,d', 'e"f', 'g\\h', '{i}', "j'k", 'ä\n', null];
    assert.deepEqual(
      await ask('select unnest($1::text[])', texts),
      texts.map((each) => [each]),
    );
    const numbers = [1, -2.5, 9007199254740993n, '1.50', null];
    const expected = ['1', '-2.5', '9007199254740993', '1.50', null];
    assert.deepEqual(
      await ask('select unnest($1::numeric[])', numbers),
      expected.map((each) => [each]),
    );
    assert.deepEqual(await ask('select unnest($1::boolean[])', [true, false, null]), [[true], [false], [null]]);
    assert.deepEqual(await ask('select unnest($1::integer[])', []), []);
  });

  test('a value fits where the server takes it', async () => {
    const columns = (await engine.describe('fitting', call()))?.columns ?? [];
    const client = await server.connect();
    for (const [i, [type, [fit, unfit]]] of Object.entries(fitting).entries()) {
      const column = columns[i];
      const taken = (value: Raw) =>
        client.query(`select 1 from fitting where c${i} = $1`, [value]).then(
          () => true,
          () => false,
        );
      for (const value of fit) {
        assert.equal(column?.fits(value), true, `${value} as ${type}`);
        assert.equal(await taken(value), true, `the server and ${value} as ${type}`);
      }
      for (const value of unfit) {
        assert.equal(column?.fits(value), false, `${value} as ${type}`);
        assert.equal(await taken(value), false, `the server and ${value} as ${type}`);
      }
    }
    await client.end();
  });

  test('a type whose values we cannot tell is compared as text, and one without an order not at all', async () => {
    const columns = (await engine.describe('others', call()))?.columns ?? [];
    for (const [i, [type, expected]] of Object.entries(others).entries()) {
      const column = columns[i];
      assert.deepEqual([column?.comparedAsText, column?.comparable], expected, type);
      if (!column?.comparedAsText) continue;
      // Whatever text comes, the server reads none as the type; an index on the column is then of no use.
      assert.equal(column.leads, false, type);
      assert.equal(column.fits('\u00a0?'), true, type);
      await ask(`select from others where cast(c${i} as text) = any($1::text[])`, ['\u00a0?']);
    }
  });

  test('two statements that meet a type for the first time at once both read it', async () => {
    const fields = [{ dataTypeID: 1007 }];
    const types = new PostgresTypes();
    // As the driver reads rows while nobody knows the type yet.
    const read = () => [[types.getTypeParser(1007)('{1,2}')]];
    const [first, second] = [read(), read()];
    const learn = async () => [[1007, 23]];
    await types.complete(fields, first, learn);
    await types.complete(fields, second, learn);
    assert.deepEqual([first, second], [[[[1, 2]]], [[[1, 2]]]]);
    const third = read();
    await types.complete(fields, third, () => assert.fail('asked once more'));
    assert.deepEqual(third, [[[1, 2]]]);
  });
});
