import assert from 'node:assert/strict';
import { test } from 'node:test';

// Read when the formats are made.
process.env.TZ = 'Europe/Berlin';
const { sums } = await import('../../gateway/console/app/format/money.ts');
const { relative } = await import('../../gateway/console/app/format/times.ts');
const { gapAt, gapOfField } = await import('../../gateway/console/app/graph/answer.ts');

test('a day is as near as days are, in the reader’s time zone; a moment as near as it is', () => {
  // Half past midnight in Berlin; in UTC it is the day before.
  const now = Date.parse('2026-11-21T23:30:00Z');
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  const expected = {
    '2026-11-22': format.format(0, 'day'),
    '2026-11-21': format.format(-1, 'day'),
    '2026-11-23': format.format(1, 'day'),
    '2026-10-20': format.format(-1, 'month'),
    '2026-11-21T23:29:40Z': format.format(0, 'second'),
    '2026-11-21T20:30:00Z': format.format(-3, 'hour'),
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((text) => [text, relative(text, now)])), expected);
});

test('sums are exact, by currency, whatever parts a currency has', () => {
  const of = (currencyCode: string, ...amounts: string[]) => amounts.map((amount) => ({ amount, currencyCode }));
  const added = sums([
    ...of('EUR', '0.1', '0.2', '-1.3'),
    ...of('JPY', '13955', '1'),
    ...of('KWD', '9007199254740993.001'),
  ]);
  assert.deepEqual(
    added.map(({ amount }) => amount),
    ['-1.000000', '13956.000000', '9007199254740993.001000'],
  );
});

test('what is missing is told by the errors of its place, of what it is in, and of what is in it', () => {
  const error = (path: (string | number)[] | undefined, code: string) => ({
    message: code,
    ...(path && { path }),
    extensions: { code, serviceName: 'orders' },
  });
  const answer = {
    errors: [
      error(['customer', 'orders', 'nodes', 3, 'paymentStatus'], 'SYSTEM_TIMEOUT'),
      error(['customer', 'orderCount'], 'UNAUTHORIZED_FIELD_OR_TYPE'),
    ],
  };
  const kinds = (...places: string[]) => [gapAt(answer, ...places)?.kind, gapOfField(answer, ...places)?.kind];
  assert.deepEqual(kinds('customer.orders'), ['slow', undefined]);
  assert.deepEqual(kinds('customer.orders.nodes.paymentStatus'), ['slow', 'slow']);
  assert.deepEqual(kinds('customer.order'), [undefined, undefined]);
  assert.deepEqual(kinds('customer.orderCount', 'customer.notes'), ['forbidden', 'forbidden']);
  const whole = { errors: [error(undefined, 'SYSTEM_UNAVAILABLE')] };
  assert.equal(gapOfField(whole, 'customer.notes')?.kind, 'down');
});
