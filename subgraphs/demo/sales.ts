import { blemishes } from './blemishes.ts';
import { day, now, trading } from './calendar.ts';
import type { Company } from './company.ts';
import { type Customer, customersAt, deletedCustomer } from './customers.ts';
import { type Fulfillment, fulfill, type OrderStatus } from './fulfillment.ts';
import { goneProduct, type Product } from './products.ts';
import { type Random, randomFor } from './random.ts';

/** An order with everything that the shop holds about it. Amounts are in the smallest unit of the currency. */
export interface Sale extends Fulfillment {
  readonly id: number;
  readonly number: string;
  readonly customer: Customer;
  readonly currency: Customer['country']['currency'];
  readonly placedAt: number;
  readonly lines: readonly Line[];
  readonly subtotal: number;
  readonly shipping: number;
  readonly tax: number;
  readonly total: number;
}

/** One product in an order. */
export interface Line {
  readonly product: Product;
  readonly quantity: number;
  readonly shipped: number;
  readonly price: number;
  readonly total: number;
  /** Whether it waits to be shipped. */
  readonly open: boolean;
}

/** Every order, in order of id. */
export function* sales(company: Company): Iterable<Sale> {
  for (let id = 1; id <= company.orders; id++) {
    if (id % toldEach === 0) company.onWalk?.(id / company.orders);
    yield sale(id, company);
  }
}

/** So many orders take some 30 ms. */
const toldEach = 200;

function sale(id: number, company: Company): Sale {
  const random = randomFor('order', id);
  const placedAt = placedAtOf(id, company, random);
  const customer = customerOf(id, placedAt, company, random);
  const currency = customer.country.currency;
  const ordered = orderLines(id, placedAt, customer, company, random);
  const subtotal = ordered.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  const shipping = subtotal > inCurrency(15_000, currency) ? 0 : inCurrency(590, currency);
  const tax = Math.round(((subtotal + shipping) * customer.country.taxPercent) / 100);
  const wanted = ordered.map(({ quantity }) => quantity);
  const { quantities, ...fulfillment } = fulfill(fixedStatus.get(String(id)), placedAt, wanted, random);
  return {
    ...fulfillment,
    id,
    number: `W${100_000_000 + id}`,
    customer,
    currency,
    placedAt,
    lines: ordered.map(({ product, quantity, price }, index) => {
      // What the warehouse does not know, it can't send.
      const shipped = product === goneProduct ? 0 : (quantities[index] ?? 0);
      return {
        product,
        quantity,
        shipped,
        price,
        total: price * quantity,
        open: shipped < quantity && waits.has(fulfillment.status),
      };
    }),
    subtotal,
    shipping,
    tax,
    total: subtotal + shipping + tax,
  };
}

const waits: ReadonlySet<OrderStatus> = new Set(['pending', 'processing', 'on-hold']);

/** The statuses of the orders that have a blemish or show something. */
const fixedStatus: ReadonlyMap<string, OrderStatus> = new Map([
  ...Object.values(blemishes.currencies).map((id) => [id, 'completed'] as const),
  [blemishes.deletedCustomer.order, 'completed'],
  [blemishes.goneProduct.order, 'processing'],
  [blemishes.unknownState.order, 'fraud-review'],
  [blemishes.unknownToErp.order, 'completed'],
]);

/** Ids follow the time of placing, but for the two blemishes that would not be believed of an old order. */
function placedAtOf(id: number, { orders }: Company, random: Random): number {
  const fraction = random.fraction();
  if (String(id) === blemishes.goneProduct.order) return now - 4 * day + seconds(fraction * day);
  if (String(id) === blemishes.unknownState.order) return now - 2 * day + seconds(fraction * day);
  return trading.start + seconds(((id - 1 + fraction) / orders) * trading.length);
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

function customerOf(
  id: number,
  placedAt: number,
  { customers, orders, whaleOrders }: Company,
  random: Random,
): Customer {
  const known = fixedCustomer.get(String(id));
  if (known === blemishes.deletedCustomer.customer) return deletedCustomer;
  // The whale's orders lie evenly among the others, and none of them has another blemish.
  const ofWhale = Math.floor((id * whaleOrders) / orders) > Math.floor(((id - 1) * whaleOrders) / orders);
  const index = known
    ? Number(known) - 10_001
    : ofWhale
      ? 0
      : random.int(1, customersAt(placedAt, customers.length) - 1);
  const customer = customers[index];
  if (!customer) throw new RangeError(`order ${id} has no customer at ${index}`);
  return customer;
}

const fixedCustomer: ReadonlyMap<string, string> = new Map([
  [blemishes.currencies.JPY, '10005'],
  [blemishes.currencies.EUR, '10008'],
  [blemishes.currencies.USD, '10011'],
  [blemishes.currencies.GBP, '10007'],
  [blemishes.deletedCustomer.order, blemishes.deletedCustomer.customer],
  [blemishes.goneProduct.order, '10009'],
  [blemishes.unknownState.order, '10010'],
  [blemishes.unknownToErp.order, '10012'],
]);

/** What was ordered, before anything is shipped. */
type Ordered = Pick<Line, 'product' | 'quantity' | 'price'>;

function orderLines(
  id: number,
  placedAt: number,
  customer: Customer,
  { products }: Company,
  random: Random,
): Ordered[] {
  const wholesale = customer.segment === 'wholesale';
  const chosen = new Set<Product>();
  for (let left = random.weighted(lineCounts); left > 0; left--) {
    // The root makes the first products go better than the last.
    const draw = random.fraction();
    const product = products[Math.floor(draw * Math.sqrt(draw) * products.length)];
    if (product && !(product.status === 'discontinued' && placedAt > now - 400 * day)) chosen.add(product);
  }
  if (chosen.size === 0 && products[0]) chosen.add(products[0]);
  if (String(id) === blemishes.goneProduct.order) chosen.add(goneProduct);
  return Array.from(chosen, (product) => ({
    product,
    quantity: wholesale ? random.int(4, 40) : random.weighted(lineQuantities),
    price: inCurrency(wholesale ? product.price * 0.8 : product.price, customer.country.currency),
  }));
}

const lineCounts = [
  [1, 18],
  [2, 23],
  [3, 22],
  [4, 16],
  [5, 12],
  [6, 9],
] as const;
const lineQuantities = [
  [1, 55],
  [2, 25],
  [3, 8],
  [4, 8],
  [6, 4],
] as const;

/** The value of cents of EUR in the smallest unit of a currency, at the demo company's own fixed rate. */
function inCurrency(cents: number, currency: Sale['currency']): number {
  return Math.round(cents * rates[currency]);
}

const rates = { EUR: 1, USD: 1.1, GBP: 0.86, JPY: 1.65 } as const;
