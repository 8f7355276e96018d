import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { SystemError } from '../../../subgraphs/kit/errors.ts';
import type { Backend } from '../../../subgraphs/kit/forms.ts';
import { serveSubgraph } from '../../../subgraphs/kit/server.ts';
import type { Call, KeyRequest, Row, Source } from '../../../subgraphs/kit/source.ts';
import { openSubgraph } from '../../../subgraphs/kit/subgraph.ts';

// What a client sees of a system's bad days: what failed and where, never the system's own words.

const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { author(id: ID!): Author book(id: ID!): Book }
  type Author @key(fields: "id") { id: ID! name: String! }
  type Book @key(fields: "id") { id: ID! title: String! pages: Int }
`;

type Read = (request: KeyRequest, call: Call) => Promise<readonly Row[]>;

const readAna: Read = () => Promise.resolve([{ id: 'a', name: 'Ana' }]);

/** A subgraph whose books are read by `readBooks`; its authors are there. */
async function open(
  readBooks: Read,
  systemTimeoutMs = 5000,
  describe?: Source['describe'],
  readAuthors: Read = readAna,
) {
  const source: Source = {
    kind: 'fake',
    batchSize: 10,
    byKey: (request, call) => (request.collection === 'Book' ? readBooks : readAuthors)(request, call),
    page: () => Promise.reject(new Error('not asked')),
    top: () => Promise.reject(new Error('not asked')),
    canLookUp: () => true,
    canList: () => false,
    canFilter: () => false,
    canOrder: () => false,
    describe:
      describe ??
      ((_collection, columns) =>
        Promise.resolve({ columns: new Map(columns.map((column) => [column, 'unknown'])), faults: [] })),
    ping: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const backend: Backend = {
    system: 'fake',
    settings: [],
    types: {
      Author: { records: 'owned', key: { id: 'id' }, fields: { name: 'name' } },
      Book: { records: 'owned', key: { id: 'id' }, fields: { title: 'title', pages: 'pages' } },
    },
    connect: () => source,
  };
  const logged: Record<string, unknown>[] = [];
  const note = (details: object, message: string) => logged.push({ ...details, message });
  const options = { name: 'library', environment: {}, log: { info: note, warn: note, error: note }, systemTimeoutMs };
  const subgraph = await openSubgraph({ typeDefs, backend, resolvers: {} }, options);
  const ask = async (query: string, signal = new AbortController().signal) =>
    JSON.parse(JSON.stringify(await subgraph.execute({ query }, { signal, requestId: 'r1' })));
  return { subgraph, ask, logged };
}

const query = '{ author(id: "a") { name } a: book(id: "1") { title } b: book(id: "2") { title } }';
const failed = (code: string, message: string) => ({
  data: { author: { name: 'Ana' }, a: null, b: null },
  errors: ['a', 'b'].map((path) => ({ message, path: [path], extensions: { code } })),
});

test('a system that fails costs its own fields; its words are only logged, once', async () => {
  const cause = new SystemError('SYSTEM_FAILED', 'ORA-00942 at 10.0.0.7: token s3cret');
  const { ask, logged } = await open(() => Promise.reject(cause));
  assert.deepEqual(await ask(query), failed('SYSTEM_FAILED', 'The system behind "library" answered with an error.'));
  assert.deepEqual(
    logged.map(({ requestId, err, code }) => [requestId, err, code]),
    [['r1', cause, 'SYSTEM_FAILED']],
  );
});

test('what fails alike at many fields of an answer is logged once, with their number', async () => {
  const unavailable = (detail: string) => () => Promise.reject(new SystemError('SYSTEM_UNAVAILABLE', detail));
  const told = async (ofBooks: string, ofAuthors: string) => {
    const { ask, logged } = await open(unavailable(ofBooks), 5000, undefined, unavailable(ofAuthors));
    const { errors } = await ask(query);
    assert.equal(errors.length, 3);
    return logged.map(({ err, path, fields }) => [(err as Error).message, String(path), fields]);
  };
  assert.deepEqual(await told('refused', 'refused'), [['refused', 'author', 3]]);
  assert.deepEqual((await told('refused', 'reset')).sort(), [
    ['refused', 'a', 2],
    ['reset', 'author', undefined],
  ]);
});

test('a system that hangs is given up after its time, and told so', async () => {
  let left: unknown;
  const { ask } = await open(
    (_request, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          left = signal.reason;
          reject(signal.reason);
        });
      }),
    50,
  );
  assert.deepEqual(await ask(query), failed('SYSTEM_TIMEOUT', 'The system behind "library" did not answer in time.'));
  assert.ok(left instanceof DOMException);
});

test('an error of the subgraph itself is masked and logged under the request’s id', async () => {
  const { ask, logged } = await open(() => Promise.reject(new TypeError('x is not a function')));
  const message = 'Internal error; the log has its cause under r1.';
  assert.deepEqual(await ask(query), failed('INTERNAL_SERVER_ERROR', message));
  assert.equal(logged.length, 1);
});

test('a value that the field can’t be, and a null where the contract has none', async () => {
  const { ask } = await open(() => Promise.resolve([{ id: '1', title: null, pages: 'many' }]));
  assert.deepEqual(await ask('{ book(id: "1") { pages } }'), {
    data: { book: { pages: null } },
    errors: [
      {
        message: "The system holds a value for Book.pages that can't be read.",
        path: ['book', 'pages'],
        extensions: { code: 'UNREADABLE_VALUE' },
      },
    ],
  });
  assert.deepEqual(await ask('{ book(id: "1") { title } }'), {
    data: { book: null },
    errors: [
      {
        message: 'Cannot return null for non-nullable field Book.title.',
        path: ['book', 'title'],
        extensions: { code: 'UNEXPECTED_NULL' },
      },
    ],
  });
});

test('a client of the service that goes away cancels the call to the system', async () => {
  const reached = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const { subgraph } = await open((_request, { signal }) => {
    reached.resolve();
    signal.addEventListener('abort', () => left.resolve());
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const server = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0 });
  const controller = new AbortController();
  const answer = fetch(`${server.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: controller.signal,
  });
  await reached.promise;
  controller.abort();
  await assert.rejects(answer, { name: 'AbortError' });
  await left.promise;
  await server.close();
});

test('a service stops at once while somebody holds a connection on which nothing was asked', async () => {
  const { subgraph } = await open(() => Promise.resolve([]));
  const server = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0 });
  const { hostname, port } = new URL(server.origin);
  const silent = connect(Number(port), hostname);
  await once(silent, 'connect');
  const closed = once(silent, 'close');
  silent.on('error', () => {});
  await server.close();
  await closed;
});

test('a system that hangs at the start is only logged: the subgraph opens, and its mapping waits to be checked', async (t) => {
  // The time limit itself keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  t.after(() => clearInterval(alive));
  const { logged } = await open(
    () => Promise.resolve([]),
    50,
    () => new Promise(() => {}),
  );
  assert.deepEqual(
    logged.map(({ code }) => code),
    ['SYSTEM_TIMEOUT'],
  );
});

test('over HTTP, what a client got wrong is said in GraphQL’s shape', async (t) => {
  const { subgraph } = await open(() => Promise.resolve([]));
  const server = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  const send = async (body: string) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${server.origin}/graphql`, { method: 'POST', headers, body });
    const { errors } = (await response.json()) as { errors: { message: string }[] };
    return errors[0]?.message;
  };
  assert.equal(await send('{"query": "{ nope }"}'), 'Cannot query field "nope" on type "Query".');
  assert.equal(await send('{"query": "{ author'), 'Unparsable JSON body');
  assert.equal(
    await send('{"query": "query($id: ID!) { author(id: $id) { id } }", "variables": {"id": {}}}'),
    'Variable "$id" got an invalid value; Expected ID.',
  );
});
