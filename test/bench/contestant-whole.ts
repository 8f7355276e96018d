import { createServer, type IncomingMessage } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { type Client, createClientAsync, WSSecurity } from 'soap';
import { Pool } from 'undici';

// The customer view over the demo company as a good programmer writes it who knows the systems: undici for REST, node:sqlite for
// SQL, the soap package for SOAP.

const port = process.argv[2];
const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`expected ${name}`);
  return value;
};

const crmUrl = new URL(setting('CUSTOMERS_URL'));
const crmPath = crmUrl.pathname.replace(/\/$/, '');
const crm = new Pool(crmUrl.origin, { connections: 64, pipelining: 1 });
const crmHeaders = { 'content-type': 'application/json', authorization: `Bearer ${setting('CUSTOMERS_TOKEN')}` };

async function crmPost<T>(path: string, message: object): Promise<T> {
  const request = {
    method: 'POST',
    path: `${crmPath}${path}`,
    headers: crmHeaders,
    body: JSON.stringify(message),
  } as const;
  const { statusCode, body } = await crm.request(request);
  if (statusCode !== 200) throw new Error(`CRM: ${statusCode} ${await body.text()}`);
  return (await body.json()) as T;
}

const open = (name: string) => new DatabaseSync(setting(name).replace(/^sqlite:/, ''), { readOnly: true });
const shop = open('ORDERS_URL');
const warehouse = open('INVENTORY_URL');
const inKeys = 'in (select value from json_each(?))';
const ordersOf = shop.prepare(
  'select * from sales_order where customer_ref = ? order by created_at desc, entity_id desc limit 5',
);
const linesOf = shop.prepare(`select * from sales_order_item where order_id ${inKeys} order by pos, item_id`);
const shipmentsOf = shop.prepare(`select * from sales_shipment where order_id ${inKeys} order by entity_id`);
const productsOf = warehouse.prepare(`select "ITNO", "ITDS" from "MITMAS" where "ITNO" ${inKeys}`);
const stockOf = warehouse.prepare(`select b.*, w."WHNM" from "MITBAL" b join "MITWHL" w on w."WHLO" = b."WHLO"
  where b."ITNO" ${inKeys} order by b."WHLO"`);

type Row = Record<string, string | number | null>;

const erp: Client = await createClientAsync(setting('FINANCE_URL'));
erp.setSecurity(
  new WSSecurity(setting('FINANCE_USER'), setting('FINANCE_PASSWORD'), { passwordType: 'PasswordDigest' }),
);
const text = (value: string) => value;
Object.assign(erp.wsdl.options, { customDeserializer: { decimal: text, date: text, dateTime: text } });

type ErpRow = Record<string, string>;

async function erpCall(operation: string, rows: string, parameters: object): Promise<ErpRow[]> {
  const [answer] = await erp[`${operation}Async`](parameters);
  return answer?.[rows] ?? [];
}

const segments: Row = { B2C: 'CONSUMER', SMB: 'SMALL_BUSINESS', ENT: 'ENTERPRISE', WHS: 'WHOLESALE' };
const channels: Row = { mail: 'EMAIL', tel: 'PHONE', sms: 'SMS', letter: 'POST' };
const caseStates: Row = { new: 'NEW', wip: 'OPEN', pending_customer: 'WAITING', solved: 'RESOLVED', closed: 'CLOSED' };
const orderStates: Row = {
  new: 'PENDING',
  processing: 'PROCESSING',
  holded: 'ON_HOLD',
  complete: 'COMPLETED',
  closed: 'COMPLETED',
  canceled: 'CANCELED',
};
const shipmentStates: Row = { 1: 'READY', 2: 'IN_TRANSIT', 3: 'DELIVERED', 4: 'RETURNED' };
const billingStates: Row = { N: 'NOT_INVOICED', O: 'UNPAID', P: 'PARTIALLY_PAID', F: 'PAID', R: 'REFUNDED' };
const invoiceStates: Row = { A: 'OPEN', B: 'PARTIALLY_PAID', C: 'PAID', X: 'VOIDED' };
const methods: Row = { CC: 'CARD', BT: 'BANK_TRANSFER', DD: 'DIRECT_DEBIT', EW: 'WALLET' };

const known = (codes: Row, code: unknown) =>
  code === null || code === undefined ? null : (codes[String(code)] ?? 'UNKNOWN');
const moment = (milliseconds: number) => new Date(milliseconds).toISOString();
const seconds = (value: unknown) => (value === null ? null : moment(Number(value) * 1000));
const digits = new Map<string, number>();

function digitsOf(currency: string): number {
  let known = digits.get(currency);
  if (known === undefined) {
    known = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    digits.set(currency, known);
  }
  return known;
}

function minor(amount: unknown, currency: unknown) {
  const places = digitsOf(String(currency));
  return { amount: (Number(amount) / 10 ** places).toFixed(places), currencyCode: String(currency) };
}

function major(amount: string | undefined, currency: string | undefined) {
  if (amount === undefined || amount === null || currency === undefined) return null;
  return { amount: Number(amount).toFixed(digitsOf(currency)), currencyCode: currency };
}

function grouped<T>(rows: readonly T[], key: (row: T) => unknown): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const name = String(key(row));
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

interface Contact {
  contact_id: string;
  display_name: string;
  email_addr: string | null;
  tel: string | null;
  segment_code: string;
  created: number;
  prefs: { channel: string; lang: string; mkt_ok: string };
}

interface Case {
  case_no: string;
  title: string;
  state: string;
  opened: number;
}

const contactFields = ['contact_id', 'display_name', 'email_addr', 'tel', 'segment_code', 'created', 'prefs'];
const caseFields = ['case_no', 'title', 'state', 'opened'];

async function customerOf(id: string) {
  const [contacts, cases] = await Promise.all([
    crmPost<{ results: Contact[] }>('/contacts/batch-read', { ids: [id], fields: contactFields }),
    crmPost<{ results: { data: Case[] }[] }>('/cases/by-contact', {
      contact_ids: [id],
      sort: '-opened',
      limit: 5,
      fields: caseFields,
    }),
  ]);
  return { contact: contacts.results[0], cases: cases.results[0]?.data ?? [] };
}

async function invoicesOf(orders: readonly string[]) {
  if (orders.length === 0) return { states: new Map<string, ErpRow[]>(), invoices: new Map(), payments: new Map() };
  const [billing, invoices] = await Promise.all([
    erpCall('ReadOrderBilling', 'OrderBilling', { OrdRef: orders }),
    erpCall('ReadInvoicesByOrder', 'Invoice', { OrdRef: orders }),
  ]);
  const numbers = invoices.map(({ DocNo }) => DocNo);
  const payments = numbers.length > 0 ? await erpCall('ReadPaymentsByInvoice', 'Payment', { DocNo: numbers }) : [];
  return {
    states: grouped(billing, ({ OrdRef }) => OrdRef),
    invoices: grouped(invoices, ({ OrdRef }) => OrdRef),
    payments: grouped(payments, ({ DocNo }) => DocNo),
  };
}

async function view(id: string) {
  const padded = (value: unknown) => String(value).padStart(10, '0');
  // What doesn't wait for anything else begins at once.
  const profile = customerOf(id);
  const accounts = erpCall('ReadAccountsByCustomer', 'Account', { CustNo: [padded(id)] });
  const orders = ordersOf.all(id) as Row[];
  const billing = invoicesOf(orders.map(({ entity_id }) => padded(entity_id)));
  const orderIds = JSON.stringify(orders.map(({ entity_id }) => entity_id));
  const lines = linesOf.all(orderIds) as Row[];
  const linesByOrder = grouped(lines, ({ order_id }) => order_id);
  const shipments = grouped(shipmentsOf.all(orderIds) as Row[], ({ order_id }) => order_id);
  const skus = JSON.stringify([...new Set(lines.map(({ sku }) => String(sku).toUpperCase()))]);
  const products = new Map((productsOf.all(skus) as Row[]).map((row) => [row.ITNO, row]));
  const stock = grouped(stockOf.all(skus) as Row[], ({ ITNO }) => ITNO);
  const [{ contact, cases }, [account], { states, invoices, payments }] = await Promise.all([
    profile,
    accounts,
    billing,
  ]);
  if (!contact) return { customer: null };

  const productOf = (sku: string) => {
    const product = products.get(sku);
    if (!product) return null;
    const levels = (stock.get(sku) ?? []).map((row) => ({
      warehouse: { code: row.WHLO, name: row.WHNM },
      onHand: row.STQT,
      committed: row.ALQT,
      incoming: row.ORQT,
      available: Number(row.STQT) - Number(row.ALQT),
    }));
    const available = levels.reduce((sum, level) => sum + level.available, 0);
    return { sku, name: product.ITDS, available, stock: levels };
  };

  const invoiceOf = (row: ErpRow) => ({
    id: row.DocNo,
    number: row.PrintNo,
    status: known(invoiceStates, row.Sts),
    dueOn: row.DueDate,
    amountDue: major(row.OpenAmt, row.Curr),
    payments: (payments.get(String(row.DocNo)) ?? []).map((payment: ErpRow) => ({
      id: payment.PayNo,
      method: known(methods, payment.Mthd),
      paidAt: moment(Date.parse(String(payment.PaidAt))),
      amount: major(payment.Amount, payment.Curr),
    })),
  });

  return {
    customer: {
      id: contact.contact_id,
      name: contact.display_name,
      email: contact.email_addr,
      phone: contact.tel === null ? null : `+${contact.tel.replace(/\D/g, '').replace(/^00/, '')}`,
      segment: known(segments, contact.segment_code),
      createdAt: moment(contact.created),
      preferences: {
        contactChannel: known(channels, contact.prefs.channel),
        language: contact.prefs.lang.replace('_', '-'),
        marketingConsent: contact.prefs.mkt_ok === 'Y',
      },
      cases: {
        nodes: cases.map(({ case_no, title, state, opened }) => ({
          id: case_no,
          subject: title,
          status: known(caseStates, state),
          openedAt: moment(opened),
        })),
      },
      account: account
        ? {
            balance: major(account.Balance, account.Curr),
            overdue: major(account.OverdueAmt, account.Curr),
            creditLimit: major(account.CreditLimit, account.Curr),
          }
        : null,
      orders: {
        nodes: orders.map((order) => ({
          id: String(order.entity_id),
          number: order.increment_id,
          status: known(orderStates, order.state),
          placedAt: seconds(order.created_at),
          paymentStatus: known(billingStates, states.get(padded(order.entity_id))?.[0]?.BillSts),
          total: minor(order.grand_total_ct, order.order_currency_code),
          lines: (linesByOrder.get(String(order.entity_id)) ?? []).map((line) => ({
            id: String(line.item_id),
            quantity: line.qty_ordered,
            unitPrice: minor(line.price_ct, line.order_currency_code),
            product: productOf(String(line.sku).toUpperCase()),
          })),
          shipments: (shipments.get(String(order.entity_id)) ?? []).map((row) => ({
            id: String(row.entity_id),
            status: known(shipmentStates, row.state),
            shippedAt: seconds(row.shipped_at),
            trackingNumber: row.track_number,
          })),
          invoices: (invoices.get(padded(order.entity_id)) ?? []).map(invoiceOf),
        })),
      },
    },
  };
}

function read(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => resolve(body));
    request.on('error', reject);
  });
}

createServer(async (request, response) => {
  let status = 200;
  let body: string;
  try {
    const { variables } = JSON.parse(await read(request));
    body = JSON.stringify({ data: await view(variables.id) });
  } catch (error) {
    status = 500;
    body = JSON.stringify({ errors: [{ message: String(error) }] });
  }
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}).listen({ host: '127.0.0.1', port: Number(port), backlog: 4096 });
