import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withEntry } from '../../gateway/new/entry.ts';

test('supergraph.yaml keeps its comments and its layout', () => {
  const entry = { name: 'depot', port: 4105, schema: '/house/subgraphs/depot/schema.graphql' };
  assert.equal(
    withEntry(
      `# top
subgraphs:   # all of them
    orders:
        routing_url: 'http://127.0.0.1:4002/graphql' # the shop
        schema: { file: subgraphs/orders/schema.graphql }   # its contract

# the end
federation_version: =2.14.4
`,
      '/house/supergraph.yaml',
      entry,
    ),
    `# top
subgraphs:   # all of them
    orders:
        routing_url: 'http://127.0.0.1:4002/graphql' # the shop
        schema: { file: subgraphs/orders/schema.graphql }   # its contract
    depot:
        routing_url: http://127.0.0.1:4105/graphql
        schema:
            file: subgraphs/depot/schema.graphql

# the end
federation_version: =2.14.4
`,
  );
  const flow = withEntry(
    'subgraphs: { a: { routing_url: "http://a/", schema: { file: a } } }',
    '/house/conf/s.yaml',
    entry,
  );
  assert.match(
    flow,
    /depot: .*routing_url: http:\/\/127\.0\.0\.1:4105\/graphql.*file: \.\.\/subgraphs\/depot\/schema\.graphql/s,
  );
});
