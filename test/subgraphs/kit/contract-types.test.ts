import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import type { Contract } from '../../../subgraphs/finance/contract.ts';
import { contractTypes } from '../../../subgraphs/kit/contract-types.ts';
import { constant, many, money, nothing, one, oneOf } from '../../../subgraphs/kit/mapping.ts';
import type { SqlOptions } from '../../../subgraphs/kit/sources/sql/options.ts';

const folder = resolve(import.meta.dirname, '../../../subgraphs');

for (const name of readdirSync(folder).filter((each) => existsSync(join(folder, each, 'schema.graphql')))) {
  test(`${name}: contract.ts is what npm run types makes of schema.graphql`, () => {
    const typeDefs = readFileSync(join(folder, name, 'schema.graphql'), 'utf8');
    assert.equal(readFileSync(join(folder, name, 'contract.ts'), 'utf8'), contractTypes(typeDefs));
  });
}

test('the compiler finds what a mapping says of a contract and is not true', () => {
  type Types = SqlOptions<Contract>['types'];
  const table = 'invoice';
  const wrong = [
    // @ts-expect-error: the contract's enum has no PAYED
    { Invoice: { table, fields: { status: oneOf('state', { 1: 'PAYED' }) } } } satisfies Types,
    // @ts-expect-error: nor for what is the same everywhere
    { Payment: { table, fields: { method: constant('CASH') } } } satisfies Types,
    // @ts-expect-error: payments are Payments
    { Invoice: { table, fields: { payments: many('Refund', 'invoice_id') } } } satisfies Types,
    // @ts-expect-error: one order, not many
    { Invoice: { table, fields: { order: many('Order', 'order_id') } } } satisfies Types,
    // @ts-expect-error: an order is no column
    { Invoice: { table, fields: { order: 'order_id' } } } satisfies Types,
    // @ts-expect-error: the contract has no field of this name
    { Invoice: { table, fields: { nmae: 'name' } } } satisfies Types,
    // @ts-expect-error: nor a type
    { Bill: { table } } satisfies Types,
    // @ts-expect-error: a mapping has no such part
    { Invoice: { tabel: table } } satisfies Types,
  ];
  const right = {
    Invoice: {
      table,
      key: { id: 'id' },
      fields: {
        status: oneOf('state', { 1: 'PAID', 2: 'OPEN' }),
        total: money('total', constant('EUR'), 'major'),
        order: one('Order', 'order_id'),
        payments: many('Payment', 'invoice_id'),
        refunds: nothing(),
      },
    },
    Payment: { table: 'payment', fields: { method: constant('CARD') } },
  } satisfies Types;
  assert.deepEqual([wrong.length, Object.keys(right)], [8, ['Invoice', 'Payment']]);
});
