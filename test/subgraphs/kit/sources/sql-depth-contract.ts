import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { before, test } from 'node:test';
import type { Condition, Order, Position, Source } from '../../../../subgraphs/kit/source.ts';
import { call, ordered } from '../source-harness.ts';
import { list, type SqlDatabase, type Statement, table, withSource } from './sql-contract.ts';

/** Begun with this many rows, a table of 2^20 is made by doubling it ten times. */
const begun = 1024;
const first = 20;
const tables = { big: table('big') };

/** That a page costs the same at any depth: how many rows the engine reads, as it counts them itself, in a table of 1,048,576. */
export function depthContract(opened: () => SqlDatabase): void {
  before(async () => {
    const { run } = opened();
    // `day` is scattered and has some 105 rows of each; `ended` has 350,000 NULLs and 7,000 of each of its values.
    await run(`create table "big" ("id" integer primary key, "day" integer not null, "ended" integer)`);
    const row = (id: string) =>
      `${id}, (${id} % 10007) * 7919 % 10007, case when ${id} % 3 = 0 then null else ${id} % 100 end`;
    const rows = Array.from({ length: begun }, (_, i) => `(${row(String(i + 1))})`);
    await run(`insert into "big" values ${rows.join()}`);
    for (let size = begun; size < 2 ** 20; size *= 2)
      await run(`insert into "big" select ${row(`("id" + ${size})`)} from "big"`);
    await run('create index "big_day" on "big" ("day", "id")');
    await run('create index "big_ended" on "big" ("ended", "id")');
    await withSource(opened(), tables, ({ kind }) => run(kind === 'mariadb' ? 'analyze table "big"' : 'analyze "big"'));
  });

  test('what few ranges come to reads no other rows', (t) =>
    withSource(opened(), tables, async (source) => {
      const rowsRead = opened().rowsRead;
      if (!rowsRead) return t.skip('nobody counts the rows that this engine reads');
      const ranges = [100, 5000, 9000].map((from) => ({ from, before: from + 2 }));
      const request = { collection: 'big', where: [], at: 'day', ranges, by: [], sums: ['id'] };
      const [statement] = await statementsOf(async () => source.totals?.(request, call()));
      const found = await source.totals?.(request, call());
      const counted = found?.reduce((sum, { count }) => sum + count, 0) ?? 0;
      const read = await rowsRead(statement as Statement);
      t.diagnostic(`${counted} rows of 1,048,576 come to something, ${read} are read`);
      assert.ok(counted > 600 && counted < 660, `${counted} rows`);
      // With one by which an engine sees that a range is over, and the ranges themselves where they are rows.
      assert.ok(read >= counted && read <= counted + 20, `${read} rows are read for ${counted}`);
    }));

  const isNull: Condition = { column: 'ended', op: '=', value: null };
  const cases: { name: string; order: Order[]; at: Condition[]; parts: number }[] = [
    { name: 'upwards by a column that is never NULL', order: ordered('day', 'asc'), at: [from('day', 1909)], parts: 1 },
    { name: 'downwards by it', order: ordered('day', 'desc'), at: [until('day', 8097)], parts: 1 },
    { name: 'upwards among values, with NULLs', order: ordered('ended', 'asc'), at: [from('ended', 40)], parts: 2 },
    { name: 'downwards among values, with NULLs', order: ordered('ended', 'desc'), at: [until('ended', 60)], parts: 2 },
    { name: 'upwards among NULLs', order: ordered('ended', 'asc'), at: [isNull, from('id', 600_000)], parts: 2 },
    { name: 'downwards among NULLs', order: ordered('ended', 'desc'), at: [isNull, until('id', 400_000)], parts: 2 },
  ];
  for (const { name, order, at, parts } of cases) {
    test(`${name}: page 10,000 reads as many rows as page 1`, (t) =>
      withSource(opened(), tables, async (source) => {
        const rowsRead = opened().rowsRead;
        if (!rowsRead) return t.skip('nobody counts the rows that this engine reads');
        const read = async (after?: Position) => {
          const [statement] = await statementsOf(() => source.page(list('big', { order, first, after }), call()));
          return rowsRead(statement as Statement);
        };
        const shallow = await read();
        const deep = await read(await positionAt(source, order, at));
        t.diagnostic(`page 1: ${shallow} rows, page 10,000: ${deep}`);
        // With one row that tells whether there is a next page, and one by which an engine sees that a range is over.
        assert.ok(shallow >= first + 1 && shallow <= first + 2, `page 1 reads ${shallow} rows`);
        // Ties, and what is behind them, are parts of their own where the engine can't enter an index by two values at once.
        const most = source.kind === 'mariadb' ? parts + 1 : parts;
        assert.ok(deep >= first + 1 && deep <= most * (first + 2), `page 10,000 reads ${deep} rows`);
      }));
  }
}

/** Where the first row of these stands, which has more than 200,000 before it. */
async function positionAt(source: Source, order: readonly Order[], where: readonly Condition[]): Promise<Position> {
  const { rows } = await source.page(list('big', { order, where, first: 1 }), call());
  assert.ok(rows[0]);
  return rows[0].position;
}

/** The statements that are run meanwhile. */
async function statementsOf(read: () => Promise<unknown>): Promise<Statement[]> {
  await read();
  const seen: Statement[] = [];
  const note = (message: unknown) => seen.push(message as Statement);
  subscribe('junction:sql', note);
  try {
    await read();
  } finally {
    unsubscribe('junction:sql', note);
  }
  return seen;
}

function from(column: string, value: number): Condition {
  return { column, op: '>=', value };
}

function until(column: string, value: number): Condition {
  return { column, op: '<', value };
}
