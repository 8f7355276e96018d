import { type Customer, makeCustomers } from './customers.ts';
import { makeProducts, type Product } from './products.ts';

export { blemishes } from './blemishes.ts';
export { now, today } from './calendar.ts';

/**
 * The neutral company that all four systems hold a part of. What grows with the orders is not kept here: `sales(company)`,
 * `bills(company)` and their like make it one by one, the same at every walk, so that a large scale needs little memory.
 */
export interface Company {
  readonly scale: number;
  readonly customers: readonly Customer[];
  readonly products: readonly Product[];
  /** Orders have the ids 1 to this. */
  readonly orders: number;
  /** How many of the orders are the whale's. */
  readonly whaleOrders: number;
  /** Told now and then how far a walk over the orders is, from 0 to 1: every system's data is made on such a walk. */
  readonly onWalk?: (part: number) => void;
}

/**
 * The company at a scale, made once in a process: 2,000 customers, 20,000 orders and 500 products times the scale, and
 * never so few that a blemish has no place. Throws a RangeError above 40, where customers would run into the id of the
 * deleted one.
 */
export function companyAt(scale: number): Company {
  if (!(scale > 0 && scale <= 40)) throw new RangeError(`expected a scale above 0 and at most 40, got ${scale}`);
  let company = companies.get(scale);
  if (!company) {
    const orders = Math.max(100, Math.round(20_000 * scale));
    company = {
      scale,
      customers: makeCustomers(Math.max(30, Math.round(2000 * scale))),
      products: makeProducts(Math.max(20, Math.round(500 * scale))),
      orders,
      whaleOrders: Math.round(orders * 0.15),
    };
    companies.set(scale, company);
  }
  return company;
}

const companies = new Map<number, Company>();
