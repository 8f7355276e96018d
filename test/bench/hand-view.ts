import type { Subgraphs } from './contestant-hand.ts';
import type { Money } from './data.ts';

export interface Customer {
  id: string;
  name: string;
  email: string | null;
  phone: string | null;
  segment: string;
  createdAt: string;
  preferences: { contactChannel: string; language: string; marketingConsent: boolean };
  cases: { id: string; subject: string; status: string; openedAt: string }[];
}

interface Order {
  id: string;
  number: string;
  status: string;
  placedAt: string;
  total: Money;
  lines: { id: string; quantity: number; unitPrice: Money; product: { sku: string } | null }[];
  shipments: { id: string; status: string; shippedAt: string | null; trackingNumber: string | null }[];
}

export interface Product {
  sku: string;
  name: string;
  available: number;
  stock: {
    warehouse: { code: string; name: string };
    onHand: number;
    committed: number;
    incoming: number;
    available: number;
  }[];
}

export interface Account {
  balance: Money;
  overdue: Money;
  creditLimit: Money | null;
}

export interface Billing {
  paymentStatus: string | null;
  invoices: {
    id: string;
    number: string;
    status: string;
    dueOn: string;
    amountDue: Money;
    payments: { id: string; method: string; paidAt: string; amount: Money }[];
  }[];
}

const customerQuery = `query ($id: ID!) { customer(id: $id) { id name email phone segment createdAt
  preferences { contactChannel language marketingConsent } cases(first: 3) { id subject status openedAt } } }`;
const ordersQuery = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Customer {
  orders(first: 4) { id number status placedAt total { amount currencyCode }
    lines { id quantity unitPrice { amount currencyCode } product { sku } }
    shipments { id status shippedAt trackingNumber } } } } }`;
/** What a customer owes. */
export const accountQuery = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Customer {
  account { balance { amount currencyCode } overdue { amount currencyCode } creditLimit { amount currencyCode } } } } }`;
/** Products with their stock. */
export const productsQuery = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product {
  sku name available stock { warehouse { code name } onHand committed incoming available } } } }`;
/** What orders cost and what was paid. */
export const billingQuery = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Order {
  paymentStatus invoices { id number status dueOn amountDue { amount currencyCode }
    payments { id method paidAt amount { amount currencyCode } } } } } }`;

export interface Entities<T> {
  _entities: T[];
}

/** Five fetches: the customer; orders and account; products and invoices. */
export async function customerView({ customers, orders, inventory, finance }: Subgraphs, id: string) {
  const { customer } = await customers<{ customer: Customer | null }>(customerQuery, { id });
  if (!customer) return { customer: null };
  const representations = [{ __typename: 'Customer', id }];
  const accounts = finance<Entities<{ account: Account | null }>>(accountQuery, { representations });
  accounts.catch(() => {});
  const { _entities: owners } = await orders<Entities<{ orders: Order[] }>>(ordersQuery, { representations });
  const own = owners[0]?.orders ?? [];
  const skus = new Set<string>();
  for (const { lines } of own) for (const { product } of lines) if (product) skus.add(product.sku);
  const [{ _entities: products }, { _entities: bills }, { _entities: owing }] = await Promise.all([
    inventory<Entities<Product>>(productsQuery, {
      representations: Array.from(skus, (sku) => ({ __typename: 'Product', sku })),
    }),
    finance<Entities<Billing>>(billingQuery, {
      representations: own.map((order) => ({ __typename: 'Order', id: order.id })),
    }),
    accounts,
  ]);
  const bySku = new Map(products.map((product) => [product.sku, product]));
  return {
    customer: {
      id: customer.id,
      name: customer.name,
      email: customer.email,
      phone: customer.phone,
      segment: customer.segment,
      createdAt: customer.createdAt,
      preferences: customer.preferences,
      cases: customer.cases,
      account: owing[0]?.account ?? null,
      orders: own.map((order, i) => ({
        id: order.id,
        number: order.number,
        status: order.status,
        placedAt: order.placedAt,
        paymentStatus: bills[i]?.paymentStatus ?? null,
        total: order.total,
        lines: order.lines.map((line) => ({
          id: line.id,
          quantity: line.quantity,
          unitPrice: line.unitPrice,
          product: line.product ? (bySku.get(line.product.sku) ?? null) : null,
        })),
        shipments: order.shipments,
        invoices: bills[i]?.invoices ?? [],
      })),
    },
  };
}
