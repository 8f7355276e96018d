import type { Company } from '../../demo/company.ts';
import type { Draft } from '../../demo/draft.ts';
import type { OrderStatus, Shipment } from '../../demo/fulfillment.ts';
import { type Sale, sales } from '../../demo/sales.ts';

const states: Record<OrderStatus, string> = {
  pending: 'new',
  processing: 'processing',
  'on-hold': 'holded',
  completed: 'complete',
  refunded: 'closed',
  canceled: 'canceled',
  'fraud-review': 'fraud_rvw',
};

const shipmentStates: Record<Shipment['status'], number> = { ready: 1, 'in-transit': 2, delivered: 3, returned: 4 };

/** Amounts (`_ct`) are in the currency's smallest unit, times (`_at`) in seconds since 1970. */
const tables = `
  create table sales_order (
    entity_id integer primary key, increment_id text not null, store_id integer not null, state text not null,
    ship_state integer not null, customer_ref text, subtotal_ct integer not null, shipping_ct integer not null,
    tax_ct integer not null, grand_total_ct integer not null, order_currency_code text not null, coupon_code text,
    remote_ip text, created_at integer not null, updated_at integer not null);
  create table sales_order_item (
    item_id integer primary key, order_id integer not null references sales_order (entity_id), pos integer not null,
    sku text not null, name text not null, qty_ordered integer not null, qty_shipped integer not null,
    price_ct integer not null, row_total_ct integer not null, order_currency_code text not null, is_open integer not null,
    created_at integer not null);
  create table sales_shipment (
    entity_id integer primary key, order_id integer not null references sales_order (entity_id), state integer not null,
    carrier_title text not null, track_number text, shipped_at integer, delivered_at integer);
  create table sales_order_status_history (
    entity_id integer primary key, order_id integer not null references sales_order (entity_id), state text not null,
    comment text, created_at integer not null);
`;

const indexes = `
  create unique index sales_order_number on sales_order (increment_id);
  create index sales_order_placed on sales_order (created_at, entity_id);
  create index sales_order_changed on sales_order (updated_at, entity_id);
  create index sales_order_state on sales_order (state, created_at, entity_id);
  create index sales_order_customer on sales_order (customer_ref, created_at, entity_id);
  create index sales_order_item_order on sales_order_item (order_id, pos, item_id);
  create index sales_order_item_sku on sales_order_item (sku, is_open, created_at, item_id);
  create index sales_shipment_order on sales_shipment (order_id, entity_id);
  create index sales_order_status_history_order on sales_order_status_history (order_id, created_at, entity_id);
`;

/** Writes the shop's part of the company. */
export function write(company: Company, draft: Draft): void {
  draft.exec(tables);
  const insertOrder = draft.into('sales_order', [
    'entity_id',
    'increment_id',
    'store_id',
    'state',
    'ship_state',
    'customer_ref',
    'subtotal_ct',
    'shipping_ct',
    'tax_ct',
    'grand_total_ct',
    'order_currency_code',
    'coupon_code',
    'remote_ip',
    'created_at',
    'updated_at',
  ]);
  const insertParts = partsInserter(draft);
  for (const sale of sales(company)) {
    insertOrder(
      sale.id,
      sale.number,
      sale.currency === 'EUR' ? 1 : 2,
      states[sale.status],
      shipState(sale),
      sale.customer.id,
      sale.subtotal,
      sale.shipping,
      sale.tax,
      sale.total,
      sale.currency,
      sale.id % 40 === 0 ? 'WELCOME10' : null,
      `192.0.2.${sale.id % 256}`,
      sale.placedAt / 1000,
      sale.updatedAt / 1000,
    );
    insertParts(sale);
  }
  draft.exec(indexes);
}

function partsInserter(draft: Draft): (sale: Sale) => void {
  const insertItem = draft.into('sales_order_item', [
    'order_id',
    'pos',
    'sku',
    'name',
    'qty_ordered',
    'qty_shipped',
    'price_ct',
    'row_total_ct',
    'order_currency_code',
    'is_open',
    'created_at',
  ]);
  const insertShipment = draft.into('sales_shipment', [
    'order_id',
    'state',
    'carrier_title',
    'track_number',
    'shipped_at',
    'delivered_at',
  ]);
  const insertChange = draft.into('sales_order_status_history', ['order_id', 'state', 'comment', 'created_at']);
  return ({ id, lines, shipments, history, currency, placedAt }) => {
    for (const [index, { product, quantity, shipped, price, total, open }] of lines.entries()) {
      const sku = product.sku.toLowerCase();
      const isOpen = open ? 1 : 0;
      insertItem(id, index + 1, sku, product.name, quantity, shipped, price, total, currency, isOpen, placedAt / 1000);
    }
    for (const { status, carrier, tracking, shippedAt, deliveredAt } of shipments) {
      insertShipment(id, shipmentStates[status], carrier, tracking, seconds(shippedAt), seconds(deliveredAt));
    }
    for (const { status, comment, at } of history) insertChange(id, states[status], comment, at / 1000);
  };
}

function shipState({ lines }: Sale): number {
  if (lines.every(({ shipped }) => shipped === 0)) return 0;
  return lines.every(({ shipped, quantity }) => shipped === quantity) ? 2 : 1;
}

function seconds(moment: number | null): number | null {
  return moment === null ? null : moment / 1000;
}
