import { type Bill, bills, type Invoice, type Payment } from '../../demo/billing.ts';
import { hour } from '../../demo/calendar.ts';
import type { Company } from '../../demo/company.ts';
import type { Draft } from '../../demo/draft.ts';
import { accountOf, Balances, type Entry, entriesOf } from '../../demo/ledger.ts';
import { fromMinor } from '../../kit/money.ts';

const invoiceStatuses: Record<Invoice['status'], string> = { open: 'A', 'partially-paid': 'B', paid: 'C', voided: 'X' };
const methods: Record<Payment['method'], string> = { card: 'CC', transfer: 'BT', debit: 'DD', wallet: 'EW' };
const kinds: Record<Entry['kind'], string> = { invoice: 'INV', payment: 'PAY', refund: 'REF' };
const billStatuses: Record<Bill['status'], string> = {
  'not-invoiced': 'N',
  unpaid: 'O',
  'partially-paid': 'P',
  paid: 'F',
  refunded: 'R',
};

/** Amounts are exact decimal text, days and times are text in ISO 8601: all as the ERP sends them. */
const tables = `
  create table Invoice (
    DocNo text not null, PrintNo text not null, Sts text not null, IssDate text not null, DueDate text not null,
    Amount text not null, OpenAmt text not null, Curr text not null, OrdRef text, CustNo text not null,
    Overdue text not null);
  create table Payment (
    PayNo text not null, DocNo text not null, Mthd text not null, PaidAt text not null, Amount text not null,
    Curr text not null, RefText text);
  create table Refund (
    RefundNo text not null, DocNo text not null, RefundedAt text not null, Amount text not null, Curr text not null,
    RefText text);
  create table Account (
    AcctNo text not null, CustNo text not null, Balance text not null, OverdueAmt text not null, CreditLimit text,
    Curr text not null);
  create table Entry (
    EntryNo text not null, AcctNo text not null, BookDate text not null, Kind text not null, Amount text not null,
    Curr text not null, RefText text);
  create table OrderBilling (OrdRef text not null, BillSts text not null);
`;

/** Keys too are indexed once all rows are there, which is faster than row by row. */
const indexes = `
  create unique index InvoiceKey on Invoice (DocNo);
  create unique index PaymentKey on Payment (PayNo);
  create unique index RefundKey on Refund (RefundNo);
  create unique index AccountKey on Account (AcctNo);
  create unique index EntryKey on Entry (EntryNo);
  create unique index OrderBillingKey on OrderBilling (OrdRef);
  create unique index InvoicePrintNo on Invoice (PrintNo);
  create index InvoiceOrder on Invoice (OrdRef, DocNo);
  create index InvoiceIssued on Invoice (IssDate, DocNo);
  create index InvoiceDue on Invoice (DueDate, DocNo);
  create index InvoiceOverdue on Invoice (Overdue, IssDate, DocNo);
  create index InvoiceCustomerIssued on Invoice (CustNo, IssDate, DocNo);
  create index InvoiceCustomerDue on Invoice (CustNo, DueDate, DocNo);
  create index PaymentInvoice on Payment (DocNo, PayNo);
  create index RefundInvoice on Refund (DocNo, RefundNo);
  create unique index AccountCustomer on Account (CustNo);
  create index EntryAccount on Entry (AcctNo, BookDate, EntryNo);
`;

/** Writes the ERP's part of the company. */
export function write(company: Company, draft: Draft): void {
  draft.exec(tables);
  const insertBilling = draft.into('OrderBilling', ['OrdRef', 'BillSts']);
  const insertInvoice = invoiceInserter(draft);
  const balances = new Balances();
  for (const { order, status, invoices } of bills(company)) {
    if (order !== null) insertBilling(padded(order), billStatuses[status]);
    for (const invoice of invoices) {
      balances.add(invoice);
      insertInvoice(invoice, order);
    }
  }
  const insertAccount = draft.into('Account', ['AcctNo', 'CustNo', 'Balance', 'OverdueAmt', 'CreditLimit', 'Curr']);
  for (const { id, customer, balance, overdue, creditLimit } of balances.accounts(company)) {
    const { currency } = customer.country;
    const limit = creditLimit === null ? null : fromMinor(creditLimit, currency);
    insertAccount(id, padded(customer.id), fromMinor(balance, currency), fromMinor(overdue, currency), limit, currency);
  }
  draft.exec(indexes);
}

function invoiceInserter(draft: Draft): (invoice: Invoice, order: number | null) => void {
  const insertInvoice = draft.into('Invoice', [
    'DocNo',
    'PrintNo',
    'Sts',
    'IssDate',
    'DueDate',
    'Amount',
    'OpenAmt',
    'Curr',
    'OrdRef',
    'CustNo',
    'Overdue',
  ]);
  const insertPayment = draft.into('Payment', ['PayNo', 'DocNo', 'Mthd', 'PaidAt', 'Amount', 'Curr', 'RefText']);
  const insertRefund = draft.into('Refund', ['RefundNo', 'DocNo', 'RefundedAt', 'Amount', 'Curr', 'RefText']);
  const insertEntry = draft.into('Entry', ['EntryNo', 'AcctNo', 'BookDate', 'Kind', 'Amount', 'Curr', 'RefText']);
  return (invoice, order) => {
    const { id, number, customer, status, issuedOn, dueOn, payments, refunds } = invoice;
    const { currency } = customer.country;
    insertInvoice(
      id,
      number,
      invoiceStatuses[status],
      issuedOn,
      dueOn,
      fromMinor(invoice.amount, currency),
      fromMinor(invoice.open, currency),
      currency,
      order === null ? null : padded(order),
      padded(customer.id),
      invoice.overdue ? 'X' : '-',
    );
    for (const { id: payment, method, at, amount, text } of payments) {
      insertPayment(payment, id, methods[method], local(at), fromMinor(amount, currency), currency, text);
    }
    for (const { id: refund, at, amount, text } of refunds) {
      insertRefund(refund, id, local(at), fromMinor(amount, currency), currency, text);
    }
    for (const { id: entry, date, kind, amount, text } of entriesOf(invoice)) {
      insertEntry(entry, accountOf(customer), date, kinds[kind], fromMinor(amount, currency), currency, text);
    }
  };
}

function padded(number: number | string): string {
  return String(number).padStart(10, '0');
}

/** The ERP writes times with the offset of its own place, which is taken to have summer time from April to October. */
function local(moment: number): string {
  const month = new Date(moment).getUTCMonth() + 1;
  const offset = month >= 4 && month <= 10 ? 2 : 1;
  return new Date(moment + offset * hour).toISOString().replace(/\.\d+Z$/, `+0${offset}:00`);
}
