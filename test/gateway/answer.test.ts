import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, served, subgraphSchema } from './fixture.ts';

const query = '{ customers { name orders { id total } } order(id: "10") { customer { id name } } }';

const answer = {
  data: {
    customers: [
      {
        name: 'Ada',
        orders: [
          { id: '10', total: 10 },
          { id: '11', total: 11 },
        ],
      },
      {
        name: 'Grace',
        orders: [
          { id: '20', total: 20 },
          { id: '21', total: 21 },
        ],
      },
    ],
    order: { customer: { id: '1', name: 'Ada' } },
  },
};

test('one query joins two subgraphs inside the process', async (t) => {
  const { ask } = await run(t);
  assert.deepEqual(await ask(query), answer);
  assert.deepEqual(await ask(query), answer, 'the second time, with everything prepared');
});

test('one query joins two subgraphs over HTTP', async (t) => {
  const customers = await served(t, subgraphSchema('customers'));
  const orders = await served(t, subgraphSchema('orders'));
  const { ask } = await run(t, { subgraphs: { customers, orders } });
  assert.deepEqual(await ask(query), answer);
});

test('variables, aliases, fragments, conditions and introspection reach through', async (t) => {
  const { ask } = await run(t);
  const text = `query ($id: ID!, $withOrders: Boolean! = true) {
    one: customer(id: $id) { ...Names orders @include(if: $withOrders) { id } }
    none: customer(id: "9") { ...Names }
    __typename
    __type(name: "Order") { fields { name } }
  }
  fragment Names on Customer { called: name }`;
  assert.deepEqual(await ask(text, { id: '2' }), {
    data: {
      one: { called: 'Grace', orders: [{ id: '20' }, { id: '21' }] },
      none: null,
      __typename: 'Query',
      __type: { fields: [{ name: 'id' }, { name: 'total' }, { name: 'customer' }] },
    },
  });
  assert.deepEqual(await ask(text, { id: '2', withOrders: false }), {
    data: {
      one: { called: 'Grace' },
      none: null,
      __typename: 'Query',
      __type: { fields: [{ name: 'id' }, { name: 'total' }, { name: 'customer' }] },
    },
  });
});

test('an entity that its owner does not have is null without an error', async (t) => {
  const { ask } = await run(t);
  assert.deepEqual(await ask('{ order(id: "90") { id customer { name } } }'), {
    data: { order: { id: '90', customer: null } },
  });
});
