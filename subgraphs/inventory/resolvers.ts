import type { Context } from '../kit/context.ts';
import type { RecordValue } from '../kit/record.ts';

/** The part of an order that `canShip` requires of the shop. */
interface OrderLines {
  readonly lines: readonly {
    readonly quantity: number;
    readonly quantityShipped: number;
    readonly product: { readonly sku: string } | null;
  }[];
}

export const resolvers = {
  Order: {
    /**
     * What several lines want of one product adds up; what has been shipped is no longer wanted. Counts what lies there, not
     * what can be promised: that is already less by what is committed to this very order.
     */
    async canShip({ reference }: RecordValue, _args: unknown, context: Context): Promise<boolean | null> {
      const wanted = new Map<string, number>();
      for (const { quantity, quantityShipped, product } of (reference as unknown as OrderLines).lines) {
        if (!product) return null;
        wanted.set(product.sku, (wanted.get(product.sku) ?? 0) + quantity - quantityShipped);
      }
      const skus = [...wanted.keys()];
      const products = await context.load(
        'Product',
        skus.map((sku) => ({ sku })),
        ['onHand'],
      );
      if (products.includes(null)) return null;
      return skus.every((sku, i) => (wanted.get(sku) ?? 0) <= Number(products[i]?.onHand));
    },
  },
};
