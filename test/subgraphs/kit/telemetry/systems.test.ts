import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSubgraph } from '../../../../subgraphs/kit/subgraph.ts';
import { libraryParts, openLibrary } from '../library.ts';
import { connect as connectRest } from '../sources/rest-library.ts';
import { startRestServer } from '../sources/rest-server.ts';
import { connect as connectSoap } from '../sources/soap-library.ts';
import { startSoapServer } from '../sources/soap-server.ts';
import { codes, observed, told, watched } from './watched.ts';

// One span and one count for each real call to a system, and nothing of a client's in them.

test('a subgraph over SQL: its own span, one below it for each statement, and no value in any', async (t) => {
  const library = await openLibrary();
  t.after(() => library.close());
  const watch = await watched(t);
  const log = { info() {}, warn() {}, error() {} };
  const options = { name: 'library', environment: { LIBRARY_URL: library.url }, log, systemTimeoutMs: 5_000 };
  const subgraph = await openSubgraph(libraryParts(), { ...options, observer: watch.metrics });
  t.after(() => subgraph.close());
  await subgraph.health(new AbortController().signal);
  library.statements();
  assert.deepEqual(codes(watch), { calls: 0 }, 'neither the check at the start nor pings are calls of clients');
  const { call, span } = watch.call();
  const query = `query ($title: String!, $from: DateTime) {
    bookByTitle(title: $title) { id author { name } }
    books(first: 753197531, filter: { publishedAt: { from: $from } }) { nodes { title } totalCount }
  }`;
  const refused = await subgraph.execute(
    { query, variables: { title: 'markerA', from: '2001-02-03T04:05:06Z' } },
    call,
  );
  assert.equal(refused.errors?.[0]?.extensions.code, 'BAD_USER_INPUT', 'more than a page');
  const variables = { title: 'Anfang', from: '2001-02-03T04:05:06Z' };
  const { data, errors } = await subgraph.execute({ query: query.replace('753197531', '77'), variables }, call);
  assert.deepEqual([errors, data?.bookByTitle], [undefined, { id: '1', author: { name: 'Zoë Müller' } }]);
  span.end();
  const statements = library.statements();
  const spans = await watch.otlp.until(statements.length + 3);
  assert.equal(spans.length, statements.length + 3);
  const [root, first, ...others] = spans;
  const resolving = spans.filter(({ name }) => name === 'resolve library');
  assert.deepEqual(
    resolving.map(({ kind, parentSpanId }) => [kind, parentSpanId === root?.spanId]),
    [
      ['internal', true],
      ['internal', true],
    ],
  );
  assert.equal(first?.attributes['error.type'], 'BAD_USER_INPUT');
  const reading = others.filter(({ name }) => name.startsWith('SELECT'));
  assert.ok(reading.every(({ parentSpanId }) => resolving.some(({ spanId }) => spanId === parentSpanId)));
  const names = reading.map(({ name }) => name).toSorted();
  assert.deepEqual(names, ['SELECT author', ...Array.from({ length: 4 }, () => 'SELECT book')]);
  const author = told(reading.filter(({ name }) => name === 'SELECT author'));
  assert.deepEqual(author, [
    {
      name: 'SELECT author',
      kind: 'client',
      status: 'unset',
      attributes: {
        'db.system.name': 'sqlite',
        'db.operation.name': 'SELECT',
        'db.collection.name': 'author',
        'db.query.text': statements.find((text) => text.includes('from "author"')),
      },
    },
  ]);
  assert.ok(reading.every(({ attributes }) => typeof attributes['junction.wait_ms'] === 'number'));
  const sent = watch.otlp.requests.map(({ text }) => text).join();
  for (const value of ['markerA', 'Anfang', 'Zoë', '753197531', 'limit 7', '2001', '981173106', library.url])
    assert.ok(!sent.includes(value), value);
  assert.deepEqual(codes(watch), { calls: statements.length });
});

test('several keys are one statement, which says how many', async (t) => {
  const library = await openLibrary();
  t.after(() => library.close());
  const watch = await watched(t);
  const log = { info() {}, warn() {}, error() {} };
  const options = { name: 'library', environment: { LIBRARY_URL: library.url }, log, systemTimeoutMs: 5_000 };
  const subgraph = await openSubgraph(libraryParts(), options);
  t.after(() => subgraph.close());
  const { call, span } = watch.call();
  await subgraph.execute({ query: '{ books(first: 4) { nodes { author { name } } } }' }, call);
  span.end();
  const spans = await watch.otlp.until(4);
  const sizes = spans.map(({ name, attributes }) => [name, attributes['db.operation.batch.size']]);
  assert.deepEqual(sizes.slice(2), [
    ['SELECT book', undefined],
    ['SELECT author', 2],
  ]);
});

test('a statement that fails has its code in its span, in what is counted and among the last errors', async (t) => {
  const library = await openLibrary();
  t.after(() => library.close());
  const watch = await watched(t);
  const log = { info() {}, warn() {}, error() {} };
  const options = { name: 'library', environment: { LIBRARY_URL: library.url }, log, systemTimeoutMs: 5_000 };
  const subgraph = await openSubgraph(libraryParts(), { ...options, observer: watch.metrics });
  t.after(() => subgraph.close());
  const database = new DatabaseSync(library.url.slice('sqlite:'.length));
  database.exec('alter table book rename column ttl to markerA');
  database.close();
  const { call } = watch.call();
  const { errors } = await subgraph.execute({ query: '{ book(id: 1) { title } }' }, call);
  assert.equal(errors?.[0]?.extensions.code, 'SYSTEM_FAILED');
  const { calls = 0, SYSTEM_FAILED: failed = 0 } = codes(watch);
  const spans = (await watch.otlp.until(calls + 1)).filter(({ name }) => name.startsWith('SELECT'));
  assert.ok(failed > 0 && failed < calls, 'it is asked what the table has by now');
  const statuses = spans.map(({ status, attributes }) => [status, attributes['error.type']]);
  assert.deepEqual(
    statuses.filter(([, code]) => code),
    Array(failed).fill(['error', 'SYSTEM_FAILED']),
  );
  assert.equal(statuses.length, calls);
  const [last] = watch.metrics.errors();
  assert.deepEqual(
    { ...last, at: 0 },
    {
      at: 0,
      code: 'SYSTEM_FAILED',
      requestId: 'r1',
      subgraph: 'library',
      system: 'library',
      kind: 'sqlite',
    },
  );
  assert.ok(!watch.otlp.requests.some(({ text }) => text.includes('markerA')));
});

test('REST: one span for each request, called by its template', async (t) => {
  const server = await startRestServer();
  const source = connectRest(server);
  t.after(async () => {
    await source.close();
    await server.close();
  });
  const watch = await watched(t);
  const { call, span } = observed(watch, 'rest');
  const keys = [['a1'], ['a2'], ['markerA']];
  await source.byKey({ collection: 'AuthorByPath', columns: ['name'], key: ['id'], keys }, call);
  assert.match(String(server.last().headers.traceparent), new RegExp(`^00-${span.traceparent.slice(3, 35)}-.{16}-01$`));
  assert.equal(server.last().headers.tracestate, undefined);
  await source.byKey({ collection: 'Author', columns: ['name'], key: ['id'], keys }, call);
  const where = [{ column: 'name', op: '=', value: 'markerB' }] as const;
  const list = { collection: 'Author', columns: ['name'], where, order: [], first: 77, after: undefined, count: false };
  await source.page(list, call);
  span.end();
  assert.equal(server.calls().length, 5);
  const [, ...spans] = await watch.otlp.until(6);
  const common = { 'http.response.status_code': 200, 'server.address': '127.0.0.1' };
  const one = { kind: 'client', status: 'unset' };
  const get = (path: string, status = 200) => ({
    name: `GET ${path}`,
    ...one,
    attributes: {
      ...common,
      'http.request.method': 'GET',
      'url.template': path,
      'http.response.status_code': status,
    },
  });
  const post = { ...one, name: 'POST /authors/read' };
  const seen = told(spans);
  assert.deepEqual(
    seen.filter(({ name }) => name === 'GET /authors/{key}').toSorted((a, b) => statusOf(a) - statusOf(b)),
    [get('/authors/{key}'), get('/authors/{key}'), get('/authors/{key}', 404)],
  );
  assert.deepEqual(seen.slice(3), [
    { ...post, attributes: { ...common, 'http.request.method': 'POST', 'url.template': '/authors/read' } },
    get('/authors'),
  ]);
  const sent = watch.otlp.requests.map(({ text }) => text).join();
  for (const value of ['markerA', 'markerB', 'a-very-secret-token', '=77']) assert.ok(!sent.includes(value), value);
  assert.deepEqual(codes(watch), { calls: 5 });

  function statusOf({ attributes }: { readonly attributes: Readonly<Record<string, unknown>> }): number {
    return Number(attributes['http.response.status_code']);
  }
});

test('REST: each time a request is sent again is a call, and each failure has its code', async (t) => {
  const server = await startRestServer();
  const source = connectRest(server);
  t.after(async () => {
    await source.close();
    await server.close();
  });
  const watch = await watched(t);
  const { call } = observed(watch, 'rest');
  const read = () => source.byKey({ collection: 'Author', columns: ['name'], key: ['id'], keys: [['a1']] }, call);
  server.next((reply) => reply.code(429).header('retry-after', '0').send({}));
  assert.ok((await read()).length > 0);
  const codeOf = { code: 'SYSTEM_FAILED' };
  server.next((reply) => reply.code(500).send({ words: 'markerA' }));
  await assert.rejects(read(), codeOf);
  server.next((reply) => reply.type('text/html').send('<p>markerB'));
  await assert.rejects(read(), codeOf);
  server.next((reply) => reply.code(403).send({}));
  await assert.rejects(read(), { code: 'SYSTEM_REFUSED' });
  const spans = await watch.otlp.until(5);
  assert.deepEqual(
    spans.map(({ attributes, status }) => [
      attributes['http.response.status_code'],
      attributes['http.request.resend_count'],
      status,
      attributes['error.type'],
    ]),
    [
      [429, undefined, 'error', 'SYSTEM_RATE_LIMITED'],
      [200, 1, 'unset', undefined],
      [500, undefined, 'error', 'SYSTEM_FAILED'],
      [200, undefined, 'error', 'SYSTEM_FAILED'],
      [403, undefined, 'error', 'SYSTEM_REFUSED'],
    ],
  );
  assert.deepEqual(codes(watch), { calls: 5, SYSTEM_FAILED: 2, SYSTEM_RATE_LIMITED: 1, SYSTEM_REFUSED: 1 });
  assert.ok(!watch.otlp.requests.some(({ text }) => /marker[AB]/.test(text)));
  await server.close();
  await assert.rejects(read(), { code: 'SYSTEM_UNAVAILABLE' });
  assert.equal(codes(watch).SYSTEM_UNAVAILABLE, 1);
});

test('what a client gives up is counted, but is no error of the system; what takes too long is one', async (t) => {
  const server = await startRestServer();
  const source = connectRest(server);
  t.after(async () => {
    await source.close();
    await server.close();
  });
  const watch = await watched(t);
  const request = { collection: 'Author', columns: ['name'], key: ['id'], keys: [['a1']] };
  for (const [reason, code] of [
    [undefined, 'CANCELED'],
    [new DOMException('too late', 'TimeoutError'), 'SYSTEM_TIMEOUT'],
    [Object.assign(new Error('too late'), { code: 'SUBGRAPH_TIMEOUT' }), 'SYSTEM_TIMEOUT'],
  ] as const) {
    const leaving = new AbortController();
    const { call } = observed(watch, 'rest', leaving.signal);
    const held = server.hold();
    const reading = source.byKey(request, call);
    await held.reached;
    leaving.abort(reason);
    await assert.rejects(reading);
    held.release();
    const spans = await watch.otlp.until(watch.otlp.spans().length + 1);
    assert.equal(spans.at(-1)?.attributes['error.type'], code);
  }
  assert.deepEqual(codes(watch), { calls: 3, SYSTEM_TIMEOUT: 2 });
});

test('SOAP: one span for each operation that is called; the WSDL is for nobody in particular', async (t) => {
  const server = await startSoapServer();
  const source = connectSoap(server);
  t.after(async () => {
    await source.close();
    await server.close();
  });
  const watch = await watched(t);
  const { call, span } = observed(watch, 'soap');
  const request = { collection: 'Author', columns: ['name'], key: ['id'], keys: [['a1'], ['markerA']] };
  await source.byKey(request, call);
  assert.equal(String(server.last().headers.traceparent).slice(3, 35), span.traceparent.slice(3, 35));
  server.next((response) => response.writeHead(500).end('markerB'));
  await assert.rejects(source.byKey(request, call), { code: 'SYSTEM_FAILED' });
  span.end();
  assert.deepEqual(server.calls(), ['wsdl', 'ReadAuthors', 'ReadAuthors']);
  const [, ...spans] = await watch.otlp.until(3);
  const attributes = {
    'http.request.method': 'POST',
    'rpc.system': 'soap',
    'rpc.method': 'ReadAuthors',
    'server.address': '127.0.0.1',
  };
  const ok = { name: 'ReadAuthors', kind: 'client', status: 'unset' };
  assert.deepEqual(told(spans), [
    { ...ok, attributes: { ...attributes, 'http.response.status_code': 200 } },
    {
      ...ok,
      status: 'error',
      attributes: { ...attributes, 'http.response.status_code': 500, 'error.type': 'SYSTEM_FAILED' },
    },
  ]);
  const sent = watch.otlp.requests.map(({ text }) => text).join();
  for (const value of ['markerA', 'markerB', 'a-very-secret-password']) assert.ok(!sent.includes(value), value);
  assert.deepEqual(codes(watch), { calls: 2, SYSTEM_FAILED: 1 });
});
