import type { Answer, Found, Money, Order } from './agent-answer.ts';

/** The page of a customer, line by line: what is not there says why. */
export function pageOf({ found, faults }: Answer<Found>): string[] {
  const why = (field: string) => faults.find(({ path }) => path?.at(-1) === field)?.message ?? '–';
  const { profile, figures } = found ?? {};
  const { cases } = profile ?? {};
  const { account, orders } = figures ?? {};
  const who = profile && [
    ['Customer', `${profile.name}, ${profile.segment}, number ${profile.id}`],
    ['Mail', profile.email ?? why('email')],
    ['Phone', profile.phone ?? why('phone')],
    ['Prefers', `${profile.preferences.contactChannel}, ${profile.preferences.language}`],
    ['Open cases', cases ? String(cases.totalCount) : why('cases')],
    ...under(cases?.nodes.map((each) => [day(each.openedAt), each.priority, each.status, each.subject])),
  ];
  return aligned([
    ...(who ?? [['Customer', why('profile')]]),
    [
      'Owes',
      account ? `${money(account.balance)}, overdue ${money(account.overdue)}` : why(figures ? 'account' : 'figures'),
    ],
    ['Orders', orders ? String(orders.totalCount) : why(figures ? 'orders' : 'figures')],
    ...under(orders?.nodes.flatMap((order) => linesOf(order, why('paymentStatus')))),
  ]);
}

/** An order in a line, with its first parcel; more parcels stand below. */
function linesOf({ number, status, placedAt, total, paymentStatus, shipments }: Order, unknown: string): string[][] {
  const [first = '', ...more] = shipments.map((each) => `${each.status} ${each.carrier} ${each.trackingNumber ?? ''}`);
  const order = [day(placedAt), number, status, money(total), paymentStatus ?? unknown, first];
  return [order, ...more.map((parcel) => ['', '', '', '', '', parcel])];
}

const day = (moment: string) => moment.slice(0, 10);
const money = ({ amount, currencyCode }: Money) => `${amount} ${currencyCode}`;
const under = (rows: readonly (readonly string[])[] = []) => aligned(rows).map((row) => ['', row]);

/** Rows as lines, with columns of one width. What people wrote can't steer the terminal. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(width(column))).join('  ');
  return rows.map((row) =>
    line(row)
      .trimEnd()
      .replaceAll(/\p{Cc}/gu, ' '),
  );
}
