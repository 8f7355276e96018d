import { blemishes } from './blemishes.ts';
import type { Some } from './countries.ts';
import { randomFor } from './random.ts';

/** What the demo company sells. */
export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly status: 'active' | 'phasing-out' | 'discontinued';
  readonly weightGrams: number;
  /** What one costs the company, in cents of EUR. */
  readonly cost: number;
  /** What one is sold for, in cents of EUR. */
  readonly price: number;
}

/** The products that the warehouse knows. */
export function makeProducts(count: number): readonly Product[] {
  return Array.from({ length: count }, (_, index) => {
    const random = randomFor('product', index);
    const kind = kinds[index % kinds.length] ?? kinds[0];
    const sku = `${kind.prefix}-${String(index + 1).padStart(4, '0')}`;
    const cost = random.int(kind.cost[0], kind.cost[1]);
    const phasingOut = random.chance(0.05);
    return {
      sku,
      name: `${kind.name} “${random.pick(series)}”, ${random.pick(materials)}`,
      category: kind.category,
      status: sku === blemishes.discontinuedProduct.sku ? 'discontinued' : phasingOut ? 'phasing-out' : 'active',
      weightGrams: random.int(kind.grams[0], kind.grams[1]),
      cost,
      price: Math.round((cost * random.int(140, 220)) / 1000) * 10 + 9,
    };
  });
}

/** Sold once, and then taken out of the warehouse's list. */
export const goneProduct: Product = {
  sku: blemishes.goneProduct.sku,
  name: 'Stool “Åre”, birch',
  category: 'Seating',
  status: 'discontinued',
  weightGrams: 4200,
  cost: 2450,
  price: 4990,
};

interface Kind {
  readonly prefix: string;
  readonly name: string;
  readonly category: string;
  /** From and to, in cents of EUR. */
  readonly cost: readonly [number, number];
  readonly grams: readonly [number, number];
}

const kinds: Some<Kind> = [
  { prefix: 'CHR', name: 'Chair', category: 'Seating', cost: [2500, 14_000], grams: [3500, 9000] },
  { prefix: 'TBL', name: 'Table', category: 'Tables', cost: [7000, 42_000], grams: [14_000, 48_000] },
  { prefix: 'DSK', name: 'Desk', category: 'Tables', cost: [6500, 31_000], grams: [15_000, 40_000] },
  { prefix: 'LMP', name: 'Lamp', category: 'Lighting', cost: [900, 8500], grams: [400, 3800] },
  { prefix: 'SHF', name: 'Shelf', category: 'Storage', cost: [1800, 16_000], grams: [4000, 30_000] },
  { prefix: 'RUG', name: 'Rug', category: 'Textiles', cost: [1500, 22_000], grams: [1200, 16_000] },
  { prefix: 'CUP', name: 'Cup', category: 'Tableware', cost: [180, 950], grams: [180, 420] },
  { prefix: 'VAS', name: 'Vase', category: 'Tableware', cost: [450, 3900], grams: [350, 2600] },
];

const series = ['Åre', 'Björk', 'Límite', 'Été', 'Kōyō', 'Łan', 'Nordsø', 'Terra', 'Vega', 'Zephyr'] as const;
const materials = ['oak', 'beech', 'walnut', 'steel', 'glass', 'wool', 'linen', 'stoneware', 'white', 'black'] as const;
