import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { type Answer, embedded, resolvers, run, served, subgraphSchema, until } from './fixture.ts';

const query = '{ customers { name orders { id } } }';

/** The answer to the query above when no orders came. */
function withoutOrders(message: string, code: string) {
  const error = (index: number) => ({
    message,
    path: ['customers', index],
    extensions: { code, serviceName: 'orders' },
  });
  return {
    errors: [error(0), error(1)],
    data: {
      customers: [
        { name: 'Ada', orders: null },
        { name: 'Grace', orders: null },
      ],
    },
  };
}

const unreachable = withoutOrders('The subgraph "orders" could not be reached.', 'SUBGRAPH_UNAVAILABLE');
const late = withoutOrders('The subgraph "orders" did not answer in time.', 'SUBGRAPH_TIMEOUT');
const unreadable = withoutOrders('The subgraph "orders" gave an answer that can\'t be read.', 'SUBGRAPH_FAILED');

test('a subgraph that is down costs its own fields', async (t) => {
  const { ask, log } = await run(t, { subgraphs: { orders: await closedPort() } });
  assert.deepEqual(await ask(query), unreachable);
  const logged = log.filter(({ msg }) => msg === 'a fetch failed');
  assert.equal(logged.length, 1, 'once per fetch');
  assert.match(JSON.stringify(logged[0]), /ECONNREFUSED/);
  assert.match(String(logged[0]?.requestId), /^[\w-]{36}$/);
});

test('a root field of a subgraph that is down is null, each with an error of its own', async (t) => {
  const { ask } = await run(t, { subgraphs: { orders: await closedPort() } });
  const message = 'The subgraph "orders" could not be reached.';
  const extensions = { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'orders' };
  const text =
    'query ($skip: Boolean!) { a: order(id: "1") { id } order(id: "2") { id } c: order(id: "3") @skip(if: $skip) { id } customers { name } }';
  assert.deepEqual(await ask(text, { skip: true }), {
    errors: [
      { message, path: ['a'], extensions },
      { message, path: ['order'], extensions },
    ],
    data: { a: null, order: null, customers: [{ name: 'Ada' }, { name: 'Grace' }] },
  });
});

test('a subgraph that hangs is left behind after the time for one fetch', async (t) => {
  const { ask } = await run(t, { subgraphs: { orders: await served(t, () => {}) }, fetchTimeoutMs: 50 });
  assert.deepEqual(await ask(query), late);
});

test('a subgraph that hangs is left behind when the request is out of time', async (t) => {
  const orders = await served(t, () => {});
  const { ask } = await run(t, { subgraphs: { orders }, requestTimeoutMs: 150 });
  // The first time, planning takes a part of the time.
  await ask(query);
  assert.deepEqual(await ask(query), late);
});

test('a subgraph inside the process that ignores its signal is left behind too', async (t) => {
  const orders = { ...embedded(subgraphSchema('orders')), execute: () => new Promise<never>(() => {}) };
  const { ask } = await run(t, { subgraphs: { orders }, fetchTimeoutMs: 50 });
  assert.deepEqual(await ask(query), late);
});

const unreadableAnswers: Record<string, Answer> = {
  'HTML with status 200': (_body, response) => response.setHeader('content-type', 'text/html').end('<h1>Hello</h1>'),
  'HTML with status 502': (_body, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'),
  'an empty body': (_body, response) => response.end(),
  'JSON that is not GraphQL': (_body, response) => response.end('{"status":"ok"}'),
  'data that is null without errors': (_body, response) => response.end('{"data":null}'),
  'status 500 with an error in another shape': (_body, response) => response.writeHead(500).end('{"error":"secret"}'),
  'too few entities': (_body, response) => response.end('{"data":{"_entities":[]}}'),
  'too many entities': (_body, response) => response.end('{"data":{"_entities":[null,null,null]}}'),
  'half a body': (_body, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"data":{"_entities":[', () => response.destroy());
  },
  'more than 16 MiB': (_body, response) => response.end(`{"data":"${'x'.repeat(17 * 1024 * 1024)}"}`),
};

for (const [what, answer] of Object.entries(unreadableAnswers)) {
  test(`a subgraph that answers ${what} costs its own fields`, async (t) => {
    const { ask } = await run(t, { subgraphs: { orders: await served(t, answer) } });
    assert.deepEqual(await ask(query), unreadable);
  });
}

test('an error response with a status of its own is a GraphQL answer like any other', async (t) => {
  const errors = [
    { message: 'Busy.', extensions: { code: 'TOO_BUSY', stacktrace: ['at secret.js'], detail: 'secret' } },
  ];
  const orders = await served(t, (_body, response) => response.writeHead(503).end(JSON.stringify({ errors })));
  const { ask } = await run(t, { subgraphs: { orders } });
  assert.deepEqual(await ask(query), withoutOrders('Busy.', 'TOO_BUSY'));
});

test("a subgraph's own errors keep message, path and code, and nothing else", async (t) => {
  const schema = subgraphSchema('orders', {
    ...resolvers.orders,
    Customer: {
      orders({ id }: { id: string }) {
        if (id === '2')
          throw Object.assign(new Error('The shop is closed.'), { extensions: { code: 'CLOSED', host: 'db' } });
        return [];
      },
    },
  });
  for (const orders of [embedded(schema), await served(t, schema)]) {
    const { ask } = await run(t, { subgraphs: { orders } });
    assert.deepEqual(await ask(query), {
      errors: [
        {
          message: 'The shop is closed.',
          path: ['customers', 1, 'orders'],
          extensions: { code: 'CLOSED', serviceName: 'orders' },
        },
      ],
      data: {
        customers: [
          { name: 'Ada', orders: [] },
          { name: 'Grace', orders: null },
        ],
      },
    });
  }
});

test('a field that may not be null takes its parent with it, and the error says why', async (t) => {
  const { ask } = await run(t, { subgraphs: { customers: await closedPort() } });
  const extensions = { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'customers' };
  const message = 'The subgraph "customers" could not be reached.';
  assert.deepEqual(await ask('{ order(id: "10") { id customer { name } } }'), {
    errors: [{ message, path: ['order', 'customer'], extensions }],
    data: { order: { id: '10', customer: null } },
  });
  assert.deepEqual(await ask('{ customers { name } }'), {
    errors: [{ message, path: ['customers'], extensions }],
    data: null,
  });
});

test('an answer that is null altogether says why even if no subgraph did', async (t) => {
  const customers = await served(t, (_body, response) => response.end('{"data":{"customers":null}}'));
  const { ask } = await run(t, { subgraphs: { customers } });
  assert.deepEqual(await ask('{ customers { name } }'), {
    errors: [
      {
        message: 'Cannot return null for non-nullable field Query.customers.',
        path: ['customers'],
        extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' },
      },
    ],
    data: null,
  });
});

test('a value that is not of its type is null, and an error says so without its words', async (t) => {
  const customers = await served(t, (_body, response) => response.end('{"data":{"customers":"secret"}}'));
  const { ask } = await run(t, { subgraphs: { customers } });
  assert.deepEqual(await ask('{ customers { name } }'), {
    errors: [
      {
        message: 'The field Query.customers has an invalid value. Expected a list.',
        path: ['customers'],
        extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' },
      },
    ],
    data: null,
  });
});

test("what breaks inside the gateway is masked, and the log has it under the client's request id", async (t) => {
  const { origin, log, gateway } = await run(t);
  await gateway.use(async ({ transports }) => {
    // From outside nothing does that is known.
    t.mock.method(transports, 'get', () => {
      throw new RangeError('secret');
    });
    const response = await fetch(`${origin}/graphql`, {
      method: 'POST',
      body: JSON.stringify({ query: '{ customers { name } }' }),
      headers: { 'content-type': 'application/json', 'x-request-id': 'my-request.1' },
    });
    assert.doesNotMatch(await response.text(), /secret/);
  });
  assert.match(JSON.stringify(log.find(({ requestId }) => requestId === 'my-request.1')), /secret/);
});

test('when the client goes away, the fetch is canceled at the subgraph', async (t) => {
  let arrived = false;
  let canceled = false;
  const orders = await served(t, (_body, response) => {
    arrived = true;
    response.on('close', () => {
      canceled = true;
    });
  });
  const { origin } = await run(t, { subgraphs: { orders } });
  const controller = new AbortController();
  const answer = fetch(`${origin}/graphql?query=${encodeURIComponent(query)}`, { signal: controller.signal });
  await until(() => arrived);
  assert.equal(canceled, false);
  controller.abort();
  await assert.rejects(answer, { name: 'AbortError' });
  await until(() => canceled);
});

test('the request id goes along to the subgraph', async (t) => {
  const seen: unknown[] = [];
  const orders = await served(t, (_body, response, { headers }) => {
    seen.push(headers['x-request-id'], headers.accept);
    response.end('{"data":{"order":null}}');
  });
  const { origin } = await run(t, { subgraphs: { orders } });
  const response = await fetch(`${origin}/graphql?query={order(id:"1"){id}}`, { headers: { 'x-request-id': 'abc:1' } });
  assert.deepEqual(await response.json(), { data: { order: null } });
  assert.deepEqual(seen, ['abc:1', 'application/graphql-response+json, application/json']);
});

/** The URL of a port on which nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/graphql`;
}
