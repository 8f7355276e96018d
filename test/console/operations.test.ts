import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  customerQuery,
  moreInvoicesQuery,
  moreOrdersQuery,
} from '../../gateway/console/app/customer/customer-query.ts';
import { orderQuery } from '../../gateway/console/app/customer/order-query.ts';
import { productQuery } from '../../gateway/console/app/customer/product-query.ts';
import { searchQuery } from '../../gateway/console/app/customer/search-query.ts';
import { overviewQuery } from '../../gateway/console/app/overview/overview-query.ts';
import { casesQuery, ordersQuery, overdueQuery, stockQuery } from '../../gateway/console/app/overview/rows-query.ts';
import { composeSupergraph } from '../../gateway/supergraph/compose.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';
import { createGateway } from '../../gateway/supergraph/gateway.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { httpTransport } from '../../gateway/transport/http.ts';

test("the pages' operations fit the supergraph", async (t) => {
  const path = new URL('../../supergraph.yaml', import.meta.url).pathname;
  const gateway = await createGateway({
    supergraph: await composeSupergraph(await readSupergraphFile(path)),
    transport: (_name, url) => httpTransport(url),
    log: createLog({ level: 'silent' }),
    fetchTimeoutMs: 1_000,
  });
  t.after(() => gateway.close());
  const queries = {
    ...{ searchQuery, customerQuery, moreOrdersQuery, moreInvoicesQuery, orderQuery, productQuery },
    ...{ overviewQuery, ordersQuery, overdueQuery, stockQuery, casesQuery },
  };
  for (const [name, query] of Object.entries(queries)) {
    const prepared = await gateway.use(async ({ operations }) => operations.prepare(query, undefined, ''));
    assert.equal(prepared.kind, 'ready', `${name}: ${JSON.stringify(prepared)}`);
  }
});
