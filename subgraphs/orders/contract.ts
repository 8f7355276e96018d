// Made from schema.graphql by `npm run types`.
import type { Enum, Many, One, Value } from '../kit/forms.ts';

/** What each field of the contract may be mapped to. */
export interface Contract {
  Order: {
    id: Value;
    number: Value;
    status: Enum<'PENDING' | 'PROCESSING' | 'ON_HOLD' | 'COMPLETED' | 'CANCELED' | 'UNKNOWN'>;
    fulfillmentStatus: Enum<'UNFULFILLED' | 'PARTIALLY_FULFILLED' | 'FULFILLED' | 'UNKNOWN'>;
    placedAt: Value;
    updatedAt: Value;
    subtotal: One<'Money'> | Value;
    shippingCost: One<'Money'> | Value;
    tax: One<'Money'> | Value;
    total: One<'Money'> | Value;
    lines: Many<'OrderLine'>;
    shipments: Many<'Shipment'>;
    statusHistory: Many<'OrderStatusChange'> | Value;
    customer: One<'Customer'>;
  };
  OrderLine: {
    id: Value;
    order: One<'Order'>;
    product: One<'Product'>;
    name: Value;
    quantity: Value;
    quantityShipped: Value;
    unitPrice: One<'Money'> | Value;
    total: One<'Money'> | Value;
  };
  Shipment: {
    id: Value;
    order: One<'Order'>;
    status: Enum<'READY' | 'IN_TRANSIT' | 'DELIVERED' | 'RETURNED' | 'UNKNOWN'>;
    carrier: Value;
    trackingNumber: Value;
    shippedAt: Value;
    deliveredAt: Value;
  };
  OrderTotals: {
    from: Value;
    before: Value;
    count: Value;
    total: One<'Money'> | Value;
  };
  OrderStatusChange: {
    status: Enum<'PENDING' | 'PROCESSING' | 'ON_HOLD' | 'COMPLETED' | 'CANCELED' | 'UNKNOWN'>;
    changedAt: Value;
    comment: Value;
  };
  Customer: {
    id: Value;
    orders: Many<'Order'>;
  };
  Product: {
    sku: Value;
    openOrderLines: Many<'OrderLine'>;
  };
  Money: {
    amount: Value;
    currencyCode: Value;
  };
}
