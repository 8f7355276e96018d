import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  InputError,
  InvalidCursorError,
  StartupError,
  SystemError,
  type SystemErrorCode,
} from '../../../../subgraphs/kit/errors.ts';
import { env, settingsFrom } from '../../../../subgraphs/kit/settings.ts';
import type { Source } from '../../../../subgraphs/kit/source.ts';
import { apiKey, rest } from '../../../../subgraphs/kit/sources/rest/backend.ts';
import { sourceContract } from '../source-contract.ts';
import { call, listOf, systemError } from '../source-harness.ts';
import { connect, library, url } from './rest-library.ts';
import { type RestServer, startRestServer, token } from './rest-server.ts';

sourceContract('rest', async () => {
  const server = await startRestServer();
  const source = connect(server);
  return {
    source,
    calls: server.calls,
    collections: { authors: 'Author', books: 'Book' },
    hold: server.hold,
    async close() {
      await source.close();
      await server.close();
    },
  };
});

describe('rest', { timeout: 60_000 }, () => {
  let server: RestServer;
  let source: Source;
  before(async () => {
    server = await startRestServer();
    source = connect(server);
  });
  beforeEach(() => {
    server.calls();
  });
  after(async () => {
    await source.close();
    await server.close();
  });

  const authors = (request: object = {}) =>
    source.page({ collection: 'Author', ...listOf('authors'), ...request }, call());
  const byKey = (collection: string, column: string, keys: string[], columns = ['id', 'name']) =>
    source.byKey({ collection, key: [column], keys: keys.map((key) => [key]), columns }, call());
  const fails = (code: SystemErrorCode) => systemError(code, token);

  test('which records the system holds', () => {
    const records = Object.entries(library.types).map(([name, type]) => [name, type.records]);
    assert.deepEqual(Object.fromEntries(records).Author, 'owned');
    assert.deepEqual(Object.fromEntries(records).Publisher, 'contributed');
    assert.deepEqual(Object.fromEntries(records).City, 'none');
    assert.deepEqual(library.types.Author, { key: { id: 'id' }, records: 'owned' });
    assert.deepEqual(
      library.settings.map(({ variable }) => variable),
      ['LIBRARY_URL', 'LIBRARY_TOKEN'],
    );
  });

  test('a base URL that is none stops the start', () => {
    assert.throws(
      () => library.connect(settingsFrom({ LIBRARY_URL: 'library' })),
      (error: unknown) => error instanceof StartupError && /LIBRARY_URL: got "library"\. Expected/.test(error.message),
    );
  });

  describe('what is asked', () => {
    test('a page: fields by their first step, the key among them, and the token', async () => {
      await authors({ columns: ['name', 'contact.channel', 'contact.hours'], first: 4 });
      assert.deepEqual({ ...(server.last().query as object) }, { fields: 'name,contact,id', limit: '4' });
      assert.equal(server.last().headers.authorization, `Bearer ${token}`);
    });

    test('a key in a header of its own', async () => {
      const keyed = rest({
        system: 'library',
        url,
        auth: apiKey('X-Api-Key', env('LIBRARY_TOKEN', 'a key')),
        ping: '/ping',
        types: {},
      }).connect(settingsFrom({ LIBRARY_URL: `${server.url}/`, LIBRARY_TOKEN: ' k-1 ' }));
      await assert.rejects(keyed.ping(call()), fails('SYSTEM_REFUSED'));
      assert.equal(server.last().headers['x-api-key'], 'k-1');
      await keyed.close();
    });

    test('one GET a key, in the path; 404 means that there is no row', async () => {
      const odd = 'x/y ?&=%+#\'"<ü>';
      const rows = await byKey('AuthorByPath', 'id', ['a1', odd, 'nobody', '..', '.', '', '\ud800']);
      assert.deepEqual(rows, [
        { id: 'a1', name: 'Ana Björk' },
        { id: odd, name: 'Odd, but lawful' },
      ]);
      assert.equal(server.calls().length, 3);
    });

    test('keys in the query string, separated by commas', async () => {
      const rows = await byKey('AuthorByList', 'id', ['a1', 'a3', 'a1,a2'], ['id']);
      assert.deepEqual(rows, [{ id: 'a1' }, { id: 'a3' }]);
      assert.deepEqual(server.calls(), ['GET /authors/some']);
    });

    test('one GET a key, in the query string of a path that has one', async () => {
      const rows = await byKey('AuthorByQuery', 'name', ['Ana Björk'], ['id']);
      assert.deepEqual(
        rows.map(({ id }) => id),
        ['a1', 'a6'],
      );
    });

    test('nested values and whole lists; what is missing is null', async () => {
      server.next((reply) => reply.send({ id: 'a1', contact: { channel: 'mail' }, addresses: [{ use: 'B' }] }));
      const rows = await byKey(
        'AuthorByPath',
        'id',
        ['a1'],
        ['contact.channel', 'contact.hours', 'addresses', 'constructor'],
      );
      assert.deepEqual(rows, [
        { id: 'a1', 'contact.channel': 'mail', 'contact.hours': null, addresses: [{ use: 'B' }], constructor: null },
      ]);
    });

    test('two conditions on one parameter, and values that hold the separator, are refused', async () => {
      const country = { column: 'country', op: '=', value: 'IS' } as const;
      await assert.rejects(authors({ where: [country, { ...country, value: 'IE' }] }), InputError);
      await assert.rejects(authors({ where: [{ column: 'country', op: 'in', value: ['IS,IE'] }] }), InputError);
    });
  });

  describe('pages', () => {
    test('of more rows than the system gives at once, by offset', async () => {
      const list = { collection: 'AuthorByOffset', ...listOf('authors'), columns: ['id'] };
      const { rows, hasNext } = await source.page({ ...list, first: 6 }, call());
      assert.deepEqual(
        rows.map(({ row, position }) => [row.id, position]),
        [
          ['a1', [1]],
          ['a2', [2]],
          ['a3', [3]],
          ['a4', [4]],
          ['a5', [5]],
          ['a6', [6]],
        ],
      );
      assert.equal(hasNext, true);
      const rest = await source.page({ ...list, first: 6, after: [6], count: true }, call());
      assert.deepEqual([rest.rows.length, rest.hasNext, rest.total], [1, false, 7]);
      const whole = await source.page({ ...list, first: 7 }, call());
      assert.deepEqual([whole.rows.length, whole.hasNext], [7, false]);
      for (const after of [[-1], [1.5], ['1'], [1, 2], []]) {
        await assert.rejects(source.page({ ...list, after }, call()), InvalidCursorError);
      }
    });

    test('behind a row by its own value, of more rows than the system gives at once', async () => {
      const list = { collection: 'AuthorAfter', ...listOf('authors'), columns: ['id'] };
      const { rows, hasNext } = await source.page({ ...list, first: 6 }, call());
      assert.deepEqual(
        rows.map(({ position }) => position),
        [['a1'], ['a2'], ['a3'], ['a4'], ['a5'], ['a6']],
      );
      assert.equal(hasNext, true);
      assert.equal((server.last().query as { tenant: string }).tenant, 'north', 'what is asked in any case');
      const behind = await source.page({ ...list, first: 6, after: ['a3'], count: true }, call());
      assert.deepEqual([behind.rows.length, behind.hasNext, behind.total], [4, false, 7]);
      await assert.rejects(source.page({ ...list, after: ['nobody'] }, call()), InvalidCursorError);
      for (const answer of [
        { data: [], has_more: true },
        { data: [{ name: 'no id' }], has_more: false },
        { data: [{ id: 'a1' }], has_more: 'true' },
        { data: [{ id: 'a1' }], has_more: 1 },
      ]) {
        server.next((reply) => reply.send(answer));
        await assert.rejects(source.page(list, call()), SystemError);
      }
      server.next((reply) => reply.send({ data: [{ id: 'a1' }], has_more: null }));
      assert.equal((await source.page(list, call())).hasNext, false);
    });

    test('the column by which a list goes on is asked for', async () => {
      await source.page({ collection: 'AuthorAfterJoined', ...listOf('authors'), columns: ['name'], first: 1 }, call());
      assert.equal((server.last().query as { fields: string }).fields, 'name,id,joined');
    });

    test('a record that is only a mark of its own deletion is none', async () => {
      server.next((reply) => reply.send({ id: 'a1', gone: true }));
      const request = { collection: 'AuthorAfter', key: ['id'], keys: [['a1']], columns: ['id'] };
      assert.deepEqual(await source.byKey(request, call()), []);
      assert.equal((await source.byKey(request, call())).length, 1);
    });

    test("a cursor that the system doesn't know is the client's mistake", async () => {
      await assert.rejects(authors({ after: ['forged'] }), InvalidCursorError);
    });

    test('a row that is gone when the client goes on after it costs no other row', async () => {
      const { rows } = await authors({ first: 4 });
      const position = rows[1]?.position ?? [];
      assert.deepEqual(position, [null, 1, 'a2']);
      const { rows: following } = await authors({ first: 2, after: [null, 1, 'gone'] });
      assert.deepEqual(
        following.map(({ row }) => row.id),
        ['a1', 'a2'],
      );
    });

    test('empty pages with a next cursor are read over; a cursor that leads to itself is not followed', async () => {
      server.next((reply) => reply.send({ data: [], paging: { next: 'after-5' } }));
      const { rows } = await authors({ first: 2 });
      assert.deepEqual(
        rows.map(({ row }) => row.id),
        ['a6', 'x/y ?&=%+#\'"<ü>'],
      );
      server.next((reply) => reply.send({ data: [], paging: { next: 'after-1' } }));
      server.next((reply) => reply.send({ data: [], paging: { next: 'after-1' } }));
      await assert.rejects(authors({ first: 2 }), fails('SYSTEM_FAILED'));
    });

    test('a system that gives more than it was asked for', async () => {
      const data = ['a1', 'a2', 'a3'].map((id) => ({ id }));
      server.next((reply) => reply.send({ data, paging: { next: null } }));
      const { rows, hasNext } = await authors({ first: 2, columns: ['id'] });
      assert.deepEqual([rows.map(({ row }) => row.id), hasNext], [['a1', 'a2'], true]);
    });

    for (const collection of ['BookByQuery', 'BookByPath']) {
      test(`${collection}: one call for each parent where the system has nothing better`, async () => {
        const parents = [['a4'], ['a5'], ['a1'], ['a3']];
        const list = { collection, ...listOf('books'), columns: ['title'], first: 2, count: true };
        const found = await source.top({ ...list, parent: ['author'], parents }, call());
        assert.deepEqual(
          found.map(({ rows, hasNext, total }) => [rows.map(({ row }) => row.title), hasNext, total]),
          [
            [['Война и мир', 'Анна Каренина'], true, 3],
            [[], false, 0],
            [['Saga 1', 'Saga 2'], true, 13],
            [['静夜思', '将进酒'], false, 2],
          ],
        );
        assert.equal(server.calls().length, 4);
      });
    }

    test('a cursor belongs to one parent', async () => {
      const list = { collection: 'Book', ...listOf('books'), after: ['after-1'] };
      const request = { ...list, parent: ['author'], parents: [['a1'], ['a4']] };
      await assert.rejects(source.top(request, call()), InvalidCursorError);
    });
  });

  describe('the start-up check', () => {
    test('nested columns, lists, references to itself', async () => {
      const columns = ['contact.channel', 'contact.fax', 'tags', 'contact', 'mentor.mentor.born'];
      const { columns: found } = await source.describe('Author', columns, call());
      assert.deepEqual(Object.fromEntries(found), {
        'contact.channel': 'text',
        tags: 'list',
        contact: 'unknown',
        'mentor.mentor.born': 'integer',
      });
    });

    test('what lists can be filtered by, whether records hold it or not', async () => {
      const { columns, parameters } = await source.describe('Book', ['q'], call());
      assert.deepEqual([[...columns], [...(parameters ?? [])]], [[], ['year']]);
    });

    test("a schema that the document doesn't have; a type without one can be anything", async () => {
      const missing = await source.describe('Publisher', ['id'], call());
      assert.deepEqual([[...missing.columns], missing.faults], [[], ['/openapi.json has no schema "Publisher"']]);
      const unstated = await source.describe('AuthorByPath', ['id'], call());
      assert.deepEqual([...unstated.columns], [['id', 'unknown']]);
    });
  });
});
