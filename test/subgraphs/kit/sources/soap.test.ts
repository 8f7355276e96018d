import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { InputError, InvalidCursorError, StartupError } from '../../../../subgraphs/kit/errors.ts';
import { settingsFrom } from '../../../../subgraphs/kit/settings.ts';
import type { Source } from '../../../../subgraphs/kit/source.ts';
import { soap, usernameToken } from '../../../../subgraphs/kit/sources/soap/backend.ts';
import { sourceContract } from '../source-contract.ts';
import { call, listOf } from '../source-harness.ts';
import { connect, library, login, url } from './soap-library.ts';
import { password, type SoapServer, startSoapServer, user } from './soap-server.ts';

sourceContract('soap', async () => {
  const server = await startSoapServer();
  const source = connect(server);
  // The WSDL is read by the first call.
  await source.ping(call());
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

describe('soap', { timeout: 60_000 }, () => {
  let server: SoapServer;
  let source: Source;
  before(async () => {
    server = await startSoapServer();
    source = connect(server);
    await source.ping(call());
  });
  beforeEach(() => {
    server.calls();
  });
  after(async () => {
    await source.close();
    await server.close();
  });

  const page = (request: object = {}) =>
    source.page({ collection: 'Author', ...listOf('authors'), ...request }, call());
  const byId = (keys: string[], columns = ['id', 'name']) =>
    source.byKey({ collection: 'Author', key: ['id'], keys: keys.map((key) => [key]), columns }, call());
  const answerNext = (status: number, body: string) =>
    server.next((response) => response.writeHead(status, { 'content-type': 'text/xml' }).end(body));

  test('which records the system holds', () => {
    assert.deepEqual(
      Object.entries(library.types).map(([name, { records }]) => [name, records]),
      [
        ['Author', 'owned'],
        ['Book', 'owned'],
        ['Loan', 'owned'],
        ['Shelf', 'none'],
      ],
    );
    assert.deepEqual(
      library.settings.map(({ variable }) => variable),
      ['LIBRARY_URL', 'LIBRARY_USER', 'LIBRARY_PASSWORD'],
    );
  });

  test('a URL that is none stops the start', () => {
    assert.throws(() => library.connect(settingsFrom({ LIBRARY_URL: 'library.wsdl' })), StartupError);
  });

  describe('what is asked', () => {
    test('parameters in the order of the schema, whatever the order of the mapping', async () => {
      await page({
        where: [{ column: 'country', op: 'in', value: ['IS', 'IE'] }],
        order: [{ column: 'id', direction: 'desc' }],
      });
      const names = [...server.last().text.matchAll(/<(?:tns:)?(\w+)>/g)].map(([, name]) => name);
      assert.deepEqual(names.slice(names.indexOf('Countries')), [
        'Countries',
        'Countries',
        'SortBy',
        'SortDesc',
        'MaxRows',
      ]);
    });

    test("text can't become markup", async () => {
      const forged = '<![CDATA[x]]></id><id>a1</id><id><![CDATA[y]]>';
      assert.deepEqual(await byId([forged, 'a2'], ['id']), [{ id: 'a2' }]);
      await assert.rejects(byId(['a\u0000b']), InputError);
      await assert.rejects(byId(['\ud800']), InputError);
    });

    test('the password as it is, where the system wants it so', async () => {
      const other = soap({
        system: 'library',
        url,
        auth: usernameToken(...login, { type: 'text' }),
        ping: 'Ping',
        types: {},
      });
      const plain = other.connect(
        settingsFrom({ LIBRARY_URL: server.url, LIBRARY_USER: user, LIBRARY_PASSWORD: password }),
      );
      await plain.ping(call());
      assert.ok(server.last().text.includes(password));
      await source.ping(call());
      assert.ok(!server.last().text.includes(password));
      await plain.close();
    });

    test('connections are kept', async () => {
      const before = server.connections();
      for (let i = 0; i < 5; i++) await source.ping(call());
      assert.equal(server.connections(), before);
    });
  });

  describe('what is answered', () => {
    const authorOf = (elements: string) =>
      `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
         <r:ReadAuthorsResponse xmlns:r="urn:library"><r:Author><r:id>a1</r:id>${elements}</r:Author></r:ReadAuthorsResponse>
       </soap:Body></soap:Envelope>`;

    test("numbers that JavaScript can hold are numbers; what it can't hold exactly stays text", async () => {
      const columns = ['born', 'royalty', 'joined', 'seen', 'isni', 'living'];
      answerNext(
        200,
        authorOf(`<r:born>1921</r:born><r:royalty>1.10</r:royalty><r:joined>2019-01-31</r:joined>
          <r:seen>2026-03-29T01:30:00+02:00</r:seen><r:isni>9007199254740993</r:isni><r:living>0</r:living>`),
      );
      assert.deepEqual(await byId(['a1'], columns), [
        {
          id: 'a1',
          born: 1921,
          royalty: '1.10',
          joined: '2019-01-31',
          seen: '2026-03-29T01:30:00+02:00',
          isni: '9007199254740993',
          living: false,
        },
      ]);
    });

    test('nil, empty and missing elements; elements with attributes', async () => {
      const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
      answerNext(
        200,
        authorOf(`<r:name/><r:born ${xsi} xsi:nil="true"/><r:royalty currency="EUR">2.50</r:royalty><r:seen/>`),
      );
      assert.deepEqual(await byId(['a1'], ['name', 'born', 'royalty', 'seen', 'isni']), [
        { id: 'a1', name: '', born: null, royalty: '2.50', seen: null, isni: null },
      ]);
    });

    test('no rows at all', async () => {
      assert.deepEqual(await byId(['nobody']), []);
    });
  });

  describe('positions', () => {
    test('only what was given out is taken', async () => {
      for (const after of [[], [true], [null], ['a1', 'a2']]) await assert.rejects(page({ after }), InvalidCursorError);
    });

    test('a cursor belongs to one parent', async () => {
      const request = {
        collection: 'Book',
        ...listOf('books'),
        after: ['b10'],
        parent: ['author'],
        parents: [['a1'], ['a4']],
      };
      await assert.rejects(source.top(request, call()), InvalidCursorError);
    });
  });

  describe('the start-up check', () => {
    test("types, also those that restrict others; elements that aren't there are left out", async () => {
      const { columns, faults } = await source.describe('Author', ['born', 'isni', 'living', 'nonesuch'], call());
      assert.deepEqual(Object.fromEntries(columns), { born: 'integer', isni: 'integer', living: 'boolean' });
      assert.deepEqual(faults, []);
      const { columns: ofBook } = await source.describe('Book', ['price'], call());
      assert.deepEqual([...ofBook], [['price', 'decimal']]);
    });

    test("every name of the mapping that the WSDL doesn't have", async () => {
      const { columns, faults } = await source.describe('Loan', ['id'], call());
      assert.deepEqual([...columns], []);
      assert.deepEqual(faults, [
        'byKey.id: the WSDL has no operation "ReadLoans"',
        'list.limit: ListAuthors takes no "Most"',
        'list.total: ListAuthors takes no "Count"',
        'list.filters["due <"]: ListAuthors takes no "DueBefore"',
        'list.orders["due asc"]: ListAuthors takes no "OrderBy"',
        'list.rows: ListAuthors answers no "Writer"',
        'list.after: ListAuthors answers no "Writer.number"',
        'list.more: ListAuthors answers no "Rest"',
        'list.total: ListAuthors answers no "Sum"',
        'top.author.parents: ListBooksByAuthor takes no "writer"',
        'top.author.groups: ListBooksByAuthor answers no "Rack"',
        'top.author.parent: ListBooksByAuthor answers no "Rack.author"',
        'top.author.rows: ListBooksByAuthor answers no "Rack.Book"',
        'top.author.after: ListBooksByAuthor answers no "Rack.Book.id"',
        'top.author.more: ListBooksByAuthor answers no "Rack.More"',
        'top.author.total: ListBooksByAuthor answers no "Rack.Total"',
      ]);
    });
  });
});
