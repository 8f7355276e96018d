import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { compose, composeSupergraph } from '../../gateway/supergraph/compose.ts';
import { CompositionError } from '../../gateway/supergraph/errors.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';
import { folderWith, served, subgraphSchema, supergraphOf, typeDefs } from './fixture.ts';

const urls = { customers: 'http://customers/graphql', orders: 'http://orders/graphql' };

test('schemas from files are composed', async (t) => {
  const { sdl, subgraphs, hints } = await supergraphOf(t, urls);
  assert.match(sdl, /ORDERS @join__graph\(name: "orders", url: "http:\/\/orders\/graphql"\)/);
  assert.deepEqual(subgraphs, [
    { name: 'customers', url: 'http://customers/graphql' },
    { name: 'orders', url: 'http://orders/graphql' },
  ]);
  assert.deepEqual(hints, []);
});

test('a schema is asked of the subgraph itself', async (t) => {
  const url = await served(t, subgraphSchema('orders'));
  const folder = await folderWith(t, {
    'customers.graphql': typeDefs.customers,
    'supergraph.yaml': `subgraphs:
  customers: { routing_url: "http://customers/graphql", schema: { file: customers.graphql } }
  orders: { schema: { subgraph_url: "${url}" } }
`,
  });
  const { sdl } = await composeSupergraph(await readSupergraphFile(join(folder, 'supergraph.yaml')));
  assert.match(sdl, /type Order\b/);
});

test('what composing remarks on comes with subgraph and line', async (t) => {
  const described = (text: string, as: string) => text.replace('type Customer', `"${as}"\ntype Customer`);
  const { hints } = await supergraphOf(t, urls, {
    customers: described(typeDefs.customers, 'Who buys.'),
    orders: described(typeDefs.orders, 'A buyer.'),
  });
  assert.equal(hints.length, 1);
  assert.match(
    hints[0] ?? '',
    /^customers \(customers.graphql:6\), orders \(orders.graphql:10\): Element "Customer" has/,
  );
});

test('schemas that do not fit together are named with subgraph and line', async (t) => {
  const customers = typeDefs.customers.replace('name: String!', 'name: String!\n  orders: Int @shareable');
  const orders = typeDefs.orders
    .replace('[Order!]', '[Order!] @shareable')
    .replace('["@key"]', '["@key", "@shareable"]');
  const sdls = { customers: customers.replace('["@key"]', '["@key", "@shareable"]'), orders };
  assert.deepEqual(await faultsOf(supergraphOf(t, urls, sdls)), [
    'customers (customers.graphql:9), orders (orders.graphql:12): Type of field "Customer.orders" is incompatible ' +
      'across subgraphs: it has type "Int" in subgraph "customers" but type "[Order!]" in subgraph "orders"',
  ]);
});

test('a fault inside one schema is named with subgraph and line', async (t) => {
  const orders = typeDefs.orders.replace('total: Int', 'total: Integer');
  assert.deepEqual(await faultsOf(supergraphOf(t, urls, { ...typeDefs, orders })), [
    'orders (orders.graphql:7): Unknown type Integer',
  ]);
});

test('schemas that cannot be read are all named at once', async (t) => {
  const hello = await served(t, (_body, response) => response.end('Hello'));
  const folder = await folderWith(t, {
    'broken.graphql': 'type Query {\n  a: Int\n  b Int\n}\n',
    'supergraph.yaml': `subgraphs:
  broken: { routing_url: "http://a/graphql", schema: { file: broken.graphql } }
  missing: { routing_url: "http://b/graphql", schema: { file: missing.graphql } }
  hello: { schema: { subgraph_url: "${hello}" } }
`,
  });
  const path = join(folder, 'missing.graphql');
  const file = await readSupergraphFile(join(folder, 'supergraph.yaml'));
  assert.deepEqual(await faultsOf(composeSupergraph(file)), [
    'broken (broken.graphql:3): Syntax Error: Expected ":", found Name "Int".',
    `missing (missing.graphql): the schema can't be read: ENOENT: no such file or directory, open '${path}'`,
    `hello (${hello}): the schema can't be read: expected a GraphQL response, got status 200, no content type, 5 bytes`,
  ]);
});

async function faultsOf(composing: Promise<unknown>): Promise<readonly string[]> {
  const error = await composing.then(
    () => assert.fail('expected composing to fail'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CompositionError, String(error));
  return error.faults;
}

test('a rule that a schema defines for itself is refused, as nobody would keep it', () => {
  const composed = (head: string) =>
    compose([
      {
        name: 'crm',
        url: 'http://crm.test',
        where: 'crm.graphql',
        sdl: `${head}\ndirective @authenticated on FIELD_DEFINITION\ntype Query { name: String @authenticated }`,
      },
    ]);
  assert.throws(
    () => composed('extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])'),
    {
      name: 'CompositionError',
      faults: [
        "crm (crm.graphql:2): nobody would keep the rules of @authenticated, as it is this schema's own. Expected it among the imports of a @link to https://specs.apollo.dev/federation/v2.9.",
      ],
    },
  );
  // Some libraries write down the definitions of what they import.
  const imports = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated"])';
  assert.match(composed(imports).sdl, /name: String.* @authenticated/);
});
