import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Direction, ListRequest, Order, Page, Position, Source } from '../../../../subgraphs/kit/source.ts';
import { call, travelled } from '../source-harness.ts';
import { list, type SqlDatabase, table, texts, withSource } from './sql-contract.ts';

const tables = { event: table('event'), moving: table('moving') };
const directions = ['asc', 'desc'] as const;

/** The rows of `event`: ties and NULLs in both of the columns that lists go by. */
const events = Array.from({ length: 60 }, (_, i) => ({
  id: i + 1,
  day: i % 4 === 0 ? null : (i * 7) % 5,
  label: i % 3 === 0 ? null : `label ${(i * 5) % 4}`,
  place: i % 2,
}));

/** Walks through lists with NULLs and ties, and while the table changes. */
export function walkContract(opened: () => SqlDatabase): void {
  before(async () => {
    await opened().run(
      `create table "event" ("id" bigint primary key, "day" integer, "label" varchar(100), "place" integer not null)`,
    );
    const rows = events.map(({ id, day, label, place }) => `(${id}, ${day}, ${label && `'${label}'`}, ${place})`);
    await opened().run(`insert into "event" values ${rows.join()}`);
    await opened().run(
      `create table "moving" ("id" integer primary key, "day" integer, "label" varchar(100) not null)`,
    );
  });

  for (const order of orders()) {
    const name = order.map(({ column, direction }) => `${column} ${direction}`).join(', ');
    test(`ordered by ${name}: pages of any size are the whole list, each row once`, () =>
      withSource(opened(), tables, async (source) => {
        const whole = ids(await source.page(list('event', { order }), call()));
        assert.equal(new Set(whole).size, events.length);
        for (const first of [1, 7]) assert.deepEqual(await walk(source, list('event', { order, first })), whole);
        const parent = { parent: ['place'], parents: [[0], [1]] };
        const pages = await source.top({ ...list('event', { order, first: 7 }), ...parent }, call());
        const places = new Map(events.map(({ id, place }) => [String(id), place]));
        for (const [place, page] of pages.entries()) {
          const expected = whole.filter((id) => places.get(id) === place);
          assert.deepEqual(ids(page), expected.slice(0, 7));
          const after = travelled(page.rows[4]?.position);
          const rest = await source.top(
            { ...list('event', { order, after }), parent: ['place'], parents: [[place]] },
            call(),
          );
          assert.deepEqual(ids(rest[0] as Page), expected.slice(5));
        }
      }));
  }

  test('as many parents as go in one call, each behind a position among NULLs', () =>
    withSource(opened(), tables, async (source) => {
      const order: Order[] = [
        { column: 'day', direction: 'asc' },
        { column: 'label', direction: 'desc' },
        { column: 'id', direction: 'asc' },
      ];
      const parents = Array.from({ length: source.batchSize }, (_, i) => [i]);
      for (const after of [[2, 'label 1', 5] as const, [null, null, 5] as const]) {
        const pages = await source.top({ ...list('event', { order, after }), parent: ['place'], parents }, call());
        const both = await source.page(list('event', { order, after }), call());
        assert.equal(pages.length, parents.length);
        assert.deepEqual(pages.flatMap(ids).sort(), ids(both).sort());
      }
    }));

  for (const direction of directions) {
    test(`while rows come, go and change, ${direction}: what is there throughout is met once`, () =>
      withSource(opened(), tables, async (source) => {
        await opened().run('delete from "moving"');
        const days = Array.from({ length: 80 }, (_, i) => (i % 5 === 0 ? null : i % 9));
        await opened().run(`insert into "moving" values ${days.map((day, i) => `(${i}, ${day}, 'as it was')`).join()}`);
        const gone = new Set<string>();
        let step = 0;
        const order: Order[] = [
          { column: 'day', direction },
          { column: 'id', direction },
        ];
        const met = await walk(source, list('moving', { order, first: 6 }), async (page) => {
          step += 1;
          const here = ids(page);
          const away = [here.at(-1), String(step * 3)] as string[];
          for (const id of away) gone.add(id);
          await opened().run(`delete from "moving" where "id" in (${away.join()})`);
          await opened().run(
            `insert into "moving" values (${step + 1000}, ${step % 9}, 'new'), (${step + 2000}, null, 'new')`,
          );
          await opened().run(`update "moving" set "label" = 'changed' where "id" = ${(step * 7) % 80}`);
        });
        assert.equal(new Set(met).size, met.length, 'a row came twice');
        const stayed = days.map((_day, i) => String(i)).filter((id) => !gone.has(id));
        assert.deepEqual(
          stayed.filter((id) => !met.includes(id)),
          [],
        );
      }));
  }
}

/** Every mixture of directions of two columns with NULLs and the key. */
function orders(): Order[][] {
  const step = (column: string, direction: Direction) => ({ column, direction });
  const short = directions.flatMap((a) => directions.map((b) => [step('day', a), step('id', b)]));
  const long = directions.flatMap((a) =>
    directions.flatMap((b) => directions.map((c) => [step('day', a), step('label', b), step('id', c)])),
  );
  const never = directions.flatMap((a) => directions.map((b) => [step('place', a), step('label', b), step('id', a)]));
  return [...short, ...long, ...never];
}

/** The ids of all pages. `onPage` is done before the next page is read. */
async function walk(source: Source, request: ListRequest, onPage?: (page: Page) => Promise<void>): Promise<string[]> {
  const met: string[] = [];
  let after: Position | undefined;
  for (let more = true; more; ) {
    const page = await source.page({ ...request, after }, call());
    met.push(...ids(page));
    more = page.hasNext;
    after = more ? travelled(page.rows.at(-1)?.position) : undefined;
    await onPage?.(page);
  }
  return met;
}

function ids({ rows }: Page): string[] {
  return texts(rows.map(({ row }) => row));
}
