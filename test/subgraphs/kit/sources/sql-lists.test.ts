import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { many, one } from '../../../../subgraphs/kit/mapping.ts';
import { env } from '../../../../subgraphs/kit/settings.ts';
import { sql } from '../../../../subgraphs/kit/sources/sql/backend.ts';
import { openSubgraph } from '../../../../subgraphs/kit/subgraph.ts';
import { call } from '../source-harness.ts';

const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { order(id: ID!): Order }
  type Order @key(fields: "id") { id: ID! lines: [Line!]! active: [Line!]! }
  type Line @key(fields: "id") { id: ID! order: Order }
`;

test('a list that is read whole is filtered and ordered by the database, below a key that is written otherwise', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'junction-'));
  const path = join(folder, 'lists.db');
  const database = new DatabaseSync(path);
  database.exec(`
    create table "order" (id integer primary key);
    create table line (id integer primary key, order_id text, size integer, active integer);
    insert into "order" values (7), (8);
    insert into line values (1, '7.00', 10, 1), (2, '7.00', 9, 0), (3, '7', 100, 1), (4, '8', 1, 1);`);
  database.close();
  const backend = sql({
    system: 'shop',
    url: env('SHOP_URL', 'sqlite:FILE'),
    types: {
      Order: {
        table: 'order',
        key: { id: 'id' },
        fields: {
          lines: many('Line', { number: 'id' }, { order: { size: 'asc' } }),
          active: many('Line', { number: 'id' }, { where: { active: true }, order: { size: 'desc' } }),
        },
      },
      Line: {
        table: 'line',
        key: { id: 'id' },
        computed: { number: { type: 'decimal', sql: 'cast(order_id as real)' } },
        fields: { order: one('Order', { id: 'order_id' }) },
      },
    },
  });
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const options = { name: 'shop', environment: { SHOP_URL: `sqlite:${path}` }, systemTimeoutMs: 5000, log: quiet };
  const subgraph = await openSubgraph({ typeDefs, backend, resolvers: {} }, options);
  const answer = await subgraph.execute(
    { query: '{ order(id: "7") { lines { id order { lines { id } } } active { id } } }' },
    call(),
  );
  const lines = ['2', '1', '3'].map((id) => ({ id }));
  assert.deepEqual(JSON.parse(JSON.stringify(answer)), {
    data: {
      order: {
        lines: lines.map((line) => ({ ...line, order: { lines } })),
        active: [{ id: '3' }, { id: '1' }],
      },
    },
  });
  await subgraph.close();
  rmSync(folder, { recursive: true });
});
