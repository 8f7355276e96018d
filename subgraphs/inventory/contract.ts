// Made from schema.graphql by `npm run types`.
import type { Enum, Many, One, Value } from '../kit/forms.ts';

/** What each field of the contract may be mapped to. */
export interface Contract {
  Product: {
    sku: Value;
    name: Value;
    category: Value;
    status: Enum<'ACTIVE' | 'PHASING_OUT' | 'DISCONTINUED' | 'UNKNOWN'>;
    weightGrams: Value;
    unitCost: One<'Money'> | Value;
    onHand: Value;
    available: Value;
    belowReorderPoint: Value;
    stock: Many<'StockLevel'> | Value;
    movements: Many<'StockMovement'>;
  };
  StockLevel: {
    warehouse: One<'Warehouse'>;
    onHand: Value;
    committed: Value;
    incoming: Value;
    available: Value;
    reorderPoint: Value;
    belowReorderPoint: Value;
    product: One<'Product'>;
  };
  Warehouse: {
    code: Value;
    name: Value;
    city: Value;
    countryCode: Value;
    stock: Many<'StockLevel'>;
  };
  StockMovement: {
    id: Value;
    kind: Enum<'RECEIPT' | 'ISSUE' | 'TRANSFER' | 'ADJUSTMENT' | 'RETURN' | 'UNKNOWN'>;
    quantity: Value;
    bookedAt: Value;
    warehouse: One<'Warehouse'>;
    reference: Value;
  };
  Order: {
    id: Value;
    lines: Many<'OrderLine'>;
    canShip: Value;
  };
  OrderLine: {
    id: Value;
    quantity: Value;
    quantityShipped: Value;
    product: One<'Product'>;
  };
  Money: {
    amount: Value;
    currencyCode: Value;
  };
}
