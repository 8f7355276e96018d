import { CustomerLink, OrderLink } from '../customer/links.tsx';
import { words } from '../format/words.ts';
import { Amount } from '../parts/amount.tsx';
import { Badge } from '../parts/badge.tsx';
import type { Column } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { Only } from './only.tsx';
import { daysOf } from './period-words.ts';
import type { Range } from './ranges.ts';
import { nextPage, pageVariables, RowsPanel } from './rows-panel.tsx';
import { type OrderRow, ordersQuery, type RowsData } from './rows-query.ts';
import { useLive } from './use-live.ts';
import type { View } from './use-view.ts';

const waiting = ['ON_HOLD', 'PENDING', 'PROCESSING'];
const counted = [...waiting, 'COMPLETED'];

const columns: readonly (Column<OrderRow> & { readonly field?: string })[] = [
  { name: 'Order', cell: ({ number }) => <OrderLink number={number} /> },
  { name: 'Placed', cell: ({ placedAt }) => <When at={placedAt} precise /> },
  { name: 'Customer', field: 'customer', cell: ({ customer }) => <Customer of={customer} /> },
  { name: 'Status', cell: ({ status }) => <Badge value={status} /> },
  { name: 'Fulfilment', cell: ({ fulfillmentStatus }) => <Badge value={fulfillmentStatus} /> },
  { name: 'Total', align: 'end', cell: ({ total }) => <Amount of={total} /> },
];

const shared = {
  subgraph: 'orders',
  also: ['customers'],
  parts: [{ what: 'Customers', field: 'customer', subgraph: 'customers' }],
  columns,
  keyOf: ({ id }: OrderRow) => id,
} as const;

/** The orders that are counted in a time, the latest first. */
export function PlacedRows({ view, range }: { readonly view: View; readonly range: Range }) {
  const { from, before } = range;
  const variables = { ...pageVariables(view), status: counted, placedAt: { from, before }, direction: 'DESC' };
  const query = useLive<RowsData<OrderRow>>(ordersQuery, variables);
  return (
    <RowsPanel
      {...shared}
      title={`Orders, ${daysOf(range)}`}
      query={query}
      none="No orders in this time."
      next={nextPage(view, query)}
      view={view}
    />
  );
}

/** Orders that aren't handed over yet, the oldest first. */
export function WaitingRows({ view }: { readonly view: View }) {
  const only = waiting.find((status) => status === view.params.get('only'));
  const variables = { ...pageVariables(view), status: only ? [only] : waiting, placedAt: null, direction: 'ASC' };
  const query = useLive<RowsData<OrderRow>>(ordersQuery, variables);
  return (
    <RowsPanel
      {...shared}
      title="Orders waiting"
      query={query}
      none={only ? `No order is ${words(only).toLowerCase()}.` : 'No order waits.'}
      above={<Only label="Status" of={waiting.map((value) => ({ value }))} chosen={only} view={view} />}
      next={nextPage(view, query)}
      view={view}
    />
  );
}

/** A customer's name, leading to their page. */
export function Customer({ of }: { readonly of: OrderRow['customer'] }) {
  return of ? <CustomerLink id={of.id}>{of.name}</CustomerLink> : <span class="nothing">–</span>;
}
