/**
 * Where the demo data has the faults of real data, the same at every scale: ids as the contract has them. An order's
 * number is `W100000000` plus its id.
 */
export const blemishes = {
  /** Has 15 % of all orders: 3,000 at scale 1. */
  whale: { customer: '10001' },
  /** Its segment is `B2G`, which the mapping does not know. */
  unknownSegment: { customer: '10002', code: 'B2G' },
  /** The ERP keeps no account and has issued no invoices, though there are orders. */
  noAccount: { customer: '10003' },
  /** Its account has no credit limit. */
  noCreditLimit: { customer: '10004', account: 'D0000010004' },
  /** Has no mail address. */
  noEmail: { customer: '10006' },
  /** Has no telephone number. */
  noPhone: { customer: '10007' },
  /** The order's customer is gone from the CRM; the ERP still has the account and the invoice. */
  deletedCustomer: { customer: '99999', order: '4', number: 'W100000004', account: 'D0000099999' },
  /** An open line of the order names a product that the warehouse does not know. */
  goneProduct: { sku: 'STL-0000', order: '9', number: 'W100000009' },
  /** Still in the warehouse's list of products, but without stock anywhere. */
  discontinuedProduct: { sku: 'DSK-0003' },
  /** The shop says `fraud_rvw`, which the mapping does not know. */
  unknownState: { order: '10', number: 'W100000010', code: 'fraud_rvw' },
  /** The ERP has never heard of the order. */
  unknownToErp: { order: '11', number: 'W100000011' },
  /** Paid orders in four currencies. */
  currencies: { JPY: '3', EUR: '5', USD: '16', GBP: '17' },
  /** An invoice in a currency without minor places, for the order in yen. */
  yenInvoice: { invoice: '1400000005', order: '3', customer: '10005' },
  /** Written by hand in the ERP, for no order. */
  manualInvoice: { invoice: '1490000001', customer: '10008' },
  /** Names with accents and in other writings than Latin. */
  names: {
    10005: '佐藤 花子',
    10006: 'Łukasz Żółkiewski',
    10008: 'Zoë Müller',
    10009: 'José Ángel Núñez',
    10003: 'Ελένη Παπαδοπούλου',
    10010: 'Иван Петров',
    10011: 'محمد العلي',
    10012: '王 小明',
  },
} as const;
