import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Customer } from '../../gateway/console/app/customer/customer-query.ts';
import { readPhone } from '../../gateway/console/app/customer/phone.ts';
import { termsOf } from '../../gateway/console/app/customer/search-terms.ts';
import { timelineOf } from '../../gateway/console/app/customer/timeline.ts';

test('what is typed is looked for in the ways that it may be meant', () => {
  const tried = (text: string) => termsOf(text, 'DE').tried.join(', ');
  assert.deepEqual(
    Object.fromEntries(
      [
        'we',
        'wei',
        '佐藤',
        '佐',
        '  Zoë   Müller ',
        'zoe@',
        'zoe@example.com',
        'W100018870',
        'w100018870',
        '10001',
        '+49 (0)89 2000581',
        '089/2000581',
        'Studio 54',
      ].map((text) => [text, tried(text)]),
    ),
    {
      we: '',
      wei: 'name',
      佐藤: 'name',
      佐: '',
      '  Zoë   Müller ': 'name',
      'zoe@': '',
      'zoe@example.com': 'mail address',
      W100018870: 'order number',
      w100018870: 'order number',
      10001: 'customer number, order number',
      '+49 (0)89 2000581': 'telephone number',
      '089/2000581': 'telephone number, order number',
      'Studio 54': 'name',
    },
  );
  assert.equal(termsOf('w100018870', undefined).variables.number, 'W100018870');
  assert.equal(termsOf('  Zoë   Müller ', undefined).variables.name, 'Zoë Müller');
});

test('a telephone number is read in common notations', () => {
  const read = (text: string, region?: string) => readPhone(text, region);
  for (const text of [
    '+49 89 2000581',
    '+49 (0)89 2000581',
    '+49.89.2000581',
    '0049-89-2000581',
    '0049 (89) 2000581',
  ]) {
    assert.deepEqual(read(text, 'DE'), { international: '+49892000581', national: undefined }, text);
  }
  assert.equal(read('089/2000581', 'DE')?.national, '+49892000581');
  assert.equal(read('(415) 555-2671', 'US')?.national, '+14155552671');
  assert.equal(read('06 1234 5678', 'IT')?.national, '+390612345678');
  assert.equal(read('089/2000581')?.national, undefined);
  assert.equal(read('49 89 2000581', 'DE')?.international, '+49892000581');
  for (const none of ['12345', 'W100018870', '10.10.2026 x', '123456789012345678']) {
    assert.equal(read(none, 'DE'), undefined, none);
  }
});

test('the timeline has all systems, newest first, and says how far back it is whole', () => {
  const money = { amount: '10.00', currencyCode: 'EUR' };
  const order = {
    ...{ id: '1', number: 'W1', status: 'COMPLETED', fulfillmentStatus: 'FULFILLED', placedAt: '2026-03-01T10:00:00Z' },
    ...{ paymentStatus: 'PAID', total: money, lines: [] },
    shipments: [
      {
        ...{ id: 'S1', status: 'DELIVERED', carrier: 'DHL', trackingNumber: null },
        ...{ shippedAt: '2026-03-02T10:00:00Z', deliveredAt: '2026-03-04T10:00:00Z' },
      },
    ],
  };
  const invoice = {
    ...{ id: '9', number: 'RE-9', status: 'PARTIALLY_PAID', issuedOn: '2026-03-03', dueOn: '2026-03-10' },
    ...{ overdue: true, total: money, amountDue: { ...money, amount: '4.00' }, order: { number: 'W1' } },
    payments: [
      {
        id: 'P1',
        method: 'CARD',
        paidAt: '2026-03-05T10:00:00Z',
        amount: { ...money, amount: '6.00' },
        reference: null,
      },
    ],
    refunds: [{ id: 'R1', refundedAt: '2026-03-06T10:00:00Z', amount: money, reason: 'Broken' }],
  };
  const pageInfo = { hasNextPage: false, endCursor: null };
  const supportCase = {
    ...{ id: 'C1', subject: 'Late', status: 'CLOSED', priority: 'LOW' },
    ...{ openedAt: '2026-02-01T10:00:00Z', closedAt: '2026-03-07T10:00:00Z' },
  };
  const note = { id: 'N1', body: 'Nice', author: 'Ann', writtenAt: '2026-01-01T10:00:00Z' };
  const customer = {
    cases: { totalCount: 1, pageInfo, nodes: [supportCase] },
    notes: { totalCount: 1, pageInfo, nodes: [note] },
    orders: { totalCount: 5, pageInfo, nodes: [order] },
    invoices: { totalCount: 1, pageInfo, nodes: [invoice] },
  } as unknown as Customer;

  const whole = timelineOf(customer, [order], [invoice]);
  assert.deepEqual(
    whole.happenings.map(({ at, subgraph, what }) => `${at.slice(5, 10)} ${subgraph}: ${what}`),
    [
      '03-10 finance: Invoice RE-9 was due',
      '03-07 customers: Case closed',
      '03-06 finance: Paid back',
      '03-05 finance: Paid by card',
      '03-04 orders: Parcel delivered',
      '03-03 finance: Invoice RE-9 issued',
      '03-02 orders: Parcel sent',
      '03-01 orders: Order W1 placed',
      '02-01 customers: Case opened',
      '01-01 customers: Note by Ann',
    ],
  );
  assert.equal(new Set(whole.happenings.map(({ key }) => key)).size, whole.happenings.length);
  // Four orders that aren't here were placed before the one that is.
  assert.equal(whole.completeSince, order.placedAt);
  const finance = timelineOf(customer, [order], [invoice], 'finance');
  assert.deepEqual(new Set(finance.happenings.map(({ subgraph }) => subgraph)), new Set(['finance']));
  assert.equal(finance.completeSince, undefined);
});
