import type { Subgraphs } from './contestant-hand.ts';
import type { Money } from './data.ts';
import {
  type Account,
  accountQuery,
  type Billing,
  billingQuery,
  type Customer,
  type Entities,
  type Product,
  productsQuery,
} from './hand-view.ts';

interface Line {
  id: string;
  quantity: number;
  unitPrice: Money;
  product: { sku: string } | null;
}

interface Order {
  id: string;
  number: string;
  status: string;
  placedAt: string;
  total: Money;
  parcels: Line[][];
  lines: { quantity: number; product: { sku: string } | null }[];
}

interface OpenLine {
  id: string;
  quantity: number;
  order: { id: string; number: string; customer: { id: string } | null };
}

interface OverdueInvoice {
  id: string;
  number: string;
  dueOn: string;
  amountDue: Money;
  customer: { id: string } | null;
  order: { id: string } | null;
}

interface OverdueOrder {
  number: string;
  placedAt: string;
  lines: { id: string; quantity: number; product: { sku: string } | null }[];
}

const entities = (selection: string) =>
  `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`;

const regionQuery = `query ($region: ID!) { region(id: $region) { id name customers(first: 10) {
  id name email phone segment createdAt preferences { contactChannel language marketingConsent }
  cases(first: 3) { id subject status openedAt } } } }`;
const ordersQuery =
  entities(`... on Customer { orders(first: 5) { id number status placedAt total { amount currencyCode }
  parcels { id quantity unitPrice { amount currencyCode } product { sku } } lines { quantity product { sku } } } }`);
const canShipQuery = entities('... on Order { canShip }');
const costsQuery = entities('... on Product { unitCost { amount } }');
const marginQuery = entities('... on Order { margin { amount currencyCode } }');
const warehouseQuery = 'query ($code: ID!) { warehouse(code: $code) { code name shelves { sku name available } } }';
const openLinesQuery = entities(
  '... on Product { openLines(first: 2) { id quantity order { id number customer { id } } } }',
);
const paymentQuery = entities('... on Order { paymentStatus }');
const nameQuery = entities('... on Customer { name }');
const overdueQuery = `query ($region: ID!) { overdueInvoices(region: $region, first: 10) {
  id number dueOn amountDue { amount currencyCode } customer { id } order { id } } }`;
const contactQuery = entities('... on Customer { name email }');
const overdueOrdersQuery = entities('... on Order { number placedAt lines { id quantity product { sku } } }');
const productNamesQuery = entities('... on Product { name }');

/** 16 fetches: what hangs together in three branches that don't wait for each other. */
export async function heavy(subgraphs: Subgraphs, variables: { region: string; warehouse: string }) {
  const [region, warehouse, overdueInvoices] = await Promise.all([
    regionBranch(subgraphs, variables.region),
    warehouseBranch(subgraphs, variables.warehouse),
    overdueBranch(subgraphs, variables.region),
  ]);
  return { region, warehouse, overdueInvoices };
}

async function regionBranch({ customers, orders, inventory, finance }: Subgraphs, id: string) {
  const { region } = await customers<{ region: { id: string; name: string; customers: Customer[] } | null }>(
    regionQuery,
    {
      region: id,
    },
  );
  if (!region) return null;
  const representations = region.customers.map((customer) => ({ __typename: 'Customer', id: customer.id }));
  const accounts = finance<Entities<{ account: Account | null }>>(accountQuery, { representations });
  accounts.catch(() => {});
  const { _entities: owners } = await orders<Entities<{ orders: Order[] }>>(ordersQuery, { representations });
  const all = owners.flatMap((owner) => owner.orders);
  const keys = all.map((order) => ({ __typename: 'Order', id: order.id }));
  const skus = [...new Set(all.flatMap(({ lines }) => lines.flatMap(({ product }) => product?.sku ?? [])))];
  const products = skus.map((sku) => ({ __typename: 'Product', sku }));

  async function margins() {
    const { _entities: costs } = await inventory<Entities<{ unitCost: { amount: string } | null }>>(costsQuery, {
      representations: products,
    });
    const costOf = new Map(skus.map((sku, i) => [sku, costs[i]?.unitCost ?? null]));
    return finance<Entities<{ margin: Money | null }>>(marginQuery, {
      representations: all.map((order) => ({
        __typename: 'Order',
        id: order.id,
        total: order.total,
        lines: order.lines.map(({ quantity, product }) => ({
          quantity,
          product: product && { unitCost: costOf.get(product.sku) ?? null },
        })),
      })),
    });
  }

  const [billing, shipping, stock, margin, owing] = await Promise.all([
    finance<Entities<Billing>>(billingQuery, { representations: keys }),
    inventory<Entities<{ canShip: boolean | null }>>(canShipQuery, {
      representations: all.map(({ id, lines }) => ({ __typename: 'Order', id, lines })),
    }),
    inventory<Entities<Product>>(productsQuery, { representations: products }),
    margins(),
    accounts,
  ]);
  const productOf = new Map(stock._entities.map((product) => [product.sku, product]));
  let n = 0;
  return {
    id: region.id,
    name: region.name,
    customers: region.customers.map((customer, i) => ({
      id: customer.id,
      name: customer.name,
      email: customer.email,
      phone: customer.phone,
      segment: customer.segment,
      createdAt: customer.createdAt,
      preferences: customer.preferences,
      cases: customer.cases,
      account: owing._entities[i]?.account ?? null,
      orders: (owners[i]?.orders ?? []).map((order) => {
        const at = n++;
        return {
          id: order.id,
          number: order.number,
          status: order.status,
          placedAt: order.placedAt,
          total: order.total,
          parcels: order.parcels.map((parcel) =>
            parcel.map(({ id, quantity, unitPrice, product }) => ({
              id,
              quantity,
              unitPrice,
              product: product && (productOf.get(product.sku) ?? null),
            })),
          ),
          canShip: shipping._entities[at]?.canShip ?? null,
          margin: margin._entities[at]?.margin ?? null,
          paymentStatus: billing._entities[at]?.paymentStatus ?? null,
          invoices: billing._entities[at]?.invoices ?? [],
        };
      }),
    })),
  };
}

async function warehouseBranch({ customers, orders, inventory, finance }: Subgraphs, code: string) {
  type Shelved = { sku: string; name: string; available: number };
  const { warehouse } = await inventory<{ warehouse: { code: string; name: string; shelves: Shelved[][] } | null }>(
    warehouseQuery,
    { code },
  );
  if (!warehouse) return null;
  const skus = [...new Set(warehouse.shelves.flat().map(({ sku }) => sku))];
  const { _entities: open } = await orders<Entities<{ openLines: OpenLine[] }>>(openLinesQuery, {
    representations: skus.map((sku) => ({ __typename: 'Product', sku })),
  });
  const found = open.flatMap(({ openLines }) => openLines.map(({ order }) => order));
  const orderIds = [...new Set(found.map(({ id }) => id))];
  const customerIds = [...new Set(found.flatMap(({ customer }) => customer?.id ?? []))];
  const [payments, names] = await Promise.all([
    finance<Entities<{ paymentStatus: string | null }>>(paymentQuery, {
      representations: orderIds.map((id) => ({ __typename: 'Order', id })),
    }),
    customers<Entities<{ name: string }>>(nameQuery, {
      representations: customerIds.map((id) => ({ __typename: 'Customer', id })),
    }),
  ]);
  const linesOf = new Map(skus.map((sku, i) => [sku, open[i]?.openLines ?? []]));
  const paymentOf = new Map(orderIds.map((id, i) => [id, payments._entities[i]?.paymentStatus ?? null]));
  const nameOf = new Map(customerIds.map((id, i) => [id, names._entities[i]?.name]));
  return {
    code: warehouse.code,
    name: warehouse.name,
    shelves: warehouse.shelves.map((shelf) =>
      shelf.map(({ sku, name, available }) => ({
        sku,
        name,
        available,
        openLines: (linesOf.get(sku) ?? []).map(({ id, quantity, order }) => ({
          id,
          quantity,
          order: {
            id: order.id,
            number: order.number,
            paymentStatus: paymentOf.get(order.id) ?? null,
            customer: order.customer && { id: order.customer.id, name: nameOf.get(order.customer.id) },
          },
        })),
      })),
    ),
  };
}

async function overdueBranch({ customers, orders, inventory, finance }: Subgraphs, region: string) {
  const { overdueInvoices } = await finance<{ overdueInvoices: OverdueInvoice[] }>(overdueQuery, { region });
  const customerIds = [...new Set(overdueInvoices.flatMap(({ customer }) => customer?.id ?? []))];
  const orderIds = [...new Set(overdueInvoices.flatMap(({ order }) => order?.id ?? []))];

  async function ordersWithProducts() {
    const { _entities: found } = await orders<Entities<OverdueOrder>>(overdueOrdersQuery, {
      representations: orderIds.map((id) => ({ __typename: 'Order', id })),
    });
    const skus = [...new Set(found.flatMap(({ lines }) => lines.flatMap(({ product }) => product?.sku ?? [])))];
    const { _entities: products } = await inventory<Entities<{ name: string }>>(productNamesQuery, {
      representations: skus.map((sku) => ({ __typename: 'Product', sku })),
    });
    const nameOf = new Map(skus.map((sku, i) => [sku, products[i]?.name]));
    return new Map(
      found.map(({ number, placedAt, lines }, i) => [
        orderIds[i],
        {
          id: orderIds[i],
          number,
          placedAt,
          lines: lines.map(({ id, quantity, product }) => ({
            id,
            quantity,
            product: product && { sku: product.sku, name: nameOf.get(product.sku) },
          })),
        },
      ]),
    );
  }

  const [contacts, orderOf] = await Promise.all([
    customers<Entities<{ name: string; email: string | null }>>(contactQuery, {
      representations: customerIds.map((id) => ({ __typename: 'Customer', id })),
    }),
    ordersWithProducts(),
  ]);
  const contactOf = new Map(customerIds.map((id, i) => [id, contacts._entities[i]]));
  return overdueInvoices.map(({ id, number, dueOn, amountDue, customer, order }) => ({
    id,
    number,
    dueOn,
    amountDue,
    customer: customer && {
      id: customer.id,
      name: contactOf.get(customer.id)?.name,
      email: contactOf.get(customer.id)?.email ?? null,
    },
    order: order && (orderOf.get(order.id) ?? null),
  }));
}
