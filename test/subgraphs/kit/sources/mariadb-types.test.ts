import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CompiledQuery, Kysely, sql } from 'kysely';
import type { ColumnType, Raw } from '../../../../subgraphs/kit/source.ts';
import type { Engine, EngineTable } from '../../../../subgraphs/kit/sources/sql/engine.ts';
import { openMariadb } from '../../../../subgraphs/kit/sources/sql/mariadb/engine.ts';
import { SqlSource } from '../../../../subgraphs/kit/sources/sql/source.ts';
import { MariadbServer, mariadbUser, missingMariadb } from '../../../servers/mariadb.ts';
import { call, travelled } from '../source-harness.ts';
import { list, table, texts } from './sql-contract.ts';

/** A type, a value as SQL writes it, what comes out, and what the column is to the kit. */
const types: readonly (readonly [type: string, literal: string, value: unknown, column: ColumnType])[] = [
  ['tinyint(1)', '1', 1, 'integer'],
  ['tinyint(1)', '2', 2, 'integer'],
  ['tinyint unsigned', '255', 255, 'integer'],
  ['smallint', '-32768', -32768, 'integer'],
  ['mediumint unsigned', '16777215', 16777215, 'integer'],
  ['int', '-2147483648', -2147483648, 'integer'],
  ['bigint', '9007199254740991', 9007199254740991, 'integer'],
  ['bigint', '-9223372036854775808', -9223372036854775808n, 'integer'],
  ['bigint unsigned', '18446744073709551615', 18446744073709551615n, 'integer'],
  ['bit(1)', "b'1'", 1, 'integer'],
  ['bit(64)', "x'ffffffffffffffff'", 18446744073709551615n, 'integer'],
  ['year', '2026', 2026, 'integer'],
  [
    'decimal(40,20)',
    '12345678901234567890.01234567890123456789',
    '12345678901234567890.01234567890123456789',
    'decimal',
  ],
  ['decimal(10,2)', '-0.1', '-0.10', 'decimal'],
  ['float', '0.1', 0.1, 'float'],
  ['float', '16777217', 16777216, 'float'],
  ['double', '0.30000000000000004', 0.30000000000000004, 'float'],
  ['date', "'2026-02-28'", '2026-02-28', 'date'],
  ['date', "'0000-00-00'", '0000-00-00', 'date'],
  ['datetime', "'2026-03-29 02:30:00'", '2026-03-29T02:30:00', 'datetime'],
  ['datetime(6)', "'2026-03-29 02:30:00.000001'", '2026-03-29T02:30:00.000001', 'datetime'],
  ['datetime', "'0000-00-00'", '0000-00-00 00:00:00', 'datetime'],
  ['timestamp(3)', "'2026-03-29 02:30:00.120'", '2026-03-29T02:30:00.120Z', 'moment'],
  ['time', "'-838:59:59'", '-838:59:59', 'text'],
  ['time(2)', "'12:30:00.5'", '12:30:00.5', 'text'],
  ['char(5)', "'ab  '", 'ab', 'text'],
  ['varchar(5)', "'ab  '", 'ab  ', 'text'],
  ['varchar(20)', `'ä "😀'' \\\\'`, `ä "😀' \\`, 'text'],
  ['varchar(20) character set latin1', "'é€'", 'é€', 'text'],
  ['longtext', "'x'", 'x', 'text'],
  ["enum('it''s', 'b,c', '')", "'it''s'", "it's", 'text'],
  ["set('x', 'y')", "'y,x'", 'x,y', 'text'],
  ['uuid', "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'text'],
  ['inet6', "'::1'", '::1', 'text'],
  ['binary(4)', "x'deadBEEF'", 'deadbeef', 'text'],
  ['varbinary(9)', "''", '', 'text'],
  ['blob', "'ab'", '6162', 'text'],
  ['json', `'{"a": [1, 12345678901234567890]}'`, { a: [1, '12345678901234567890'] }, 'unknown'],
  ['json', "'null'", null, 'unknown'],
];

/** By type: what fits the column, and what doesn't. */
const fitting: readonly (readonly [type: string, fits: readonly Raw[], other: readonly Raw[]])[] = [
  ['tinyint(1)', [0, '127', -128n, true, null], [128, '-129', 'abc', '', '1abc', 1.5, '1.5', Number.NaN]],
  ['bigint unsigned', [0, '18446744073709551615', 1n], [-1, '18446744073709551616', '9'.repeat(30)]],
  ['bigint', [-9223372036854775808n], [9223372036854775808n]],
  ['bit(3)', [7, '0'], [8, -1]],
  ['year', [0, 24, '1901', 2155n], [-1, 2156, 'abc', 1999.5]],
  ['decimal(40,20)', ['1.5', 2, 3n, '-0.1', 1e30], ['abc', '', '1.', true, Number.POSITIVE_INFINITY]],
  ['float', [0.1, '1e5'], ['abc', Number.NaN]],
  [
    'date',
    ['2026-02-28', '0000-00-00', '2026-00-00', '2026-02-28T10:00:00Z'],
    ['abc', '2026-13-01', 20260228, '', '26-1-1'],
  ],
  [
    'timestamp(3)',
    ['2026-03-29 02:30', '2026-03-29T02:30:00.12Z'],
    ['2026-03-29T02:30:00+01:00', '2026-03-29 25:00', 0],
  ],
  ['time', ['-838:59:59', '10:00'], ['10', 'abc', 10]],
  ['varchar(5)', ['', 'far too long', '\0', '😀', 5, 5n], [true]],
  ['varchar(20) character set latin1', ['é€'], ['李', '😀']],
  ['varchar(20) character set ascii', ['a'], ['é']],
  ['varchar(20) character set utf8mb3', ['李'], ['😀']],
  ["enum('it''s', 'b,c', '')", ["it's", 'b,c', ''], ['its', 'B,C']],
  ["set('x', 'y')", ['x', 'x,y', ''], ['z', 'x,z']],
  ['binary(4)', ['deadbeef', ''], ['xyz', 'abc', 5]],
  ['json', ['x'], [true]],
];

describe('what MariaDB holds', { skip: missingMariadb, timeout: 60_000 }, () => {
  let server: MariadbServer;
  let engine: Engine;

  before(async () => {
    server = await MariadbServer.start();
    engine = openMariadb({ variable: 'URL', url: server.url, ...mariadbUser });
  });
  after(async () => {
    await engine?.close();
    await server?.stop();
  });

  async function create(name: string, declared: readonly string[]): Promise<EngineTable> {
    const columns = declared.map((type, i) => `c${i} ${type} null`);
    await server.run(`create table ${name} (id integer primary key, ${columns.join()})`);
    const described = await engine.describe(name, call());
    assert.ok(described);
    return described;
  }

  test('every type is read exactly, and a position or key of it finds its row again', async () => {
    const described = await create(
      'typed',
      types.map(([type]) => type),
    );
    await server.run(`insert into typed values (1, ${types.map(([, literal]) => literal).join()})`);
    await server.run('insert into typed (id) values (2), (3)');
    const source = new SqlSource(engine, new Map([['Typed', table('typed')]]));
    for (const [i, [type, , value, column]] of types.entries()) {
      const name = `c${i}`;
      const held = described.columns.find((each) => each.name === name);
      assert.equal(held?.type, column, type);
      const { rows } = await source.page(
        list('Typed', { columns: [name], where: [{ column: 'id', op: '=', value: 1 }] }),
        call(),
      );
      assert.deepEqual(rows[0]?.row[name], value, type);
      if (column === 'unknown') continue;
      const keys = [[value as Raw], [value as Raw]];
      const found = await source.byKey({ collection: 'Typed', key: [name], keys, columns: ['id'] }, call());
      assert.deepEqual([...new Set(texts(found))], ['1'], `${type}: by key`);
      for (const direction of ['asc', 'desc'] as const) {
        const order = [name, 'id'].map((each) => ({ column: each, direction }));
        const first = await source.page(list('Typed', { order, first: 3 }), call());
        const met = first.rows.find(({ row }) => row.id === 1);
        const next = await source.page(list('Typed', { order, after: travelled(met?.position) }), call());
        assert.deepEqual(
          texts(next.rows.map(({ row }) => row)),
          direction === 'asc' ? [] : ['3', '2'],
          `${type} ${direction}`,
        );
      }
    }
  });

  test('what fits a column, and what does not and is never sent', async () => {
    const described = await create(
      'fitting',
      fitting.map(([type]) => type),
    );
    const source = new SqlSource(engine, new Map([['Fitting', table('fitting')]]));
    await source.describe('Fitting', [], call());
    for (const [i, [type, fits, other]] of fitting.entries()) {
      const column = described.columns[i + 1];
      for (const value of fits) assert.equal(column?.fits(value), true, `${type}: ${String(value)}`);
      for (const value of other) assert.equal(column?.fits(value), false, `${type}: ${String(value)}`);
      const keys = [...fits, ...other].map((value) => [value]);
      await source.byKey({ collection: 'Fitting', key: [`c${i}`], keys, columns: ['id'] }, call());
    }
  });

  test('texts are compared by the collation of their column, and no number is taken for one', async () => {
    await server.run(
      'create table word (id integer primary key, w varchar(20) collate utf8mb4_general_ci not null, key (w))',
    );
    await server.run(
      "insert into word values (1, 'a1'), (2, 'A1'), (3, 'á1'), (4, 'a1  '), (5, '0abc'), (6, 'abc'), (7, 'Z')",
    );
    const source = new SqlSource(engine, new Map([['Word', table('word')]]));
    const order = ['w', 'id'].map((column) => ({ column, direction: 'asc' as const }));
    const walked: unknown[] = [];
    let page = await source.page(list('Word', { order, first: 1 }), call());
    for (;;) {
      walked.push(...page.rows.map(({ row }) => row.id));
      if (!page.hasNext) break;
      page = await source.page(list('Word', { order, first: 1, after: travelled(page.rows[0]?.position) }), call());
    }
    assert.deepEqual(walked, [5, 1, 2, 3, 4, 6, 7]);
    const found = await source.byKey({ collection: 'Word', key: ['w'], keys: [[0], [7]], columns: ['id'] }, call());
    assert.deepEqual(found, []);
  });

  test('what finds exactly a text, in every character set, by the index of its column', async () => {
    const declared = {
      ci: 'varchar(20) collate utf8mb4_general_ci',
      bin: 'varchar(20) collate utf8mb4_bin',
      latin: 'varchar(20) character set latin1',
      wide: 'varchar(20) character set utf16',
      nopad: 'varchar(20) collate utf8mb4_nopad_bin',
      label: "enum('é', 'x') collate utf8mb4_general_ci",
    };
    const columns = Object.entries(declared);
    await server.run(
      `create table tenant (id integer primary key, ${columns.map(([name, type]) => `${name} ${type}, key (${name})`).join()})`,
    );
    for (const [i, text] of ['é', 'É', 'e', 'é '].entries())
      await server.run(`insert into tenant values (${i}, ?, ?, ?, ?, ?, 'é')`, Array(5).fill(text));
    await server.run('insert into tenant select seq, seq, seq, seq, seq, seq, 2 from seq_10_to_1000');
    const described = await engine.describe('tenant', call());
    for (const { name, foldsText } of described?.columns ?? []) {
      const isFolding = ['ci', 'bin', 'latin', 'wide'].includes(name);
      assert.equal(foldsText, isFolding ? true : undefined, name);
      if (!isFolding) continue;
      const exact = `${name} = ? and cast(convert(${name} using utf8mb4) as binary) = cast(? as binary)`;
      const run = (sql: string) => engine.run(CompiledQuery.raw(sql, ['é', 'é']), { scan: false }, call());
      assert.deepEqual(await run(`select id from tenant where ${exact}`), [[0]], name);
      const [plan] = await run(`explain select id from tenant where ${exact}`);
      assert.deepEqual([plan?.[3], plan?.[5]], ['ref', name]);
    }
  });

  test('what can’t be compared says so', async () => {
    const { columns } = await create('place', ['point', 'json', 'varchar(9)', 'uuid']);
    assert.deepEqual(
      columns.map(({ comparable }) => comparable),
      [undefined, false, undefined, undefined, undefined],
    );
  });

  test('texts are looked for without case, whatever a column is', async () => {
    await server.run(
      `create table looked (id integer primary key, state enum('Shipped', 'new'), flags set('Shipped', 'new'), u uuid,
        latin varchar(20) character set latin1, bin varchar(20) collate utf8mb4_bin, n integer)`,
    );
    await server.run(
      "insert into looked values (1, 'Shipped', 'new,Shipped', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'É-Ship', 'É-Ship', 42)",
    );
    const { lower } = engine.traits;
    const cases = { state: 'ship', flags: 'ship', u: '9C0B', latin: 'é-S', bin: 'é-S', n: '4' };
    for (const [column, text] of Object.entries(cases)) {
      for (const [looked, expected] of [
        [text, [[1]]],
        ['Ж😀', []],
        ['e-', []],
      ] as const) {
        const condition = sql`${lower(sql.ref(column))} like ${lower(sql`${`%${looked}%`}`)} escape '!'`;
        const query = sql`select id from looked where ${condition}`.compile(new Kysely({ dialect: engine.dialect }));
        assert.deepEqual(await engine.run(query, { scan: false }, call()), expected, `${column}: ${looked}`);
      }
    }
  });

  test('a year of two digits is none of a column', async () => {
    await server.run('create table made (id integer primary key, y year, key (y))');
    await server.run('insert into made values (0, 0), (1, 1901), (2, 1999), (3, 2024), (4, 2155), (5, null)');
    const source = new SqlSource(engine, new Map([['Made', table('made')]]));
    const found = async (op: '=' | '>=' | '<', value: number) => {
      const { rows } = await source.page(list('Made', { where: [{ column: 'y', op, value }] }), call());
      return texts(rows.map(({ row }) => row)).join('');
    };
    for (const year of [1, 24, 99, 1900]) {
      assert.equal(await found('=', year), '', `= ${year}`);
      assert.equal(await found('>=', year), '1234', `>= ${year}`);
      assert.equal(await found('<', year), '0', `< ${year}`);
    }
    assert.deepEqual([await found('=', 0), await found('=', 2024), await found('<', 2156)], ['0', '3', '01234']);
    assert.deepEqual([await found('>=', 0), await found('>=', 2156), await found('>=', -1)], ['01234', '', '01234']);
  });

  test('enumerations are walked in the order of their texts, whatever stands together', async () => {
    await server.run(
      "create table state (id integer primary key, s enum('z', 'b', 'a') not null, t set('y', 'x') not null, key (s))",
    );
    await server.run('insert into state select seq, 1 + seq % 3, seq % 4 from seq_1_to_24');
    const source = new SqlSource(engine, new Map([['State', table('state')]]));
    for (const column of ['s', 't']) {
      const order = [
        { column, direction: 'asc' as const },
        { column: 'id', direction: 'asc' as const },
      ];
      const whole = await source.page(list('State', { order, columns: [column] }), call());
      const values = whole.rows.map(({ row }) => String(row[column]));
      assert.deepEqual(values, values.toSorted());
      const walked: unknown[] = [];
      let page = await source.page(list('State', { order, first: 5 }), call());
      for (;;) {
        walked.push(...page.rows.map(({ row }) => row.id));
        if (!page.hasNext) break;
        page = await source.page(
          list('State', { order, first: 5, after: travelled(page.rows.at(-1)?.position) }),
          call(),
        );
      }
      assert.deepEqual(
        walked,
        whole.rows.map(({ row }) => row.id),
      );
    }
  });

  test('decimals of many digits are told apart in a list of keys', async () => {
    await server.run('create table exact (id integer primary key, d decimal(40,20) not null)');
    await server.run("insert into exact values (1, '12345678901234567890.1'), (2, '12345678901234567890.2')");
    const source = new SqlSource(engine, new Map([['Exact', table('exact')]]));
    const where = [{ column: 'd', op: 'in', value: ['12345678901234567890.1', '5'] }] as const;
    const { rows } = await source.page(list('Exact', { where }), call());
    assert.deepEqual(texts(rows.map(({ row }) => row)), ['1']);
  });

  test('JSON that stands in lists below parents, and JSON that is none', async () => {
    await server.run('create table doc (id integer primary key, parent integer not null, j json)');
    await server.run(`insert into doc values (1, 1, '{"a":1}'), (2, 2, null)`);
    await server.run(`set statement check_constraint_checks = 0 for insert into doc values (3, 2, '{')`);
    const source = new SqlSource(engine, new Map([['Doc', table('doc')]]));
    const request = { ...list('Doc', { columns: ['j'] }), parent: ['parent'], parents: [[1], [2]] };
    const pages = await source.top(request, call());
    assert.deepEqual(
      pages.map((page) => page.rows.map(({ row }) => row.j)),
      [[{ a: 1 }], [null, '{']],
    );
  });
});
