import { convert, many, money, one, oneOf, timestamp } from '../kit/mapping.ts';
import { env } from '../kit/settings.ts';
import { sql } from '../kit/sources/sql/backend.ts';
import type { Contract } from './contract.ts';

const status = oneOf('state', {
  new: 'PENDING',
  processing: 'PROCESSING',
  holded: 'ON_HOLD',
  complete: 'COMPLETED',
  closed: 'COMPLETED',
  canceled: 'CANCELED',
});

/** The shop writes stock-keeping units in small letters. */
const sku = convert('sku', {
  read: (raw) => String(raw).toUpperCase(),
  write: (value) => String(value).toLowerCase(),
});

/** The shop: a SQL database with amounts in minor units and times in seconds since 1970. */
export const backend = sql<Contract>({
  system: 'shop',
  url: env('ORDERS_URL', 'the URL of a database, such as postgres://db.example/shop or sqlite:/var/lib/shop.db'),
  user: env('ORDERS_USER', 'the user of the database, where the URL names none', ''),
  password: env('ORDERS_PASSWORD', 'the password of that user', ''),
  types: {
    Order: {
      table: 'sales_order',
      key: { id: 'entity_id' },
      fields: {
        number: 'increment_id',
        status,
        fulfillmentStatus: oneOf('ship_state', { 0: 'UNFULFILLED', 1: 'PARTIALLY_FULFILLED', 2: 'FULFILLED' }),
        placedAt: timestamp('created_at', 'seconds'),
        updatedAt: timestamp('updated_at', 'seconds'),
        subtotal: money('subtotal_ct', 'order_currency_code', 'minor'),
        shippingCost: money('shipping_ct', 'order_currency_code', 'minor'),
        tax: money('tax_ct', 'order_currency_code', 'minor'),
        total: money('grand_total_ct', 'order_currency_code', 'minor'),
        lines: many('OrderLine', { order_id: 'entity_id' }, { order: { pos: 'asc' } }),
        shipments: many('Shipment', { order_id: 'entity_id' }),
        statusHistory: many('OrderStatusChange', { order_id: 'entity_id' }, { order: { created_at: 'asc' } }),
        customer: one('Customer', 'customer_ref'),
      },
    },
    OrderTotals: { totals: { of: 'Order', at: 'placedAt', sum: 'total' } },
    OrderLine: {
      table: 'sales_order_item',
      key: { id: 'item_id' },
      fields: {
        order: one('Order', { entity_id: 'order_id' }),
        product: one('Product', 'sku'),
        name: 'name',
        quantity: 'qty_ordered',
        quantityShipped: 'qty_shipped',
        unitPrice: money('price_ct', 'order_currency_code', 'minor'),
        total: money('row_total_ct', 'order_currency_code', 'minor'),
      },
    },
    Shipment: {
      table: 'sales_shipment',
      key: { id: 'entity_id' },
      fields: {
        order: one('Order', { entity_id: 'order_id' }),
        status: oneOf('state', { 1: 'READY', 2: 'IN_TRANSIT', 3: 'DELIVERED', 4: 'RETURNED' }),
        carrier: 'carrier_title',
        trackingNumber: 'track_number',
        shippedAt: timestamp('shipped_at', 'seconds'),
        deliveredAt: timestamp('delivered_at', 'seconds'),
      },
    },
    OrderStatusChange: {
      table: 'sales_order_status_history',
      key: { id: 'entity_id' },
      fields: { status, changedAt: timestamp('created_at', 'seconds'), comment: 'comment' },
    },
    Customer: {
      key: { id: 'customer_ref' },
      fields: { orders: many('Order', 'customer_ref') },
    },
    Product: {
      key: { sku },
      fields: { openOrderLines: many('OrderLine', 'sku', { where: { is_open: 1 }, order: { created_at: 'asc' } }) },
    },
  },
});
