import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import Fastify from 'fastify';
import { env, settingsFrom } from '../../../../subgraphs/kit/settings.ts';
import type { Page, Source } from '../../../../subgraphs/kit/source.ts';
import { rest } from '../../../../subgraphs/kit/sources/rest/backend.ts';
import { call } from '../source-harness.ts';

// A system that shows clients records that are none for them: bills, of which only each third was ever sent.

const bills = Array.from({ length: 12 }, (_, i) => ({
  id: i + 1,
  no: `N-${i + 1}`,
  state: i % 3 === 2 ? 'sent' : 'draft',
}));
const deleted = { state: 'draft' };
const list = { get: '/bills', rows: 'data', limit: 'limit', fields: 'fields', deleted } as const;

const backend = rest({
  system: 'bills',
  url: env('BILLS_URL', 'a URL'),
  ping: '/ping',
  types: {
    ByColumn: { list: { ...list, after: { parameter: 'after', column: 'id', more: 'more' } }, key: { id: 'id' } },
    ByCursor: { list: { ...list, cursor: { parameter: 'after', next: 'next' } }, key: { id: 'id' } },
    ByOffset: { list: { ...list, offset: { parameter: 'offset' } }, key: { id: 'id' }, lacks: ['totalCount'] },
    Found: {
      byKey: {
        id: { get: '/bills/{key}', deleted },
        no: { get: '/search', key: 'q', as: (no) => `no:"${no}"`, rows: 'data', deleted },
      },
      key: { id: 'id' },
    },
  },
});

describe('rest: records that are none', () => {
  const app = Fastify({ forceCloseConnections: true });
  let calls: string[] = [];
  let source: Source;
  before(async () => {
    app.addHook('onRequest', async ({ url }) => void calls.push(decodeURIComponent(url)));
    app.get('/bills', async ({ query }) => {
      const { limit, after = 0, offset = after } = query as Record<string, string>;
      const data = bills.slice(Number(offset), Number(offset) + Number(limit));
      const more = Number(offset) + data.length < bills.length;
      return { data, more, next: more ? data.at(-1)?.id : null };
    });
    app.get('/bills/:id', async ({ params }) => bills.find(({ id }) => id === Number((params as { id: string }).id)));
    app.get('/search', async ({ query }) => {
      const { q } = query as { q: string };
      return { data: bills.filter(({ no }) => q === `no:"${no}"`) };
    });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    source = await backend.connect(settingsFrom({ BILLS_URL: url }));
  });
  after(async () => {
    await source.close();
    await app.close();
  });

  for (const collection of ['ByColumn', 'ByCursor', 'ByOffset']) {
    test(`${collection}: they fill no page, and no page begins with them twice`, async () => {
      const pages: unknown[][] = [];
      let after: Page['rows'][number]['position'] | undefined;
      for (let hasNext = true; hasNext; ) {
        const order = [{ column: 'id', direction: 'asc' } as const];
        const request = { collection, columns: ['id'], where: [], order, first: 3, after, count: false };
        const page = await source.page(request, call());
        pages.push(page.rows.map(({ row }) => row.id));
        after = page.rows.at(-1)?.position;
        hasNext = page.hasNext && after !== undefined;
      }
      assert.deepEqual(
        pages.filter((page) => page.length > 0),
        [[3, 6, 9], [12]],
      );
    });
  }

  test('the mark is asked for beside the fields', async () => {
    calls = [];
    const request = {
      collection: 'ByColumn',
      columns: ['no'],
      where: [],
      order: [],
      first: 1,
      after: undefined,
      count: false,
    };
    await source.page(request, call());
    assert.match(calls[0] ?? '', /fields=no,id,state/);
  });

  test('they are not found, and a search is written as the mapping says', async () => {
    const find = (column: string, keys: (string | number)[]) =>
      source.byKey({ collection: 'Found', key: [column], keys: keys.map((key) => [key]), columns: ['id'] }, call());
    assert.deepEqual(
      (await find('id', [1, 3])).map(({ id }) => id),
      [3],
    );
    calls = [];
    assert.deepEqual(
      (await find('no', ['N-2', 'N-6'])).map(({ id }) => id),
      [6],
    );
    assert.deepEqual(calls, ['/search?q=no:"N-2"', '/search?q=no:"N-6"']);
  });

  test('what the system lacks reaches the kit', () => assert.deepEqual(backend.types.ByOffset?.lacks, ['totalCount']));
});
