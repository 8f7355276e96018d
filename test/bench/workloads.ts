import { operation } from './operations.ts';

/** One request of a client. */
export interface ClientRequest {
  readonly query: string;
  readonly operationName: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What clients ask, request by request: the same number is always the same request. */
export interface Workload {
  readonly title: string;
  /** How many different requests there are: more than are ever in flight, so that no two alike are. */
  readonly count: number;
  request(i: number): ClientRequest;
}

const customerView = `query CustomerView($id: ID!) {
  customer(id: $id) {
    id name email phone segment createdAt
    preferences { contactChannel language marketingConsent }
    cases(first: 3) { id subject status openedAt }
    account { balance { amount currencyCode } overdue { amount currencyCode } creditLimit { amount currencyCode } }
    orders(first: 4) {
      id number status placedAt paymentStatus
      total { amount currencyCode }
      lines {
        id quantity unitPrice { amount currencyCode }
        product { sku name available stock { warehouse { code name } onHand committed incoming available } }
      }
      shipments { id status shippedAt trackingNumber }
      invoices {
        id number status dueOn amountDue { amount currencyCode }
        payments { id method paidAt amount { amount currencyCode } }
      }
    }
  }
}`;

const heavy = `query Heavy($region: ID!, $warehouse: ID!) {
  region(id: $region) {
    id name
    customers(first: 10) {
      id name email phone segment createdAt
      preferences { contactChannel language marketingConsent }
      cases(first: 3) { id subject status openedAt }
      account { balance { amount currencyCode } overdue { amount currencyCode } creditLimit { amount currencyCode } }
      orders(first: 5) {
        id number status placedAt
        total { amount currencyCode }
        parcels {
          id quantity unitPrice { amount currencyCode }
          product { sku name available stock { warehouse { code name } onHand committed incoming available } }
        }
        canShip
        margin { amount currencyCode }
        paymentStatus
        invoices {
          id number status dueOn amountDue { amount currencyCode }
          payments { id method paidAt amount { amount currencyCode } }
        }
      }
    }
  }
  warehouse(code: $warehouse) {
    code name
    shelves {
      sku name available
      openLines(first: 2) {
        id quantity
        order { id number paymentStatus customer { id name } }
      }
    }
  }
  overdueInvoices(region: $region, first: 10) {
    id number dueOn amountDue { amount currencyCode }
    customer { id name email }
    order { id number placedAt lines { id quantity product { sku name } } }
  }
}`;

const oneField = 'query OneField($id: ID!) { customer(id: $id) { name } }';

export const workloads = {
  view: {
    title: 'Customer view',
    count: 512,
    request: (i) => ({ query: customerView, operationName: 'CustomerView', variables: { id: String(1000 + i) } }),
  },
  heavy: {
    title: 'Heavy answer',
    count: 288,
    request: (i) => ({
      query: heavy,
      operationName: 'Heavy',
      variables: { region: String(1000 + i), warehouse: `W${i}` },
    }),
  },
  oneField: {
    title: 'One field',
    count: 512,
    request: (i) => ({ query: oneField, operationName: 'OneField', variables: { id: String(1000 + i) } }),
  },
  operations: { title: 'Different operations', count: 20_000, request: operation },
} as const satisfies Record<string, Workload>;

export type WorkloadName = keyof typeof workloads;

const wholeView = `query WholeView($id: ID!) {
  customer(id: $id) {
    id name email phone segment createdAt
    preferences { contactChannel language marketingConsent }
    cases(first: 5) { nodes { id subject status openedAt } }
    account { balance { amount currencyCode } overdue { amount currencyCode } creditLimit { amount currencyCode } }
    orders(first: 5) {
      nodes {
        id number status placedAt paymentStatus
        total { amount currencyCode }
        lines {
          id quantity unitPrice { amount currencyCode }
          product { sku name available stock { warehouse { code name } onHand committed incoming available } }
        }
        shipments { id status shippedAt trackingNumber }
        invoices {
          id number status dueOn amountDue { amount currencyCode }
          payments { id method paidAt amount { amount currencyCode } }
        }
      }
    }
  }
}`;

/** A customer's page over the demo company; its customers are asked for first. */
export const wholeWorkload = {
  title: 'npm start: a customer view over REST, SQL and SOAP',
  count: 200,
  request: (id: string): ClientRequest => ({ query: wholeView, operationName: 'WholeView', variables: { id } }),
};
