import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { openAccess, openToAll } from '../../../gateway/access/access.ts';
import { configFile } from '../../../gateway/config-file.ts';
import { createServer, type ServerOptions } from '../../../gateway/server.ts';
import type { Gateway } from '../../../gateway/supergraph/gateway.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';
import type { RequestEnd, RequestObserver, RequestRecord } from '../../../gateway/telemetry/record.ts';
import { observeRequests } from '../../../gateway/telemetry/requests.ts';
import { embedded, post, resolvers, run, subgraphSchema, until } from '../fixture.ts';

// Whatever becomes of a request to /graphql: it begins once and ends once, and its end says how.

const graphqlJson = { accept: 'application/graphql-response+json' };
const ask = (query: string, more: Record<string, unknown> = {}) => JSON.stringify({ query, ...more });
const name = '{ customer(id: "1") { name } }';
const sha256Hash = '0'.repeat(64);
const head = 'POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\n';
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

type Send = (origin: string) => Promise<unknown>;

const posting =
  (body: string, init: RequestInit = {}): Send =>
  (origin) =>
    post(origin, body, init);
const getting =
  (search: Record<string, string>, init: RequestInit = {}): Send =>
  (origin) =>
    fetch(`${origin}/graphql?${new URLSearchParams(search)}`, init);

/** What is asked of a gateway that answers everybody, and its end: status, code, limit, errors in the answer. */
const requests: Record<string, [Send, number, (string | undefined)?, (string | undefined)?, number?]> = {
  'a query': [posting(ask(name)), 200],
  'a query by GET': [getting({ query: name }), 200],
  introspection: [posting(ask('{ __schema { queryType { name } } }')), 200],
  'a query that has errors': [posting(ask('{ customers { name orders { total } } }')), 200, undefined, undefined, 2],
  'an answer that cannot be accepted': [
    posting(ask(name), { headers: { accept: 'text/html' } }),
    406,
    'NOT_ACCEPTABLE',
  ],
  'a body that is no JSON by its type': [
    posting(ask(name), { headers: { 'content-type': 'text/plain' } }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  'another method': [posting(ask(name), { method: 'PUT' }), 405, 'METHOD_NOT_ALLOWED'],
  'a body that is too large': [posting(ask(name) + ' '.repeat(1_048_576)), 413, 'PAYLOAD_TOO_LARGE', 'body_bytes'],
  'a body without a length that is too large': [
    (origin) => raw(origin, `${head}transfer-encoding: chunked\r\n\r\n100001\r\n${' '.repeat(0x10_0001)}\r\n0\r\n\r\n`),
    413,
    'PAYLOAD_TOO_LARGE',
    'body_bytes',
  ],
  'a content type that is none': [
    (origin) => raw(origin, `${head.replace('application/json', ';')}content-length: 2\r\n\r\n{}`),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  'no body': [posting(''), 400, 'BAD_REQUEST'],
  'a body that is no JSON': [posting('{'), 400, 'BAD_REQUEST'],
  'a batch': [posting('[]'), 400, 'BAD_REQUEST'],
  'no query': [posting('{}'), 400, 'BAD_REQUEST'],
  'variables that are a list': [posting(ask(name, { variables: [] })), 400, 'BAD_REQUEST'],
  'a query string that cannot be read': [getting({ query: name, variables: '{' }), 400, 'BAD_REQUEST'],
  'too many values': [
    posting(ask(name, { variables: { a: Array(20_001).fill(1) } })),
    400,
    'OPERATION_LIMIT_EXCEEDED',
    'input_values',
  ],
  'a list that is too long': [
    posting(ask(name, { variables: { a: Array(1_001).fill(1) } })),
    400,
    'OPERATION_LIMIT_EXCEEDED',
    'list_items',
  ],
  'variables that are too deep': [
    posting(ask(name, { variables: { a: nested(30) } })),
    400,
    'OPERATION_LIMIT_EXCEEDED',
    'input_depth',
  ],
  'a text that is too long': [
    posting(ask(`${name} ${'#'.repeat(100_000)}`)),
    400,
    'OPERATION_LIMIT_EXCEEDED',
    'operation_characters',
  ],
  'too many tokens': [posting(ask(`{ ${'x '.repeat(5_000)} }`)), 400, 'OPERATION_LIMIT_EXCEEDED', 'tokens'],
  'too many fields of the root': [
    posting(ask(`{ ${Array.from({ length: 31 }, (_, i) => `a${i}: __typename`).join(' ')} }`)),
    400,
    'OPERATION_LIMIT_EXCEEDED',
    'root_fields',
  ],
  'a syntax error': [posting(ask('{')), 200, 'GRAPHQL_PARSE_FAILED'],
  'a syntax error, told by the status': [posting(ask('{'), { headers: graphqlJson }), 400, 'GRAPHQL_PARSE_FAILED'],
  'two unknown fields': [posting(ask('{ a b }')), 200, 'GRAPHQL_VALIDATION_FAILED', undefined, 2],
  'an unknown operation': [posting(ask(name, { operationName: 'B' })), 200, 'OPERATION_RESOLUTION_FAILURE'],
  'a mutation': [posting(ask('mutation { x }')), 200, 'OPERATION_RESOLUTION_FAILURE'],
  'a variable that is missing': [posting(ask('query ($id: ID!) { customer(id: $id) { id } }')), 200, 'BAD_USER_INPUT'],
  'a hash that nobody knows': [
    posting(JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash } } })),
    200,
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  'a hash of another text': [
    posting(ask(name, { extensions: { persistedQuery: { version: 1, sha256Hash } } })),
    400,
    'PERSISTED_QUERY_HASH_MISMATCH',
  ],
  'a subgraph that fails': [posting(ask('{ order(id: "10") { id } }')), 200, undefined, undefined, 1],
  'a request that two servers may read differently': [
    (origin) => raw(origin, 'POST /graphql HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
    400,
    'BAD_REQUEST',
  ],
};

test('every request begins once and ends once, however it ends', async (t) => {
  const seen = new Seen();
  const failing = { ...resolvers.orders, Customer: { orders: () => Promise.reject(new Error('down')) } };
  const orders = embedded(subgraphSchema('orders', failing as typeof resolvers.orders));
  const fails: typeof orders = {
    ...orders,
    execute: (request, call) => {
      if (request.query.includes('order(')) throw new Error('fails');
      return orders.execute(request, call);
    },
  };
  const { origin } = await run(t, { subgraphs: { orders: fails }, server: { observer: seen } });
  const found: unknown[] = [];
  const expected: unknown[] = [];
  for (const [what, [send, status, code, limit, errors = code === undefined ? 0 : 1]] of Object.entries(requests)) {
    await send(origin);
    await until(() => seen.ends.length === seen.begun);
    found.push([what, ...seen.take()]);
    expected.push([what, { status, code, limit, errors }]);
  }
  assert.deepEqual(found, expected);
});

test('requests that access or the gateway itself turns away end once, too', async (t) => {
  const { gateway } = await run(t);
  const log = createLog({ level: 'silent' });
  const strict = configFile.parse({
    limits: { anonymous_rate: { per_second: 1, burst: 2 }, rate: { per_second: 1, burst: 1 } },
  });
  const refusing = await openAccess({ file: strict, authentication: true, anonymous: false, log });
  const closed = configFile.parse({ limits: { cost: 1, concurrency: 1 } });
  const narrow = await openAccess({ file: closed, authentication: false, anonymous: true, log });
  const failing: Gateway['use'] = () => Promise.reject(new Error('of Junction itself'));
  const busy: Gateway['use'] = (run) =>
    gateway.use((generation) =>
      run({
        ...generation,
        operations: {
          rules: [],
          prepare: () => ({ kind: 'busy' }),
          introspect: () => assert.fail(),
          mostUsed: () => [],
          close: async () => {},
        },
      }),
    );
  const badToken = { headers: { authorization: 'Bearer none' } };
  const cases: [string, Partial<ServerOptions>, Send, number, string, string?][] = [
    ['a gateway that starts', { gateway: new Promise(() => {}) }, posting(ask(name)), 503, 'SERVICE_UNAVAILABLE'],
    [
      'a fault of the gateway',
      { gateway: { ...gateway, use: failing } },
      posting(ask(name)),
      500,
      'INTERNAL_SERVER_ERROR',
    ],
    ['a gateway that is busy', { gateway: { ...gateway, use: busy } }, posting(ask(name)), 503, 'SERVICE_BUSY'],
    ['a GET without proof', { preflightedGet: true }, getting({ query: name }), 403, 'PREFLIGHT_REQUIRED'],
    ['nobody known', { access: refusing }, posting(ask(name)), 401, 'UNAUTHENTICATED'],
    ['a bad token', { access: refusing }, posting(ask(name), badToken), 401, 'UNAUTHENTICATED'],
    [
      'one who asks too often',
      { access: refusing },
      posting(ask(name)),
      429,
      'RATE_LIMITED',
      'anonymous_rate.per_second',
    ],
    [
      'what costs too much',
      { access: narrow },
      posting(ask('{ customers { orders { id } } }')),
      400,
      'OPERATION_LIMIT_EXCEEDED',
      'cost',
    ],
  ];
  for (const [what, more, send, status, code, limit] of cases) {
    const seen = new Seen();
    const origin = await serving(t, { gateway, access: await openToAll(log), observer: seen, ...more });
    await send(origin);
    const end = { status, code, limit, errors: 1 };
    assert.deepEqual([what, seen.begun, ...seen.take()], [what, 1, end]);
  }
});

test('a client that goes away ends its request with 499', async (t) => {
  const seen = new Seen();
  const asked = Promise.withResolvers<void>();
  const never = {
    ...embedded(subgraphSchema('customers')),
    execute() {
      asked.resolve();
      return new Promise<never>(() => {});
    },
  };
  const { origin } = await run(t, { subgraphs: { customers: never }, server: { observer: seen } });
  const leaving = new AbortController();
  const answer = post(origin, ask(name), { signal: leaving.signal });
  await asked.promise;
  leaving.abort();
  await assert.rejects(answer);
  await until(() => seen.ends.length === 1);
  assert.deepEqual(seen.take(), [{ status: 499, code: 'REQUEST_CANCELED', limit: undefined, errors: 1 }]);
});

test('what never arrives as a whole is no request', async (t) => {
  const seen = new Seen();
  const { origin } = await run(t, { server: { observer: seen } });
  const unfinished = `${head}content-length: 100\r\n\r\n{`;
  await raw(origin, unfinished);
  await raw(origin, `${head}transfer-encoding: chunked\r\n\r\nx\r\n`);
  await post(origin, ask(name));
  await until(() => seen.ends.length === seen.begun);
  assert.deepEqual(seen.take(), [{ status: 200, code: undefined, limit: undefined, errors: 0 }]);
});

test('what a record holds: operation, plan, preparing, fetches', async (t) => {
  const records: RequestRecord[] = [];
  const observer = observeRequests({ sinks: [(record) => records.push(record)] });
  const { ask: client } = await run(t, { server: { observer } });
  const query = 'query Named { customer(id: "1") { name orders { total } } }';
  await client(query);
  await client(query);
  await client(query.replace('"1"', '"2"'));
  const [first, second, third] = records;
  const text = 'query Named($id:ID!){customer(id:$id){name orders{total}}}';
  for (const { operation, errors, trace, fetches } of records) {
    assert.deepEqual([operation?.kind, operation?.name, operation?.text], ['query', 'Named', text]);
    assert.deepEqual([errors, trace], [0, undefined]);
    assert.deepEqual(
      fetches.map(({ step, code, errors }) => [step.subgraph, code, errors]),
      [
        ['customers', undefined, undefined],
        ['orders', undefined, undefined],
      ],
    );
    const [one, two] = fetches;
    assert.ok(one?.ms !== undefined && two && two.startedAt >= one.startedAt + one.ms);
  }
  // What was planned, what was at hand, and what was read to have a plan that was kept.
  assert.deepEqual(
    [first, second, third].map((record) => [record?.planned, typeof record?.preparingMs]),
    [
      [true, 'number'],
      [undefined, 'undefined'],
      [false, 'number'],
    ],
  );
  assert.equal(first?.operation, third?.operation);
});

/** Notes ends, and how often requests begin. */
class Seen implements RequestObserver {
  begun = 0;
  ends: (Omit<RequestEnd, 'endedAt'> & { readonly errors: number })[] = [];
  readonly #inner = observeRequests({
    sinks: [
      ({ startedAt, errors }, { endedAt, ...end }) => {
        assert.ok(endedAt >= startedAt && endedAt <= performance.now(), `${startedAt} to ${endedAt}`);
        this.ends.push({ ...end, errors });
      },
    ],
  });

  begin(request: Parameters<RequestObserver['begin']>[0]): RequestRecord {
    this.begun += 1;
    return this.#inner.begin(request);
  }

  end(record: RequestRecord, end: RequestEnd): void {
    this.#inner.end(record, end);
  }

  take() {
    this.begun = 0;
    return this.ends.splice(0);
  }
}

/** A server on a gateway that stays open. */
async function serving(t: TestContext, options: Pick<ServerOptions, 'access' | 'gateway'> & Partial<ServerOptions>) {
  const gateway = options.gateway instanceof Promise ? options.gateway : { ...options.gateway, close: async () => {} };
  const log = createLog({ level: 'silent' });
  const server = createServer({ log, requestTimeoutMs: 5_000, ...options, gateway });
  t.after(() => server.close());
  return server.listen({ host: '127.0.0.1', port: 0 });
}

/** Sends bytes and waits for the end of the connection. */
function raw(origin: string, text: string): Promise<void> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.end(text);
  socket.resume();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
