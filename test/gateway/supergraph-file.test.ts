import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { SupergraphFileError } from '../../gateway/supergraph/errors.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';
import { folderWith } from './fixture.ts';

test("a file in Rover's format is read", async (t) => {
  const folder = await folderWith(t, {
    'supergraph.yaml': `federation_version: =2.14.4
subgraphs:
  orders:
    routing_url: http://orders:4002/graphql
    schema: { file: ../orders/schema.graphql }
  partner:
    schema:
      subgraph_url: https://partner.example/graphql
`,
  });
  const path = join(folder, 'supergraph.yaml');
  assert.deepEqual(await readSupergraphFile(path), {
    path,
    subgraphs: [
      {
        name: 'orders',
        routingUrl: 'http://orders:4002/graphql',
        schema: { kind: 'file', path: '../orders/schema.graphql', resolved: join(folder, '../orders/schema.graphql') },
      },
      {
        name: 'partner',
        routingUrl: 'https://partner.example/graphql',
        schema: { kind: 'url', url: 'https://partner.example/graphql' },
      },
    ],
  });
});

const faulty = {
  'every fault at once': {
    text: `federation_version: 1.0
subgraphs:
  orders:
    routing_url: orders:4002
    schema: { file: orders.graphql }
  "my shop":
    routing_url: http://shop/graphql
    schema: {}
  finance:
    routing_url: http://finance/graphql
    shema: { file: finance.graphql }
  stock:
    schema: { file: stock.graphql, subgraph_url: http://stock/graphql }
  crm: http://crm/graphql
listen: 4000
`,
    faults: [
      '15: the file has the key "listen". Expected only federation_version and subgraphs.',
      '1: federation_version is "1.0". Expected 2 or =2.x.y, such as =2.14.4.',
      '4: subgraphs.orders.routing_url is no URL. Expected an http or https URL.',
      '6: subgraph "my shop". Expected a name of letters, digits, _ and -, a letter first.',
      '8: subgraphs.my shop.schema has neither. Expected file or subgraph_url.',
      '11: subgraphs.finance has the key "shema". Expected only routing_url and schema.',
      '10: subgraphs.finance.schema is not a map. Expected file and subgraph_url.',
      '13: subgraphs.stock.schema has both. Expected file or subgraph_url.',
      '12: subgraphs.stock.routing_url is missing. Expected an http or https URL.',
      '14: subgraphs.crm is not a map. Expected routing_url and schema.',
    ],
  },
  'broken YAML': {
    text: 'subgraphs:\n  orders: {\n',
    faults: ['3: Flow map in block collection must be sufficiently indented and end with a }. Expected valid YAML.'],
  },
  'the same name twice': {
    text: 'subgraphs:\n  a: {}\n  a: {}\n',
    faults: ['3: Map keys must be unique. Expected valid YAML.'],
  },
  'no subgraphs': { text: 'federation_version: 2\n', faults: ['1: subgraphs is missing. Expected subgraphs by name.'] },
  'nothing at all': {
    text: '',
    faults: ['1: the file is not a map. Expected federation_version and subgraphs.'],
  },
};

for (const [what, { text, faults }] of Object.entries(faulty)) {
  test(`a supergraph file with ${what}`, async (t) => {
    const path = join(await folderWith(t, { 'supergraph.yaml': text }), 'supergraph.yaml');
    await assert.rejects(readSupergraphFile(path), (error) => {
      assert.ok(error instanceof SupergraphFileError);
      assert.deepEqual(
        error.faults,
        faults.map((fault) => `${path}:${fault}`),
      );
      return true;
    });
  });
}

test('a supergraph file that is not there', async () => {
  await assert.rejects(readSupergraphFile('nowhere.yaml'), {
    message:
      "nowhere.yaml: can't be read (ENOENT). Expected a file in Rover's YAML format; SUPERGRAPH_CONFIG says which.",
  });
});
