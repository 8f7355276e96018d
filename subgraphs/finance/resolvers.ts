import { fromMinor, type Money, toMinor } from '../kit/money.ts';
import type { RecordValue } from '../kit/record.ts';

/** The part of an order that `margin` requires of the shop and the warehouse. */
interface OrderLines {
  readonly lines: readonly {
    readonly quantity: number;
    readonly total: Money;
    readonly product: { readonly unitCost: Money | null } | null;
  }[];
}

export const resolvers = {
  Order: {
    /** Amounts of different currencies are never added, so an order with a cost in another currency has no margin. */
    margin({ reference }: RecordValue): Money | null {
      const { lines } = reference as unknown as OrderLines;
      const currencyCode = lines[0]?.total.currencyCode;
      if (currencyCode === undefined) return null;
      let margin = 0n;
      for (const { quantity, total, product } of lines) {
        const cost = product?.unitCost;
        if (cost?.currencyCode !== currencyCode || total.currencyCode !== currencyCode) return null;
        margin += toMinor(total.amount, currencyCode) - BigInt(quantity) * toMinor(cost.amount, currencyCode);
      }
      return { amount: fromMinor(margin, currencyCode), currencyCode };
    },
  },
};
