import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type DatabaseServer, databases } from '../servers/databases.ts';
import { type Junction, startJunction } from './junction.ts';

// The faults of real data, and what each does to an answer.

for (const { name, skip, start } of databases) {
  describe(`shop and warehouse on ${name}`, { skip }, () => {
    let junction: Junction;
    let server: DatabaseServer | undefined;
    before(async () => {
      server = await start();
      junction = await startJunction({ database: server });
    });
    after(async () => {
      await junction?.close();
      await server?.stop();
    });

    test("an order's customer was deleted: the customer is null, the rest of the order stands", async () => {
      assert.deepEqual(
        await junction.ask(
          `{ orderByNumber(number: "W100000004") { number status customer { name account { balance { amount } } } invoices { number status } } }`,
        ),
        {
          data: {
            orderByNumber: {
              number: 'W100000004',
              status: 'COMPLETED',
              customer: null,
              invoices: [{ number: 'RE-2023-000007', status: 'PAID' }],
            },
          },
        },
      );
    });
    test('a product is gone from the warehouse: null in the line, and what depends on it is not known', async () => {
      assert.deepEqual(
        await junction.ask(
          `{ orderByNumber(number: "W100000009") { number canShip margin { amount } lines { name quantity product { sku name } } } }`,
        ),
        {
          data: {
            orderByNumber: {
              number: 'W100000009',
              canShip: null,
              margin: null,
              lines: [
                { name: 'Rug “Łan”, white', quantity: 1, product: { sku: 'RUG-0054', name: 'Rug “Łan”, white' } },
                {
                  name: 'Chair “Límite”, black',
                  quantity: 1,
                  product: { sku: 'CHR-0145', name: 'Chair “Límite”, black' },
                },
                { name: 'Stool “Åre”, birch', quantity: 1, product: null },
              ],
            },
          },
        },
      );
    });
    test('a discontinued product has no stock', async () => {
      assert.deepEqual(
        await junction.ask(
          `{ product(sku: "DSK-0003") { sku status onHand available belowReorderPoint stock { onHand } openOrderLines { totalCount } } }`,
        ),
        {
          data: {
            product: {
              sku: 'DSK-0003',
              status: 'DISCONTINUED',
              onHand: 0,
              available: 0,
              belowReorderPoint: false,
              stock: [],
              openOrderLines: { totalCount: 0 },
            },
          },
        },
      );
    });
    test('a status that the mapping does not know is UNKNOWN', async () => {
      assert.deepEqual(
        await junction.ask(
          `{ orderByNumber(number: "W100000010") { number status statusHistory { status } } customer(id: "10002") { name segment } }`,
        ),
        {
          data: {
            orderByNumber: {
              number: 'W100000010',
              status: 'UNKNOWN',
              statusHistory: [{ status: 'PENDING' }, { status: 'UNKNOWN' }],
            },
            customer: { name: 'Ayuntamiento de Cádiz', segment: 'UNKNOWN' },
          },
        },
      );
    });
    test('an account that is not there is null, even where nothing of it would have to be read', async () => {
      assert.deepEqual(await junction.ask('{ customer(id: "10003") { account { customer { id } } } }'), {
        data: { customer: { account: null } },
      });
    });

    test('a customer without an account in the ERP', async () => {
      assert.deepEqual(
        await junction.ask(
          `{ customer(id: "10003") { name account { balance { amount } } orders(first: 1) { totalCount nodes { number paymentStatus invoices { number } } } } }`,
        ),
        {
          data: {
            customer: {
              name: 'Ελένη Παπαδοπούλου',
              account: null,
              orders: { totalCount: 6, nodes: [{ number: 'W100015063', paymentStatus: 'NOT_INVOICED', invoices: [] }] },
            },
          },
        },
      );
    });
    test('an order that the ERP has never heard of', async () => {
      assert.deepEqual(
        await junction.ask(`{ orderByNumber(number: "W100000011") { number paymentStatus invoices { number } } }`),
        { data: { orderByNumber: { number: 'W100000011', paymentStatus: null, invoices: [] } } },
      );
    });
    test('an invoice for no order', async () => {
      assert.deepEqual(
        await junction.ask(`{ invoice(id: "1490000001") { number order { number } customer { id name } } }`),
        {
          data: { invoice: { number: 'RE-2025-90000001', order: null, customer: { id: '10008', name: 'Zoë Müller' } } },
        },
      );
    });
    test('no mail address, no telephone number, no credit limit', async () => {
      assert.deepEqual(
        await junction.ask(
          `{ a: customer(id: "10006") { name email } b: customer(id: "10007") { name phone } c: customer(id: "10004") { account { id creditLimit { amount } } } }`,
        ),
        {
          data: {
            a: { name: 'Łukasz Żółkiewski', email: null },
            b: { name: "Siân O'Brien", phone: null },
            c: { account: { id: 'D0000010004', creditLimit: null } },
          },
        },
      );
    });
    test('several currencies are kept apart, each with its own places', async () => {
      // Costs are in EUR, so that only the order in EUR has a margin.
      assert.deepEqual(
        await junction.ask(
          `{ yen: order(id: "3") { total { amount currencyCode } margin { amount } invoices { total { amount } } } euro: order(id: "5") { total { amount currencyCode } margin { amount currencyCode } } dollar: order(id: "16") { total { amount currencyCode } margin { amount } } }`,
        ),
        {
          data: {
            yen: {
              total: { amount: '45951', currencyCode: 'JPY' },
              margin: null,
              invoices: [{ total: { amount: '45951' } }],
            },
            euro: {
              total: { amount: '2711.55', currencyCode: 'EUR' },
              margin: { amount: '1017.47', currencyCode: 'EUR' },
            },
            dollar: { total: { amount: '288.04', currencyCode: 'USD' }, margin: null },
          },
        },
      );
    });
    test('names in any writing', async () => {
      assert.deepEqual(
        await junction.ask(
          `{ a: customer(id: "10005") { name } b: customer(id: "10009") { name } c: customer(id: "10010") { name } d: customer(id: "10011") { name } e: customer(id: "10012") { name } }`,
        ),
        {
          data: {
            a: { name: '佐藤 花子' },
            b: { name: 'José Ángel Núñez' },
            c: { name: 'Иван Петров' },
            d: { name: 'محمد العلي' },
            e: { name: '王 小明' },
          },
        },
      );
    });
    test('a customer with 3,000 orders costs a page, not 3,000 rows', async () => {
      assert.deepEqual(
        await junction.ask(
          `{ customer(id: "10001") { name orders(first: 2) { totalCount pageInfo { hasNextPage } nodes { number } } } }`,
        ),
        {
          data: {
            customer: {
              name: 'Großhandel Weiß & Söhne GmbH',
              orders: {
                totalCount: 3000,
                pageInfo: { hasNextPage: true },
                nodes: [{ number: 'W100020000' }, { number: 'W100019994' }],
              },
            },
          },
        },
      );
    });
  });
}
