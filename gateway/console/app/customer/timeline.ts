import { type Money, money } from '../format/money.ts';
import { words } from '../format/words.ts';
import type { Customer, OrderRow } from './customer-query.ts';
import type { Invoice } from './fragments.ts';
import { orderPath } from './paths.ts';

/** Something that happened, in one of the systems. */
export interface Happening {
  readonly key: string;
  /** ISO 8601: a moment, or a day where the system keeps no more. */
  readonly at: string;
  readonly subgraph: 'customers' | 'orders' | 'finance';
  readonly what: string;
  readonly detail?: string;
  /** The page that tells more. */
  readonly href?: string;
  readonly bad?: boolean;
}

/** What happened, newest first, and how far back all of it is here. */
export interface Timeline {
  readonly happenings: readonly Happening[];
  /** Before this, some are missing, since only the latest of a list were read; undefined where none are. */
  readonly completeSince: string | undefined;
}

/** All that the systems know to have happened with a customer, as far as it was read. `subgraph`: of this one alone. */
export function timelineOf(
  { cases, notes, orders, invoices }: Customer,
  orderRows: readonly OrderRow[],
  invoiceRows: readonly Invoice[],
  subgraph?: string,
): Timeline {
  const lists = [
    {
      rows: cases?.nodes ?? [],
      of: 'customers',
      total: cases?.totalCount,
      at: at((row) => row.openedAt, cases?.nodes),
    },
    {
      rows: notes?.nodes ?? [],
      of: 'customers',
      total: notes?.totalCount,
      at: at((row) => row.writtenAt, notes?.nodes),
    },
    { rows: orderRows, of: 'orders', total: orders?.totalCount, at: at((row) => row.placedAt, orderRows) },
    { rows: invoiceRows, of: 'finance', total: invoices?.totalCount, at: at((row) => row.issuedOn, invoiceRows) },
  ].filter(({ of }) => subgraph === undefined || of === subgraph);
  const all = [
    ...(cases?.nodes ?? []).flatMap(ofCase),
    ...(notes?.nodes ?? []).map(ofNote),
    ...orderRows.flatMap(ofOrder),
    ...invoiceRows.flatMap(ofInvoice),
  ].filter((each) => subgraph === undefined || each.subgraph === subgraph);
  const ends = lists.flatMap(({ rows, total = 0, at }) => (rows.length < total && at !== undefined ? [at] : []));
  return {
    happenings: all.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)),
    completeSince: ends.toSorted().at(-1),
  };
}

/** When the last row of a list was, newest first. */
function at<Row>(of: (row: Row) => string, rows: readonly Row[] = []): string | undefined {
  const last = rows.at(-1);
  return last && of(last);
}

function ofCase({ id, subject, openedAt, closedAt }: NonNullable<Customer['cases']>['nodes'][number]): Happening[] {
  const opened = {
    key: `${id} opened`,
    at: openedAt,
    subgraph: 'customers',
    what: 'Case opened',
    detail: subject,
  } as const;
  if (closedAt === null) return [opened];
  return [opened, { ...opened, key: `${id} closed`, at: closedAt, what: 'Case closed' }];
}

function ofNote({ id, body, author, writtenAt }: NonNullable<Customer['notes']>['nodes'][number]): Happening {
  return { key: id, at: writtenAt, subgraph: 'customers', what: `Note by ${author}`, detail: body };
}

function ofOrder({ number, placedAt, status, total, shipments }: OrderRow): Happening[] {
  const href = orderPath(number);
  const order = { subgraph: 'orders', href } as const;
  const ended = status === 'CANCELED' ? ', canceled since' : '';
  return [
    { ...order, key: number, at: placedAt, what: `Order ${number} placed`, detail: `${money(total)}${ended}` },
    ...shipments.flatMap(({ id, carrier, shippedAt, deliveredAt }) => [
      ...(shippedAt === null
        ? []
        : [{ ...order, key: `${id} sent`, at: shippedAt, what: 'Parcel sent', detail: `${carrier}, order ${number}` }]),
      ...(deliveredAt === null
        ? []
        : [{ ...order, key: `${id} there`, at: deliveredAt, what: 'Parcel delivered', detail: `Order ${number}` }]),
    ]),
  ];
}

function ofInvoice(invoice: Invoice): Happening[] {
  const { number, issuedOn, dueOn, overdue, total, amountDue, payments, refunds, order } = invoice;
  const finance = { subgraph: 'finance', ...(order && { href: orderPath(order.number) }) } as const;
  const amount = (of: Money, why: string | null) => [money(of), `invoice ${number}`, ...(why ? [why] : [])].join(', ');
  return [
    { ...finance, key: number, at: issuedOn, what: `Invoice ${number} issued`, detail: money(total) },
    ...(overdue
      ? [
          {
            ...finance,
            key: `${number} due`,
            at: dueOn,
            what: `Invoice ${number} was due`,
            detail: `${money(amountDue)} not paid`,
            bad: true,
          },
        ]
      : []),
    ...payments.map(({ id, method, paidAt, amount: paid }) => ({
      ...finance,
      key: id,
      at: paidAt,
      what: `Paid by ${words(method).toLowerCase()}`,
      detail: amount(paid, null),
    })),
    ...refunds.map(({ id, refundedAt, amount: back, reason }) => ({
      ...finance,
      key: id,
      at: refundedAt,
      what: 'Paid back',
      detail: amount(back, reason),
    })),
  ];
}
