import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldMapping } from '../../../subgraphs/kit/forms.ts';
import { nothing } from '../../../subgraphs/kit/mapping.ts';
import { env } from '../../../subgraphs/kit/settings.ts';
import { sql } from '../../../subgraphs/kit/sources/sql/backend.ts';
import { assemble } from '../../../subgraphs/kit/subgraph.ts';

const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { shop(id: ID!): Shop }
  type Shop @key(fields: "id") { id: ID! cases(first: Int! = 20, after: String): CaseConnection! lastCase: Case }
  type Case @key(fields: "id") { id: ID! subject: String! notes: [Note!]! }
  type Note { text: String! }
  type CaseConnection { edges: [CaseEdge!]! nodes: [Case!]! pageInfo: PageInfo! totalCount: Int! }
  type CaseEdge { cursor: String! node: Case! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
`;

function faultsOf(fields: Record<string, FieldMapping>): readonly string[] {
  const url = env('SHOP_URL', 'a URL');
  const backend = sql({ system: 'shop', url, types: { Shop: { table: 'shop', key: { id: 'id' }, fields } } });
  return assemble({ typeDefs, backend, resolvers: {} }).faults;
}

test('a type that only nothing() leads to, and what only it leads to, needs no mapping', () => {
  assert.deepEqual(faultsOf({ cases: nothing(), lastCase: nothing() }), []);
});

test('a type that something else leads to needs one', () => {
  const faults = faultsOf({ cases: nothing() });
  assert.deepEqual(faults.length, 1);
  assert.match(String(faults[0]), /Shop\.lastCase: neither mapped/);
});
