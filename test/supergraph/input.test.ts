import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Junction, startJunction } from './junction.ts';

// What a client gets wrong, and the answer it gets.

let junction: Junction;
before(async () => {
  junction = await startJunction();
});
after(() => junction.close());

test('a thousand wrong values are said fifty times, and no system is asked', async () => {
  junction.fetches();
  const { data, errors } = await junction.ask(
    'query($s: [OrderStatus!]) { orders(filter: { status: $s }) { totalCount } }',
    {
      s: Array.from({ length: 1_000 }, () => 'x'),
    },
  );
  assert.equal(data, undefined);
  assert.equal(errors?.length, 51, 'fifty, and one that says that there are more');
  assert.equal(errors[0]?.extensions?.code, 'BAD_USER_INPUT');
  assert.deepEqual(junction.fetches(), []);
});

test('more values in a filter than anybody means are refused', async () => {
  const { errors } = await junction.ask('query($c: [String!]) { products(filter: { category: $c }) { totalCount } }', {
    c: Array.from({ length: 101 }, (_, i) => `c${i}`),
  });
  assert.deepEqual(errors, [
    {
      message: 'The filter "category" takes at most 100 values, got 101.',
      path: ['products'],
      extensions: { code: 'BAD_USER_INPUT', serviceName: 'inventory' },
    },
  ]);
});

for (const [title, query, message] of [
  [
    'a moment that is none',
    '{ customers(filter: { createdAt: { from: "2026-02-30T00:00:00Z" } }) { totalCount } }',
    /DateTime expects a moment in ISO 8601/,
  ],
  [
    'a day that is none',
    '{ invoices(filter: { issuedOn: { from: "2026-06-31" } }) { totalCount } }',
    /LocalDate expects a day/,
  ],
  [
    'a page that is too large',
    '{ customer(id: "10001") { orders(first: 1000) { totalCount } } }',
    /from 1 to 100, got 1000/,
  ],
  ['a cursor of nowhere', '{ customers(after: "bm8") { totalCount } }', /does not belong to this list/],
] as const) {
  test(`${title} is the client's to mend`, async () => {
    const { errors } = await junction.ask(query);
    assert.equal(errors?.length, 1);
    assert.match(errors[0]?.message ?? '', message);
    assert.equal(errors[0]?.extensions?.code, 'BAD_USER_INPUT');
  });
}

test('a search for nothing is no search', async () => {
  const { data } = await junction.ask(
    '{ a: customers(filter: { search: "" }) { totalCount } b: customers { totalCount } }',
  );
  assert.deepEqual(data, { a: { totalCount: 2000 }, b: { totalCount: 2000 } });
});

test('a cursor of one list opens no other', async () => {
  const { data } = await junction.ask('{ customer(id: "10001") { orders(first: 1) { pageInfo { endCursor } } } }');
  const { customer } = data as { customer: { orders: { pageInfo: { endCursor: string } } } };
  const { errors } = await junction.ask(
    'query($c: String) { customer(id: "10002") { orders(after: $c) { totalCount } } }',
    {
      c: customer.orders.pageInfo.endCursor,
    },
  );
  assert.match(errors?.[0]?.message ?? '', /does not belong to this list/);
});

for (const list of ['customers', 'orders', 'products', 'invoices']) {
  test(`a forged position in a cursor of ${list} gets the same answer as any other that was never given out`, async () => {
    const page = `query($c: String) { ${list}(first: 1, after: $c) { pageInfo { endCursor } } }`;
    const { data } = await junction.ask(page);
    const { pageInfo } = (data as Record<string, { pageInfo: { endCursor: string } }>)[list] ?? assert.fail('no page');
    const [mark] = JSON.parse(Buffer.from(pageInfo.endCursor, 'base64url').toString());
    for (const position of [[], [{ a: 1 }], [['x']], ["x' or 1=1 --", '<x/>', 3]]) {
      const cursor = Buffer.from(JSON.stringify([mark, ...position])).toString('base64url');
      const { errors } = await junction.ask(page, { c: cursor });
      assert.match(errors?.[0]?.message ?? '', /does not belong to this list/, JSON.stringify(position));
    }
  });
}

test('a position that the ERP does not know is the client’s to mend too', async () => {
  const page = 'query($c: String) { invoices(first: 1, after: $c) { pageInfo { endCursor } } }';
  const { data } = await junction.ask(page);
  const { invoices } = data as { invoices: { pageInfo: { endCursor: string } } };
  const [mark] = JSON.parse(Buffer.from(invoices.pageInfo.endCursor, 'base64url').toString());
  const cursor = Buffer.from(JSON.stringify([mark, 'nowhere'])).toString('base64url');
  const { errors } = await junction.ask(page, { c: cursor });
  assert.equal(errors?.[0]?.extensions?.code, 'BAD_USER_INPUT');
});
