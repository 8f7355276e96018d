import {
  concat,
  convert,
  derived,
  many,
  money,
  one,
  oneOf,
  timestamp,
  valueMap,
} from '../../../../subgraphs/kit/mapping.ts';
import { env } from '../../../../subgraphs/kit/settings.ts';
import { sql } from '../../../../subgraphs/kit/sources/sql/backend.ts';
import type { Contract } from '../../../../subgraphs/orders/contract.ts';

/** The shop writes currencies in small letters. */
const currency = (column: string) =>
  convert(column, { read: (raw) => String(raw).toUpperCase(), write: (value) => String(value).toLowerCase() });

const status = oneOf('status', {
  pending: 'PROCESSING',
  requires_action: 'ON_HOLD',
  completed: 'COMPLETED',
  archived: 'COMPLETED',
  canceled: 'CANCELED',
});

/** What an order consists of: an edit of the order leaves what it was before as a row of an earlier version. */
const goods = `order_item i join order_line_item l on l.id = i.item_id
  where i.order_id = "order".id and i.version = "order".version and i.deleted_at is null`;

const subtotal = `(select sum(coalesce(i.unit_price, l.unit_price) * i.quantity) from ${goods})`;

const shipping = `coalesce((select sum(m.amount) from order_shipping s join order_shipping_method m on m.id = s.shipping_method_id
  where s.order_id = "order".id and s.version = "order".version and s.deleted_at is null), 0)`;

const total = `(select (s.totals ->> 'current_order_total')::numeric from order_summary s
  where s.order_id = "order".id and s.version = "order".version and s.deleted_at is null)`;

/** A price that an edit changed stands in the order's own row. */
const price = `coalesce(order_item.unit_price, (select l.unit_price from order_line_item l where l.id = order_item.item_id))`;

/** Medusa 2 in PostgreSQL: the shop. */
export const backend = sql<Contract>({
  system: 'medusa',
  url: env('ORDERS_URL', 'the URL of a Medusa database, such as postgres://db.example/medusa'),
  user: env('ORDERS_USER', 'the user of the database, where the URL names none', ''),
  password: env('ORDERS_PASSWORD', 'the password of that user', ''),
  types: {
    Order: {
      table: 'order',
      where: { deleted_at: null, is_draft_order: false },
      computed: {
        SHIPPED: {
          type: 'text',
          sql: `(select case when sum(i.shipped_quantity) >= sum(i.quantity) then 'all'
            when sum(i.shipped_quantity) > 0 then 'some' else 'none' end from ${goods})`,
        },
        SUBTOTAL: { type: 'decimal', sql: subtotal },
        SHIPPING: { type: 'decimal', sql: shipping },
        TAX: { type: 'decimal', sql: `${total} - ${subtotal} - ${shipping}` },
        TOTAL: { type: 'decimal', sql: total },
      },
      key: { id: 'id' },
      fields: {
        number: 'display_id',
        status,
        fulfillmentStatus: oneOf('SHIPPED', { none: 'UNFULFILLED', some: 'PARTIALLY_FULFILLED', all: 'FULFILLED' }),
        placedAt: timestamp('created_at', 'moment'),
        updatedAt: timestamp('updated_at', 'moment'),
        subtotal: money('SUBTOTAL', currency('currency_code'), 'major'),
        shippingCost: money('SHIPPING', currency('currency_code'), 'major'),
        tax: money('TAX', currency('currency_code'), 'major'),
        total: money('TOTAL', currency('currency_code'), 'major'),
        lines: many('OrderLine', { order_id: 'id', version: 'version' }, { order: { created_at: 'asc' } }),
        shipments: many('Shipment', { 'link.order_id': 'id' }, { order: { created_at: 'asc' } }),
        // Of its statuses, the shop only keeps when it had the first, and when it was canceled.
        statusHistory: derived(['created_at', 'canceled_at'], (placedAt, canceledAt) => [
          { status: 'PROCESSING', changedAt: placedAt },
          ...(canceledAt === null ? [] : [{ status: 'CANCELED', changedAt: canceledAt }]),
        ]),
        customer: one('Customer', 'customer_id'),
      },
    },
    OrderTotals: { totals: { of: 'Order', at: 'placedAt', sum: 'total' } },
    OrderLine: {
      table: 'order_item',
      joins: {
        item: { table: 'order_line_item', on: { id: 'item_id' } },
        order: { table: 'order', on: { id: 'order_id', version: 'version' }, where: { deleted_at: null } },
      },
      // A row of an earlier version has no such neighbour.
      where: { deleted_at: null, 'order.is_draft_order': false },
      computed: {
        PRICE: { type: 'decimal', sql: price },
        TOTAL: { type: 'decimal', sql: `${price} * order_item.quantity` },
        IS_OPEN: { type: 'boolean', sql: 'order_item.shipped_quantity < order_item.quantity' },
      },
      key: { id: 'id' },
      fields: {
        order: one('Order', { id: 'order_id' }),
        product: one('Product', 'item.variant_sku'),
        name: concat(['item.title', 'item.subtitle']),
        quantity: 'quantity',
        quantityShipped: 'shipped_quantity',
        unitPrice: money('PRICE', currency('order.currency_code'), 'major'),
        total: money('TOTAL', currency('order.currency_code'), 'major'),
      },
    },
    Shipment: {
      table: 'fulfillment',
      where: { deleted_at: null, canceled_at: null },
      joins: {
        link: {
          table: 'order_fulfillment',
          on: { fulfillment_id: 'id' },
          many: true,
          where: { deleted_at: null },
        },
      },
      computed: {
        ORDER_ID: {
          type: 'text',
          sql: `(select min(o.order_id) from order_fulfillment o where o.fulfillment_id = fulfillment.id and o.deleted_at is null)`,
        },
        STATUS: {
          type: 'text',
          sql: `case when delivered_at is not null then 'delivered' when shipped_at is not null then 'shipped' else 'packed' end`,
        },
        CARRIER: { type: 'text', sql: `coalesce(provider_id, 'manual_manual')` },
        TRACKING_NUMBER: {
          type: 'text',
          sql: `(select min(l.tracking_number) from fulfillment_label l where l.fulfillment_id = fulfillment.id and l.deleted_at is null)`,
        },
      },
      key: { id: 'id' },
      fields: {
        order: one('Order', { id: 'ORDER_ID' }),
        status: oneOf('STATUS', { packed: 'READY', shipped: 'IN_TRANSIT', delivered: 'DELIVERED' }),
        carrier: valueMap('CARRIER', { manual_manual: 'Own delivery', gls_gls: 'GLS', postnord_postnord: 'PostNord' }),
        trackingNumber: 'TRACKING_NUMBER',
        shippedAt: 'shipped_at',
        deliveredAt: 'delivered_at',
      },
    },
    Customer: {
      key: { id: 'customer_id' },
      fields: { orders: many('Order', 'customer_id') },
    },
    Product: {
      key: { sku: 'item.variant_sku' },
      fields: {
        openOrderLines: many('OrderLine', 'item.variant_sku', {
          where: { IS_OPEN: true, 'order.canceled_at': null },
          order: { created_at: 'asc' },
        }),
      },
    },
  },
});
