import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Junction, startJunction } from './junction.ts';

// A system that is down costs its own fields; everything else stands.

let junction: Junction;
before(async () => {
  junction = await startJunction();
});
after(() => junction.close());

test('the ERP is down: its fields are null, each with its path, code and subgraph', async () => {
  await junction.stopSystem('finance');
  const failure = { code: 'SYSTEM_UNAVAILABLE', serviceName: 'finance' };
  const message = 'The system behind "finance" could not be reached.';
  assert.deepEqual(
    await junction.ask(`{ customer(id: "11848") { name account { balance { amount } }
      orders(first: 1) { nodes { number paymentStatus invoices { number } } } } }`),
    {
      errors: [
        { message, path: ['customer', 'account'], extensions: failure },
        { message, path: ['customer', 'orders', 'nodes', 0, 'paymentStatus'], extensions: failure },
        { message, path: ['customer', 'orders', 'nodes', 0, 'invoices'], extensions: failure },
      ],
      data: {
        customer: {
          name: 'Weiß GmbH',
          account: null,
          orders: { nodes: [{ number: 'W100018870', paymentStatus: null, invoices: null }] },
        },
      },
    },
  );
  // What finance computes from the other systems alone still stands.
  const { data } = await junction.ask('{ order(id: "18870") { margin { amount } } }');
  assert.deepEqual(data, { order: { margin: { amount: '180.51' } } });
});

test('the CRM is down too: the shop and the warehouse still answer', async () => {
  await junction.stopSystem('customers');
  assert.deepEqual(
    await junction.ask(
      '{ orderByNumber(number: "W100018870") { status customer { id name } lines { product { available } } } }',
    ),
    {
      errors: [
        {
          message: 'The system behind "customers" could not be reached.',
          path: ['orderByNumber', 'customer'],
          extensions: { code: 'SYSTEM_UNAVAILABLE', serviceName: 'customers' },
        },
      ],
      data: { orderByNumber: { status: 'COMPLETED', customer: null, lines: [{ product: { available: 269 } }] } },
    },
  );
  const health = await fetch(`${junction.url}/health/ready`);
  assert.equal(health.status, 200);
  const { subgraphs } = (await health.json()) as { subgraphs: { name: string; system: { status: string } }[] };
  assert.deepEqual(
    subgraphs.map(({ name, system }) => `${name} ${system.status}`),
    ['customers down', 'orders up', 'inventory up', 'finance down'],
  );
});
