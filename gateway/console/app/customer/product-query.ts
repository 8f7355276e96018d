import type { Money } from '../format/money.ts';
import type { Page } from './fragments.ts';

/** All that the page of a product shows. */
export const productQuery = `
query ProductPage($sku: ID!) {
  product(sku: $sku) {
    sku name category status weightGrams onHand available belowReorderPoint
    unitCost { amount currencyCode }
    stock {
      warehouse { code name city countryCode }
      onHand committed incoming available reorderPoint belowReorderPoint
    }
    movements { totalCount pageInfo { hasNextPage endCursor } nodes { ...Movement } }
    openOrderLines { totalCount pageInfo { hasNextPage endCursor } nodes { ...Waiting } }
  }
}
fragment Movement on StockMovement { id kind quantity bookedAt reference warehouse { code name } }
fragment Waiting on OrderLine {
  id quantity quantityShipped
  order { number placedAt status customer { id name } }
}`;

export interface ProductData {
  readonly product: Product | null;
}

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly status: string;
  readonly weightGrams: number | null;
  readonly onHand: number;
  readonly available: number;
  readonly belowReorderPoint: boolean;
  readonly unitCost: Money | null;
  readonly stock: readonly StockLevel[] | null;
  readonly movements: Page<Movement> | null;
  readonly openOrderLines: Page<WaitingLine> | null;
}

export interface StockLevel {
  readonly warehouse: {
    readonly code: string;
    readonly name: string;
    readonly city: string;
    readonly countryCode: string;
  };
  readonly onHand: number;
  readonly committed: number;
  readonly incoming: number;
  readonly available: number;
  readonly reorderPoint: number | null;
  readonly belowReorderPoint: boolean;
}

export interface Movement {
  readonly id: string;
  readonly kind: string;
  readonly quantity: number;
  readonly bookedAt: string;
  readonly reference: string | null;
  readonly warehouse: { readonly code: string; readonly name: string };
}

export interface WaitingLine {
  readonly id: string;
  readonly quantity: number;
  readonly quantityShipped: number;
  readonly order: {
    readonly number: string;
    readonly placedAt: string;
    readonly status: string;
    readonly customer: { readonly id: string; readonly name: string } | null;
  };
}
