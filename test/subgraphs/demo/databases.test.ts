import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, suite, test } from 'node:test';
import type { StartStandIn } from '../../../subgraphs/demo/stand-in.ts';
import { start as startWarehouse } from '../../../subgraphs/inventory/demo/system.ts';
import { start as startShop } from '../../../subgraphs/orders/demo/system.ts';

suite('the stand-ins that are databases', () => {
  let folder = '';
  let shop: DatabaseSync;
  let warehouse: DatabaseSync;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'databases-'));
    shop = await open(startShop, 'ORDERS_URL');
    warehouse = await open(startWarehouse, 'INVENTORY_URL');
  });
  after(async () => {
    shop.close();
    warehouse.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(start: StartStandIn, variable: string): Promise<DatabaseSync> {
    const { settings, close } = await start({ folder, scale: 0.02 });
    await close();
    const url = settings[variable] ?? '';
    assert.match(url, /^sqlite:\//);
    return new DatabaseSync(url.slice('sqlite:'.length), { readOnly: true });
  }

  test('the shop holds orders in its own terms', () => {
    const rows = (sql: string) =>
      shop
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }));
    assert.deepEqual(rows('select increment_id, state, customer_ref from sales_order where entity_id in (4, 9, 10)'), [
      { increment_id: 'W100000004', state: 'complete', customer_ref: '99999' },
      { increment_id: 'W100000009', state: 'processing', customer_ref: '10009' },
      { increment_id: 'W100000010', state: 'fraud_rvw', customer_ref: '10010' },
    ]);
    assert.deepEqual(rows("select order_id, is_open, qty_shipped from sales_order_item where sku = 'stl-0000'"), [
      { order_id: 9, is_open: 1, qty_shipped: 0 },
    ]);
    assert.deepEqual(rows('select order_currency_code as code from sales_order group by 1 order by 1'), [
      { code: 'EUR' },
      { code: 'GBP' },
      { code: 'JPY' },
      { code: 'USD' },
    ]);
    const wrong = `select entity_id from sales_order o where subtotal_ct <>
      (select sum(row_total_ct) from sales_order_item where order_id = o.entity_id)`;
    assert.deepEqual(rows(wrong), []);
  });

  test('the warehouse holds products in its own terms', () => {
    const rows = (sql: string) =>
      warehouse
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }));
    assert.deepEqual(rows("select ITNO, STAT from MITMAS where ITNO in ('DSK-0003', 'STL-0000')"), [
      { ITNO: 'DSK-0003', STAT: '90' },
    ]);
    assert.deepEqual(rows("select * from MITBAL where ITNO = 'DSK-0003'"), []);
    assert.deepEqual(rows('select TTYP from MITTRA group by 1 order by 1'), [
      { TTYP: '10' },
      { TTYP: '31' },
      { TTYP: '41' },
      { TTYP: '51' },
      { TTYP: '90' },
    ]);
    assert.deepEqual(rows("select TRID from MITTRA where TRDT not glob '20[0-9]*' or length(TRDT) <> 14"), []);
  });

  test('what a gateway asks for is found by an index', () => {
    const plan = (database: DatabaseSync, sql: string) =>
      database
        .prepare(`explain query plan ${sql}`)
        .all()
        .map(({ detail }) => String(detail))
        .join('; ');
    const asked: readonly (readonly [DatabaseSync, string])[] = [
      [shop, 'select * from sales_order order by created_at desc, entity_id desc limit 20'],
      [
        shop,
        "select * from sales_order where customer_ref = '10001' order by created_at desc, entity_id desc limit 10",
      ],
      [shop, 'select * from sales_order_item where order_id in (1, 2, 3)'],
      [shop, "select * from sales_order_item where sku = 'x' and is_open = 1 order by created_at, item_id limit 10"],
      [shop, 'select * from sales_shipment where order_id in (1, 2, 3)'],
      [shop, 'select * from sales_order_status_history where order_id in (1, 2, 3)'],
      [warehouse, "select * from MITBAL where ITNO in ('CHR-0001', 'TBL-0002')"],
      [warehouse, "select * from MITBAL where WHLO = 'HAM' order by ITNO limit 20"],
      [warehouse, "select * from MITTRA where ITNO = 'CHR-0001' order by TRDT desc, TRID desc limit 20"],
    ];
    for (const [database, sql] of asked) {
      assert.match(plan(database, sql), /USING (INTEGER PRIMARY KEY|INDEX)/, sql);
      assert.doesNotMatch(plan(database, sql), /TEMP B-TREE/, sql);
    }
  });
});
