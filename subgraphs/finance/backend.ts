import { flag, many, money, one, oneOf, padded } from '../kit/mapping.ts';
import { env } from '../kit/settings.ts';
import { soap, usernameToken } from '../kit/sources/soap/backend.ts';
import type { Contract } from './contract.ts';

/** The ERP pads the numbers of customers and orders with zeros to ten digits. */
const customerNumber = padded('CustNo', 10);
const orderNumber = padded('OrdRef', 10);

/** How lists of invoices are filtered, ordered and cut, alike below a customer and at the top. */
const invoiceList = {
  rows: 'Invoice',
  limit: 'MaxRows',
  after: { parameter: 'StartAfter', column: 'DocNo' },
  total: { parameter: 'WithTotal', path: 'Total' },
  filters: {
    'Overdue =': 'Overdue',
    'Sts in': 'Sts',
    'IssDate >=': 'IssuedFrom',
    'IssDate <': 'IssuedBefore',
  },
  orders: {
    'IssDate asc': { SortBy: 'IssDate', SortDesc: false },
    'IssDate desc': { SortBy: 'IssDate', SortDesc: true },
    'DueDate asc': { SortBy: 'DueDate', SortDesc: false },
    'DueDate desc': { SortBy: 'DueDate', SortDesc: true },
  },
} as const;

/** The ERP: SOAP, described by its WSDL, with a WS-Security user name token. */
export const backend = soap<Contract>({
  system: 'erp',
  url: env('FINANCE_URL', "the URL of the ERP's WSDL, such as https://erp.example/ws/finance?wsdl"),
  auth: usernameToken(
    env('FINANCE_USER', 'a user name of the ERP'),
    env('FINANCE_PASSWORD', "the password of the ERP's user"),
  ),
  ping: 'Ping',
  batchSize: 100,
  concurrency: 4,
  types: {
    Invoice: {
      byKey: {
        DocNo: { operation: 'ReadInvoices', keys: 'DocNo', rows: 'Invoice' },
        PrintNo: { operation: 'ReadInvoicesByPrintNo', keys: 'PrintNo', rows: 'Invoice' },
        OrdRef: { operation: 'ReadInvoicesByOrder', keys: 'OrdRef', rows: 'Invoice' },
      },
      list: { operation: 'ListInvoices', ...invoiceList },
      top: {
        CustNo: {
          operation: 'ListInvoicesByCustomer',
          parents: 'CustNo',
          groups: 'Group',
          parent: 'CustNo',
          ...invoiceList,
        },
      },
      key: { id: 'DocNo' },
      fields: {
        number: 'PrintNo',
        status: oneOf('Sts', { A: 'OPEN', B: 'PARTIALLY_PAID', C: 'PAID', X: 'VOIDED' }),
        issuedOn: 'IssDate',
        dueOn: 'DueDate',
        total: money('Amount', 'Curr', 'major'),
        amountDue: money('OpenAmt', 'Curr', 'major'),
        overdue: flag('Overdue', { yes: 'X', no: '-' }),
        payments: many('Payment', 'DocNo'),
        refunds: many('Refund', 'DocNo'),
        order: one('Order', 'OrdRef'),
        customer: one('Customer', 'CustNo'),
      },
    },
    Receivables: {
      list: {
        operation: 'ListReceivables',
        rows: 'Receivable',
        limit: 'MaxRows',
        after: { parameter: 'StartAfter', column: 'Curr' },
        orders: { 'Curr asc': {} },
      },
      key: { currencyCode: 'Curr' },
      fields: {
        due: money('OpenAmt', 'Curr', 'major'),
        dueCount: 'OpenCnt',
        overdue: money('OverdueAmt', 'Curr', 'major'),
        overdueCount: 'OverdueCnt',
      },
    },
    Payment: {
      byKey: {
        PayNo: { operation: 'ReadPayments', keys: 'PayNo', rows: 'Payment' },
        DocNo: { operation: 'ReadPaymentsByInvoice', keys: 'DocNo', rows: 'Payment' },
      },
      key: { id: 'PayNo' },
      fields: {
        method: oneOf('Mthd', { CC: 'CARD', BT: 'BANK_TRANSFER', DD: 'DIRECT_DEBIT', EW: 'WALLET' }),
        paidAt: 'PaidAt',
        amount: money('Amount', 'Curr', 'major'),
        reference: 'RefText',
      },
    },
    Refund: {
      byKey: {
        RefundNo: { operation: 'ReadRefunds', keys: 'RefundNo', rows: 'Refund' },
        DocNo: { operation: 'ReadRefundsByInvoice', keys: 'DocNo', rows: 'Refund' },
      },
      key: { id: 'RefundNo' },
      fields: {
        refundedAt: 'RefundedAt',
        amount: money('Amount', 'Curr', 'major'),
        reason: 'RefText',
      },
    },
    Account: {
      byKey: {
        AcctNo: { operation: 'ReadAccounts', keys: 'AcctNo', rows: 'Account' },
        CustNo: { operation: 'ReadAccountsByCustomer', keys: 'CustNo', rows: 'Account' },
      },
      key: { id: 'AcctNo' },
      fields: {
        balance: money('Balance', 'Curr', 'major'),
        overdue: money('OverdueAmt', 'Curr', 'major'),
        creditLimit: money('CreditLimit', 'Curr', 'major'),
        entries: many('LedgerEntry', 'AcctNo', { order: { BookDate: 'desc' } }),
        customer: one('Customer', 'CustNo'),
      },
    },
    LedgerEntry: {
      top: {
        AcctNo: {
          operation: 'ListLedgerByAccount',
          parents: 'AcctNo',
          groups: 'Group',
          parent: 'AcctNo',
          rows: 'Entry',
          limit: 'MaxRows',
          after: { parameter: 'StartAfter', column: 'EntryNo' },
          total: { parameter: 'WithTotal', path: 'Total' },
          orders: { 'BookDate desc': {} },
        },
      },
      key: { id: 'EntryNo' },
      fields: {
        bookedOn: 'BookDate',
        kind: oneOf('Kind', { INV: 'INVOICE', PAY: 'PAYMENT', REF: 'REFUND' }),
        amount: money('Amount', 'Curr', 'major'),
        description: 'RefText',
      },
    },
    Customer: {
      key: { id: customerNumber },
      fields: { account: one('Account', 'CustNo'), invoices: many('Invoice', 'CustNo') },
    },
    Order: {
      contributed: true,
      byKey: { OrdRef: { operation: 'ReadOrderBilling', keys: 'OrdRef', rows: 'OrderBilling' } },
      key: { id: orderNumber },
      fields: {
        paymentStatus: oneOf('BillSts', {
          N: 'NOT_INVOICED',
          O: 'UNPAID',
          P: 'PARTIALLY_PAID',
          F: 'PAID',
          R: 'REFUNDED',
        }),
        invoices: many('Invoice', 'OrdRef'),
      },
    },
  },
});
