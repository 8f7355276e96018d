import { hour, now, trading } from './calendar.ts';
import type { Company } from './company.ts';
import type { Product } from './products.ts';
import { type Random, randomFor } from './random.ts';
import { sales } from './sales.ts';

/** The places where products lie. */
export const warehouses = [
  { code: 'HAM', name: 'Zentrallager Hamburg', town: 'Hamburg', country: 'DE' },
  { code: 'LYO', name: 'Entrepôt Lyon', town: 'Lyon', country: 'FR' },
  { code: 'WRO', name: 'Magazyn Wrocław', town: 'Wrocław', country: 'PL' },
  { code: 'ZAZ', name: 'Almacén Zaragoza', town: 'Zaragoza', country: 'ES' },
] as const;

type WarehouseCode = (typeof warehouses)[number]['code'];

/** How much of a product lies in a warehouse. */
export interface Level {
  readonly product: Product;
  readonly warehouse: WarehouseCode;
  readonly onHand: number;
  readonly committed: number;
  readonly incoming: number;
  readonly reorderPoint: number | null;
}

/** Something that came into a warehouse or went out; the movements of a product and warehouse add up to what is on hand. */
export interface Movement {
  readonly product: Product;
  readonly warehouse: WarehouseCode;
  readonly kind: 'receipt' | 'issue' | 'transfer' | 'adjustment' | 'return';
  readonly quantity: number;
  readonly at: number;
  readonly reference: string | null;
}

/** The stock of one product, with its movements in order of time. */
export interface Stock {
  readonly levels: readonly Level[];
  readonly movements: readonly Movement[];
}

/** The stock of every product that is still stocked. Committed is what open order lines wait for. */
export function* stocks(company: Company): Iterable<Stock> {
  const demand = demandOf(company);
  for (const [index, product] of company.products.entries()) {
    if (product.status !== 'discontinued') yield stockOf(index, product, demand.get(product.sku));
  }
}

interface Demand {
  waiting: number;
  /** The latest lines that were shipped; older movements are not kept. */
  readonly shipped: { readonly order: string; readonly quantity: number; readonly at: number }[];
}

const keptIssues = 18;

function demandOf(company: Company): ReadonlyMap<string, Demand> {
  const demand = new Map<string, Demand>();
  for (const { number, lines, shipments } of sales(company)) {
    const at = shipments[0]?.shippedAt ?? null;
    for (const { product, quantity, shipped, open } of lines) {
      const entry = demand.get(product.sku) ?? { waiting: 0, shipped: [] };
      demand.set(product.sku, entry);
      if (open) entry.waiting += quantity - shipped;
      if (at !== null && shipped > 0) entry.shipped.push({ order: number, quantity: shipped, at });
      if (entry.shipped.length > keptIssues) entry.shipped.shift();
    }
  }
  return demand;
}

function stockOf(index: number, product: Product, demand: Demand = { waiting: 0, shipped: [] }): Stock {
  const random = randomFor('stock', index);
  const places = warehouses.filter((_, place) => place === index % warehouses.length || random.chance(0.6));
  // One product in ten is short in one place, and one in twenty has less than was promised.
  const short = index % 10 === 7;
  const oversold = index % 20 === 7;
  const levels = places.map(({ code }, place): Level => {
    const reorderPoint = random.chance(0.05) && !short ? null : random.int(5, 60);
    const committed = share(demand.waiting, place, places.length);
    const spare = (reorderPoint ?? 0) + random.int(0, 150);
    const lacking = oversold
      ? -Math.min(committed, random.int(1, 9))
      : random.int(0, Math.max(0, (reorderPoint ?? 1) - 1));
    const free = short && place === 0 ? lacking : spare;
    const incoming = free < (reorderPoint ?? 0) ? random.int(1, 4) * 25 : random.chance(0.1) ? 50 : 0;
    return { product, warehouse: code, onHand: committed + free, committed, incoming, reorderPoint };
  });
  return { levels, movements: movementsOf(levels, demand, random) };
}

/** The part of a whole number that falls to one of several places; together they are the whole. */
function share(whole: number, place: number, places: number): number {
  return Math.floor(((place + 1) * whole) / places) - Math.floor((place * whole) / places);
}

function movementsOf(levels: readonly Level[], demand: Demand, random: Random): readonly Movement[] {
  const movements: Movement[] = [];
  const book = (level: Level, kind: Movement['kind'], quantity: number, at: number, reference: string | null) =>
    movements.push({
      product: level.product,
      warehouse: level.warehouse,
      kind,
      quantity,
      at: Math.floor(at / 1000) * 1000,
      reference,
    });
  const opened = trading.start - 30 * 24 * hour;
  const sometime = () => random.int(opened + hour, now - hour);
  const main = levels[0];
  if (!main) return movements;
  for (const { order, quantity, at } of demand.shipped) book(main, 'issue', -quantity, at, order);
  for (const level of levels) {
    for (let left = random.int(1, 3); left > 0; left--) {
      book(level, 'receipt', random.int(1, 8) * 10, sometime(), `PO${random.int(40_000, 49_999)}`);
    }
    if (random.chance(0.6))
      book(level, 'adjustment', random.int(-3, 3) || 1, sometime(), `COUNT${random.int(2023, 2026)}`);
    const back = demand.shipped[random.int(0, keptIssues)];
    if (back) book(level, 'return', 1, Math.min(back.at + random.int(80, 400) * hour, now - hour), back.order);
    if (level !== main) {
      const [at, quantity] = [sometime(), random.int(2, 20)];
      const transfer = `TO${random.int(7000, 7999)}`;
      book(main, 'transfer', -quantity, at, transfer);
      book(level, 'transfer', quantity, at, transfer);
    }
  }
  for (const level of levels) {
    const booked = movements.reduce(
      (sum, { warehouse, quantity }) => sum + (warehouse === level.warehouse ? quantity : 0),
      0,
    );
    const missing = level.onHand - booked;
    if (missing !== 0)
      book(level, missing > 0 ? 'receipt' : 'adjustment', missing, opened, missing > 0 ? null : 'OPENING');
  }
  return movements.sort((one, other) => one.at - other.at);
}
