import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { after, test } from 'node:test';
import { start } from '../../subgraphs/finance/demo/system.ts';
import { ask, Checkout, draft } from './new-checkout.ts';

const checkout = new Checkout();
after(() => checkout.remove());

test('an OpenAPI document: look-ups and lists by common names', async (t) => {
  const items = [1, 2, 3, 4, 5].map((n) => ({
    id: `i${n}`,
    title: `Item ${n}`,
    state: n % 2 ? 'on_hand' : 'gone',
    made: 1767000000 + n,
    box: { size: n },
  }));
  const item = {
    type: 'object',
    required: ['id', 'title', 'state'],
    properties: {
      id: { type: 'string' },
      title: { type: 'string', description: 'What it is called.' },
      state: { type: 'string', enum: ['on_hand', 'gone'] },
      made: { type: 'integer', format: 'unix-time' },
      box: { type: 'object', properties: { size: { type: 'integer' } } },
      labels: { type: 'array', items: { type: 'string' } },
    },
  };
  const answer = (schema: object) => ({ 200: { description: 'Done.', content: { 'application/json': { schema } } } });
  const reference = { $ref: '#/components/schemas/Item' };
  const page = {
    type: 'object',
    properties: { data: { type: 'array', items: reference }, next_cursor: { type: 'string' } },
  };
  const document = {
    openapi: '3.0.3',
    info: { title: 'Items', version: '1' },
    servers: [{ url: '/api' }],
    paths: {
      '/ping': { get: { responses: answer({ type: 'object' }) } },
      '/items': {
        get: {
          parameters: ['limit', 'cursor'].map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
          responses: answer(page),
        },
      },
      '/items/{id}': {
        get: {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          responses: answer(reference),
        },
      },
    },
    components: { schemas: { Item: item }, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const at = Number(searchParams.get('cursor') ?? 0);
    const end = at + Number(searchParams.get('limit') ?? 2);
    const found = items.find(({ id }) => pathname === `/api/items/${id}`);
    const body =
      pathname === '/api/openapi.json'
        ? document
        : pathname === '/api/items'
          ? { data: items.slice(at, end), next_cursor: end < items.length ? String(end) : null }
          : (found ?? (pathname === '/api/ping' ? {} : undefined));
    response
      .writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  const settings = { ITEMS_URL: base, ITEMS_TOKEN: 'token' };
  const { said, checked } = await draft(checkout, 'items', `${base}/openapi.json`, [], settings);
  assert.match(said, /to be checked: Item: how \/items is cut into pages: limit, cursor, next_cursor\./);
  assert.match(said, /Item: no field for labels: lists, or several things at once\./);
  assert.match(said, new RegExp(`ITEMS_URL=${base} ITEMS_TOKEN=… npm start`));
  assert.match(checked, /✓ items +items, rest\n {2}✓ Item +3 records/);
  assert.deepEqual(
    await ask(
      checkout,
      'items',
      settings,
      '{ items(first: 4) { nodes { id title state made boxSize } pageInfo { hasNextPage } } item(id: "i9") { id } }',
    ),
    {
      data: {
        items: {
          nodes: [1, 2, 3, 4].map((n) => ({
            id: `i${n}`,
            title: `Item ${n}`,
            state: n % 2 ? 'ON_HAND' : 'GONE',
            made: new Date((1767000000 + n) * 1000).toISOString(),
            boxSize: n,
          })),
          pageInfo: { hasNextPage: true },
        },
        item: null,
      },
    },
  );
});

test('a WSDL: what is read by repeated keys, lists, and the ways between', async (t) => {
  const system = await start({ folder: resolve(import.meta.dirname, '../../.data') });
  t.after(() => system.close());
  const { FINANCE_URL = '', FINANCE_USER = '', FINANCE_PASSWORD = '' } = system.settings;
  const settings = { BOOKS_URL: FINANCE_URL, BOOKS_USER: FINANCE_USER, BOOKS_PASSWORD: FINANCE_PASSWORD };
  const { said, checked } = await draft(checkout, 'books', FINANCE_URL, [], settings);
  assert.match(said, /to be checked: BooksInvoice: "DocNo" is taken for what tells every two Invoice apart\./);
  assert.match(said, /not used: the operations ListInvoicesByCustomer, ListReceivables, ListLedgerByAccount\./);
  assert.match(checked, /✓ books +books, soap\n {2}✓ BooksInvoice +3 records/);
  const query = `{ booksInvoice(id: "1490000001") { printNo issDate amount openAmt payments { payNo: id invoice { id } } } }`;
  assert.deepEqual(await ask(checkout, 'books', settings, query), {
    data: {
      booksInvoice: {
        printNo: 'RE-2025-90000001',
        issDate: '2025-05-07',
        amount: '26.50',
        openAmt: '0.00',
        payments: [{ payNo: '1680000001', invoice: { id: '1490000001' } }],
      },
    },
  });
});
