// The records that the bench's subgraphs hold: made from their ids alone, so that every process has the same ones. A function is
// a field that takes arguments or leads to other records; graphql-js calls it.

/** An amount with its currency. */
export interface Money {
  readonly amount: string;
  readonly currencyCode: string;
}

/** What `@requires` gives of an order's lines. */
export interface RequiredLine {
  readonly quantity: number;
  readonly product: { readonly sku: string; readonly unitCost?: Money } | null;
}

const names = ['Weiß GmbH', 'Adrián Fernández', 'Élodie Lefèvre', 'Ahlström & Co', 'Łukasz Nowak', 'Smith "Bros"'];
const goods = ['Vase “Été”, oak', 'Chair “Zephyr”, steel', 'Lamp “Łan”, brass', 'Desk “North”, black', 'Rug, wool'];
const subjects = ['Delivery arrived late', 'Rechnung ist doppelt', 'Where is my parcel?', 'Tissu déchiré au dos'];

/** A number from 0 to below `below` that depends on the text alone (FNV-1a). */
function pick(text: string, below: number): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  hash ^= hash >>> 15;
  return (Math.imul(hash, 2_246_822_519) >>> 0) % below;
}

function oneOf<T>(text: string, values: readonly T[]): T {
  return values[pick(text, values.length)] as T;
}

function money(text: string, most: number): Money {
  return { amount: (pick(text, most * 100) / 100).toFixed(2), currencyCode: 'EUR' };
}

function moment(text: string): string {
  return new Date(1_600_000_000_000 + pick(text, 2 ** 31) * 80).toISOString();
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

export function customer(id: string) {
  return {
    __typename: 'Customer',
    id,
    name: oneOf(`name${id}`, names),
    email: `customer.${id}@example.org`,
    phone: `+4930${1_000_000 + pick(id, 8_999_999)}`,
    segment: oneOf(`segment${id}`, ['CONSUMER', 'ENTERPRISE', 'WHOLESALE']),
    createdAt: moment(`created${id}`),
    preferences: {
      contactChannel: oneOf(`channel${id}`, ['EMAIL', 'PHONE']),
      language: oneOf(`language${id}`, ['de-DE', 'fr-FR', 'es-ES']),
      marketingConsent: pick(`consent${id}`, 2) === 1,
    },
    cases: ({ first }: { first: number }) =>
      times(first, (i) => ({
        id: `CS-${id}-${i}`,
        subject: oneOf(`subject${id}${i}`, subjects),
        status: oneOf(`case${id}${i}`, ['OPEN', 'CLOSED']),
        openedAt: moment(`case${id}${i}`),
      })),
    orders: ({ first }: { first: number }) => times(first, (i) => order(`${id}-${i}`)),
    account: () => ({
      balance: money(`balance${id}`, 5_000),
      overdue: money(`overdue${id}`, 500),
      creditLimit: pick(id, 4) === 0 ? null : money(`limit${id}`, 10_000),
    }),
  };
}

export function region(id: string) {
  return {
    id,
    name: `Region ${id}`,
    customers: ({ first }: { first: number }) => times(first, (i) => customer(`${id}${i}`)),
  };
}

/** An order's id is its customer's and a number. */
export function order(id: string) {
  const lines = () => times(2 + pick(`lines${id}`, 2), (i) => line(`${id}-${i}`));
  const total = money(`total${id}`, 2_000);
  return {
    __typename: 'Order',
    id,
    number: `W1${id.padStart(9, '0')}`,
    status: oneOf(`status${id}`, ['PENDING', 'PROCESSING', 'COMPLETED']),
    placedAt: moment(`placed${id}`),
    total,
    lines,
    parcels: () => [lines().slice(0, 1), lines().slice(1)],
    shipments: () =>
      times(1 + pick(`shipments${id}`, 2), (i) => ({
        id: `${id}-S${i}`,
        status: oneOf(`shipment${id}${i}`, ['IN_TRANSIT', 'DELIVERED']),
        shippedAt: moment(`shipped${id}${i}`),
        trackingNumber:
          pick(`track${id}${i}`, 3) === 0 ? null : String(10_000_000 + pick(`track${id}${i}`, 89_999_999)),
      })),
    customer: () => customer(id.split('-', 1)[0] as string),
    canShip: () => canShip(lines()),
    paymentStatus: oneOf(`payment${id}`, ['OPEN', 'PAID']),
    invoices: () => [invoice(`RE-${id}`)],
    margin: () => margin(total, lines()),
  };
}

/** What inventory makes of what it requires of an order. */
export function canShip(lines: readonly RequiredLine[]): boolean {
  return lines.every(({ quantity, product: wanted }) => quantity <= (wanted ? product(wanted.sku).available : 0));
}

/** What finance makes of what it requires of an order and of its products. */
export function margin(total: Money, lines: readonly RequiredLine[]): Money {
  const cost = lines.reduce((sum, line) => sum + line.quantity * Number(line.product?.unitCost?.amount), 0);
  return { amount: (Number(total.amount) - cost).toFixed(2), currencyCode: total.currencyCode };
}

export function line(id: string) {
  return {
    __typename: 'OrderLine',
    id,
    quantity: 1 + pick(`quantity${id}`, 40),
    unitPrice: money(`price${id}`, 400),
    product: product(`SKU-${pick(`sku${id}`, 5_000)}`),
    order: () => order(id.slice(0, id.lastIndexOf('-'))),
  };
}

export function product(sku: string) {
  const available = pick(`available${sku}`, 300);
  return {
    __typename: 'Product',
    sku,
    name: oneOf(`goods${sku}`, goods),
    available,
    unitCost: money(`cost${sku}`, 200),
    stock: () =>
      times(1 + pick(`stock${sku}`, 2), (i) => ({
        warehouse: warehouse(oneOf(`warehouse${sku}${i}`, ['HAM', 'LYO', 'WRO', 'ZAZ'])),
        onHand: pick(`hand${sku}${i}`, 200),
        committed: pick(`committed${sku}${i}`, 5),
        incoming: pick(`incoming${sku}${i}`, 50),
        available: pick(`level${sku}${i}`, 200),
      })),
    openLines: ({ first }: { first: number }) =>
      times(first, (i) => line(`${100 + pick(`open${sku}${i}`, 900)}-${i}-0`)),
  };
}

export function warehouse(code: string) {
  return {
    code,
    name: `Warehouse ${code}`,
    shelves: () => times(3, (shelf) => times(4, (i) => product(`SKU-${pick(`shelf${code}${shelf}${i}`, 5_000)}`))),
  };
}

/** An invoice's id is `RE-` and its order's. */
export function invoice(id: string) {
  const orderId = id.slice('RE-'.length);
  return {
    __typename: 'Invoice',
    id,
    number: `${id}/26`,
    status: oneOf(`invoice${id}`, ['OPEN', 'PARTIALLY_PAID', 'PAID']),
    dueOn: moment(`due${id}`).slice(0, 10),
    amountDue: money(`amountDue${id}`, 1_000),
    payments: () =>
      times(pick(`payments${id}`, 2) + 1, (i) => ({
        id: `${id}-P${i}`,
        method: oneOf(`method${id}${i}`, ['CARD', 'BANK_TRANSFER']),
        paidAt: moment(`paid${id}${i}`),
        amount: money(`paid${id}${i}`, 900),
      })),
    order: () => order(orderId),
    customer: () => customer(orderId.split('-', 1)[0] as string),
  };
}

export function overdueInvoices({ region: id, first }: { region: string; first: number }) {
  return times(first, (i) => invoice(`RE-${id}${i}-0`));
}
