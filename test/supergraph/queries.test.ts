import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type DatabaseServer, databases } from '../servers/databases.ts';
import { type Junction, ready, startJunction } from './junction.ts';

// What people ask of the unified view, each query with its whole answer.

const variants = [
  ...databases.map((database) => ({ subgraphs: 'in-process' as const, ...database })),
  ...databases.slice(0, 1).map((database) => ({ subgraphs: 'http' as const, ...database })),
];

for (const { subgraphs, name, skip, start } of variants) {
  describe(`subgraphs ${subgraphs}, shop and warehouse on ${name}`, { skip }, () => {
    let junction: Junction;
    let server: DatabaseServer | undefined;
    before(async () => {
      server = await start();
      junction = await startJunction({ subgraphs, database: server });
    });
    after(async () => {
      await junction?.close();
      await server?.stop();
    });

    test('the customer view joins four systems', async () => {
      assert.deepEqual(await junction.ask(ready('customer-view'), { id: '11848' }), {
        data: {
          customer: {
            id: '11848',
            name: 'Weiß GmbH',
            email: 'weiss.11848@example.org',
            phone: '+49892153301',
            segment: 'WHOLESALE',
            createdAt: '2026-04-05T12:02:44.612Z',
            preferences: { contactChannel: 'PHONE', language: 'de-DE', marketingConsent: true },
            cases: {
              nodes: [
                {
                  id: 'CS-002458',
                  subject: 'Délai de livraison trop long',
                  status: 'RESOLVED',
                  openedAt: '2026-07-31T14:28:14.781Z',
                },
              ],
            },
            account: {
              balance: { amount: '0.00', currencyCode: 'EUR' },
              overdue: { amount: '0.00', currencyCode: 'EUR' },
              creditLimit: { amount: '2000000.00', currencyCode: 'EUR' },
            },
            orders: {
              totalCount: 1,
              pageInfo: { hasNextPage: false, endCursor: 'WyJpeWd6NFo5aSIsMTc4ODE0MTE4NSwxODg3MF0' },
              nodes: [
                {
                  id: '18870',
                  number: 'W100018870',
                  status: 'COMPLETED',
                  placedAt: '2026-08-31T01:53:05.000Z',
                  paymentStatus: 'PAID',
                  total: { amount: '879.26', currencyCode: 'EUR' },
                  lines: [
                    {
                      id: '57211',
                      quantity: 33,
                      unitPrice: { amount: '22.39', currencyCode: 'EUR' },
                      product: {
                        sku: 'VAS-0280',
                        name: 'Vase “Été”, oak',
                        available: 269,
                        stock: [
                          {
                            warehouse: { code: 'LYO', name: 'Entrepôt Lyon' },
                            onHand: 121,
                            committed: 15,
                            incoming: 0,
                            available: 106,
                          },
                          {
                            warehouse: { code: 'WRO', name: 'Magazyn Wrocław' },
                            onHand: 123,
                            committed: 15,
                            incoming: 0,
                            available: 108,
                          },
                          {
                            warehouse: { code: 'ZAZ', name: 'Almacén Zaragoza' },
                            onHand: 71,
                            committed: 16,
                            incoming: 0,
                            available: 55,
                          },
                        ],
                      },
                    },
                  ],
                  shipments: [
                    {
                      id: '20580',
                      status: 'DELIVERED',
                      shippedAt: '2026-08-31T09:25:08.000Z',
                      trackingNumber: '005021753731',
                    },
                  ],
                  invoices: [
                    {
                      id: '1400037739',
                      number: 'RE-2026-037739',
                      status: 'PAID',
                      dueOn: '2026-09-30',
                      amountDue: { amount: '0.00', currencyCode: 'EUR' },
                      payments: [
                        {
                          id: '1500075477',
                          method: 'DIRECT_DEBIT',
                          paidAt: '2026-09-24T02:01:26.000Z',
                          amount: { amount: '879.26', currencyCode: 'EUR' },
                        },
                      ],
                    },
                  ],
                },
              ],
            },
          },
        },
      });
    });
    test('a customer is found by mail address, whatever its case', async () => {
      assert.deepEqual(
        await junction.ask(
          `query($value: String!) { customerByEmail(email: $value) { id name email phone account { balance { amount currencyCode } } } }`,
          { value: 'Weiss.11848@Example.org' },
        ),
        {
          data: {
            customerByEmail: {
              id: '11848',
              name: 'Weiß GmbH',
              email: 'weiss.11848@example.org',
              phone: '+49892153301',
              account: { balance: { amount: '0.00', currencyCode: 'EUR' } },
            },
          },
        },
      );
    });
    test('a customer is found by telephone number, in another notation than the CRM has', async () => {
      assert.deepEqual(
        await junction.ask(
          `query($value: String!) { customerByPhone(phone: $value) { id name email phone account { balance { amount currencyCode } } } }`,
          { value: '0049 (89) 215-3301' },
        ),
        {
          data: {
            customerByPhone: {
              id: '11848',
              name: 'Weiß GmbH',
              email: 'weiss.11848@example.org',
              phone: '+49892153301',
              account: { balance: { amount: '0.00', currencyCode: 'EUR' } },
            },
          },
        },
      );
    });
    test('the order view goes back to its customer, says whether it can ship, and what it earned', async () => {
      assert.deepEqual(await junction.ask(ready('order-view'), { number: 'W100018870' }), {
        data: {
          orderByNumber: {
            id: '18870',
            number: 'W100018870',
            status: 'COMPLETED',
            placedAt: '2026-08-31T01:53:05.000Z',
            fulfillmentStatus: 'FULFILLED',
            paymentStatus: 'PAID',
            canShip: true,
            total: { amount: '879.26', currencyCode: 'EUR' },
            margin: { amount: '180.51', currencyCode: 'EUR' },
            lines: [
              {
                id: '57211',
                name: 'Vase “Été”, oak',
                quantity: 33,
                quantityShipped: 33,
                product: { sku: 'VAS-0280', name: 'Vase “Été”, oak', available: 269 },
              },
            ],
            invoices: [
              {
                number: 'RE-2026-037739',
                status: 'PAID',
                dueOn: '2026-09-30',
                amountDue: { amount: '0.00', currencyCode: 'EUR' },
              },
            ],
            customer: { id: '11848', name: 'Weiß GmbH', email: 'weiss.11848@example.org', phone: '+49892153301' },
          },
        },
      });
    });
    test('customers are filtered, searched and ordered by the CRM', async () => {
      assert.deepEqual(
        await junction.ask(`{ customers(filter: { segment: [ENTERPRISE, WHOLESALE], search: "müller", createdAt: { from: "2022-01-01T00:00:00Z" } },
    orderBy: { field: CREATED_AT, direction: DESC }, first: 2) {
    totalCount pageInfo { hasNextPage } nodes { id name segment createdAt account { balance { amount currencyCode } } } } }`),
        { data: { customers: { totalCount: 0, pageInfo: { hasNextPage: false }, nodes: [] } } },
      );
    });
    test('orders are filtered by status and time by the shop', async () => {
      assert.deepEqual(
        await junction.ask(`{ orders(filter: { status: [ON_HOLD], placedAt: { from: "2026-09-01T00:00:00Z", before: "2026-10-01T00:00:00Z" } }, first: 2) {
    totalCount nodes { number status placedAt paymentStatus customer { name } } } }`),
        {
          data: {
            orders: {
              totalCount: 2,
              nodes: [
                {
                  number: 'W100019276',
                  status: 'ON_HOLD',
                  placedAt: '2026-09-22T08:02:10.000Z',
                  paymentStatus: 'NOT_INVOICED',
                  customer: { name: "Hélène L'Hôte" },
                },
                {
                  number: 'W100019179',
                  status: 'ON_HOLD',
                  placedAt: '2026-09-17T00:33:32.000Z',
                  paymentStatus: 'NOT_INVOICED',
                  customer: { name: 'Niccolò Esposito' },
                },
              ],
            },
          },
        },
      );
    });
    test('products below their reorder point are found by the warehouse', async () => {
      assert.deepEqual(
        await junction.ask(`{ products(filter: { belowReorderPoint: true, category: ["Seating"] }, first: 2) {
    totalCount nodes { sku name category available belowReorderPoint stock { warehouse { code } available reorderPoint belowReorderPoint } } } }`),
        { data: { products: { totalCount: 0, nodes: [] } } },
      );
    });
    test('overdue invoices are found by the ERP', async () => {
      assert.deepEqual(
        await junction.ask(`{ invoices(filter: { overdue: true, issuedOn: { from: "2026-09-01" } }, orderBy: { field: DUE_ON }, first: 2) {
    totalCount nodes { number dueOn overdue amountDue { amount currencyCode } customer { name } order { number status } } } }`),
        {
          data: {
            invoices: {
              totalCount: 40,
              nodes: [
                {
                  number: 'RE-2026-037721',
                  dueOn: '2026-09-15',
                  overdue: true,
                  amountDue: { amount: '69.84', currencyCode: 'EUR' },
                  customer: { name: 'Käthe Böhm' },
                  order: { number: 'W100018861', status: 'COMPLETED' },
                },
                {
                  number: 'RE-2026-037755',
                  dueOn: '2026-09-16',
                  overdue: true,
                  amountDue: { amount: '918.24', currencyCode: 'EUR' },
                  customer: { name: 'Sören Schmidt' },
                  order: { number: 'W100018878', status: 'COMPLETED' },
                },
              ],
            },
          },
        },
      );
    });
    test('from a product to the orders that wait for it, and to their customers', async () => {
      assert.deepEqual(
        await junction.ask(
          `query($sku: ID!) { product(sku: $sku) { sku name available
    openOrderLines(first: 5) { totalCount nodes { quantity quantityShipped order { number status customer { name } } } } } }`,
          { sku: 'CHR-0217' },
        ),
        {
          data: {
            product: {
              sku: 'CHR-0217',
              name: 'Chair “Vega”, white',
              available: 524,
              openOrderLines: {
                totalCount: 2,
                nodes: [
                  {
                    quantity: 1,
                    quantityShipped: 0,
                    order: { number: 'W100019965', status: 'PROCESSING', customer: { name: 'Zofia Kowalczyk' } },
                  },
                  {
                    quantity: 22,
                    quantityShipped: 0,
                    order: {
                      number: 'W100020000',
                      status: 'PROCESSING',
                      customer: { name: 'Großhandel Weiß & Söhne GmbH' },
                    },
                  },
                ],
              },
            },
          },
        },
      );
    });
    test('what orders come to, by period and currency, what is owed, and the cases that are open', async () => {
      const periods = [
        { from: '2026-10-30T23:00:00.000Z', before: '2026-10-31T23:00:00.000Z' },
        { from: '2026-11-01T00:00:00.000Z', before: '2026-12-01T00:00:00.000Z' },
        { from: '2023-01-01T00:00:00.000Z', before: '2027-01-01T00:00:00.000Z' },
      ];
      const statuses = ['PENDING', 'PROCESSING', 'ON_HOLD', 'COMPLETED'];
      const query = `query ($periods: [DateTimeRange!]!, $filter: OrderFilter) {
        orderTotals(filter: $filter, periods: $periods) { from before count total { amount currencyCode } }
        receivables { currencyCode dueCount overdueCount overdue { amount currencyCode } }
        supportCases(filter: { status: [NEW, OPEN, WAITING] }, first: 1) { totalCount nodes { id status customer { id } } } }`;
      const entry = (period: number, count: number, amount: string, currencyCode: string) => ({
        ...periods[period],
        ...{ count, total: { amount, currencyCode } },
      });
      const owed = (currencyCode: string, dueCount: number, overdueCount: number, amount: string) => ({
        ...{ currencyCode, dueCount, overdueCount, overdue: { amount, currencyCode } },
      });
      junction.calls();
      assert.deepEqual(await junction.ask(query, { periods, filter: { status: statuses } }), {
        data: {
          orderTotals: [
            entry(0, 10, '37077.44', 'EUR'),
            entry(0, 1, '1817.23', 'GBP'),
            entry(0, 1, '93609', 'JPY'),
            entry(0, 3, '5682.61', 'USD'),
            entry(2, 13153, '50302657.20', 'EUR'),
            entry(2, 1611, '2308264.67', 'GBP'),
            entry(2, 697, '222234048', 'JPY'),
            entry(2, 2812, '4815651.57', 'USD'),
          ],
          receivables: [
            owed('EUR', 617, 543, '1763435.68'),
            owed('GBP', 84, 82, '65609.27'),
            owed('JPY', 30, 27, '4473318'),
            owed('USD', 148, 133, '201043.37'),
          ],
          supportCases: { totalCount: 166, nodes: [{ id: 'CS-002352', status: 'WAITING', customer: { id: '11757' } }] },
        },
      });
      const { orders, customers, finance } = junction.calls();
      assert.deepEqual([orders.length, customers, finance], [1, ['GET /cases'], ['ListReceivables']]);
    });
    test('an id that no system knows is null, without an error', async () => {
      assert.deepEqual(
        await junction.ask(
          `{ customer(id: "0") { name } order(id: "0") { number } product(sku: "-") { name } invoice(id: "0") { number } customerByPhone(phone: "n/a") { name } }`,
        ),
        { data: { customer: null, order: null, product: null, invoice: null, customerByPhone: null } },
      );
    });
  });
}
