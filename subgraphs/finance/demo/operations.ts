import { today } from '../../demo/calendar.ts';
import { badMessage } from './fault.ts';
import { type Cut, type InvoiceList, NoSuchRowError, type Part, type Store } from './store.ts';

/** What an operation is called with, as the SOAP library reads it by the WSDL; nothing when the message is empty. */
type Arguments = Readonly<Record<string, unknown>>;

type Operation = (message: Arguments | null) => object;

/** The most keys in one message. */
const most = 100;

/** The ERP's operations, by name. */
export function operations(store: Store): Record<string, Operation> {
  const read =
    (table: string, key: string): Operation =>
    (message) => ({ [table]: store.byKeys(table, key, keysIn(message, key)) });
  return {
    Ping: () => ({ SysDate: today }),
    ReadInvoices: read('Invoice', 'DocNo'),
    ReadInvoicesByPrintNo: read('Invoice', 'PrintNo'),
    ReadInvoicesByOrder: read('Invoice', 'OrdRef'),
    ListInvoices: (message) =>
      answer(
        'Invoice',
        listed(() => store.invoices(undefined, invoiceList(message))),
      ),
    ListInvoicesByCustomer: (message) => {
      const list = invoiceList(message);
      const group = (CustNo: string) => ({
        CustNo,
        ...answer(
          'Invoice',
          listed(() => store.invoices(CustNo, list)),
        ),
      });
      return { Group: keysIn(message, 'CustNo').map(group) };
    },
    ListReceivables: (message) => answer('Receivable', store.receivables(cutOf(message))),
    ReadPayments: read('Payment', 'PayNo'),
    ReadPaymentsByInvoice: read('Payment', 'DocNo'),
    ReadRefunds: read('Refund', 'RefundNo'),
    ReadRefundsByInvoice: read('Refund', 'DocNo'),
    ReadAccounts: read('Account', 'AcctNo'),
    ReadAccountsByCustomer: read('Account', 'CustNo'),
    ListLedgerByAccount: (message) => {
      const cut = cutOf(message);
      const group = (AcctNo: string) => ({
        AcctNo,
        ...answer(
          'Entry',
          listed(() => store.ledger(AcctNo, cut)),
        ),
      });
      return { Group: keysIn(message, 'AcctNo').map(group) };
    },
    ReadOrderBilling: read('OrderBilling', 'OrdRef'),
  };
}

function answer(name: string, { rows, more, total }: Part) {
  return { [name]: rows, More: more, Total: total };
}

function listed(list: () => Part): Part {
  try {
    return list();
  } catch (error) {
    throw error instanceof NoSuchRowError ? badMessage(error.message) : error;
  }
}

function keysIn(message: Arguments | null, name: string): readonly string[] {
  const keys = textsIn(message, name);
  if (keys.length > most) throw badMessage(`at most ${most} of ${name} in one message, got ${keys.length}`);
  return keys;
}

function invoiceList(message: Arguments | null): InvoiceList {
  const sortBy = textIn(message, 'SortBy') ?? 'IssDate';
  if (sortBy !== 'IssDate' && sortBy !== 'DueDate') throw badMessage('SortBy takes IssDate or DueDate');
  return {
    ...cutOf(message),
    statuses: textsIn(message, 'Sts'),
    overdue: textIn(message, 'Overdue'),
    issuedFrom: dateIn(message, 'IssuedFrom'),
    issuedBefore: dateIn(message, 'IssuedBefore'),
    sortBy,
    descending: message?.SortDesc === true,
  };
}

function cutOf(message: Arguments | null): Cut {
  const maxRows = message?.MaxRows;
  if (typeof maxRows !== 'number' || !(maxRows >= 0)) throw badMessage('MaxRows is needed, as a number');
  return { maxRows, startAfter: textIn(message, 'StartAfter'), withTotal: message?.WithTotal === true };
}

/** The library reads a repeated element as a list, and an empty one as null. */
function textsIn(message: Arguments | null, name: string): readonly string[] {
  const value = message?.[name];
  const values = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === 'string');
}

function textIn(message: Arguments | null, name: string): string | undefined {
  return textsIn(message, name)[0] || undefined;
}

/** The library reads a day as a moment in UTC. */
function dateIn(message: Arguments | null, name: string): string | undefined {
  const value = message?.[name];
  if (!(value instanceof Date)) return undefined;
  if (Number.isNaN(value.getTime())) throw badMessage(`${name} takes a day such as 2026-03-29`);
  return value.toISOString().slice(0, 10);
}
