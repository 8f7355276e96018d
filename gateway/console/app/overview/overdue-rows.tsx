import { OrderLink } from '../customer/links.tsx';
import { daysSince } from '../format/times.ts';
import { number } from '../format/words.ts';
import type { Answer } from '../graph/answer.ts';
import { Amount } from '../parts/amount.tsx';
import { Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { Customer } from './order-rows.tsx';
import type { OverviewData } from './overview-query.ts';
import { nextPage, pageVariables, RowsPanel } from './rows-panel.tsx';
import { type InvoiceRow, overdueQuery, type RowsData } from './rows-query.ts';
import { useLive } from './use-live.ts';
import type { View } from './use-view.ts';

export interface OverdueRowsProps {
  readonly view: View;
  /** The sums of all of them come with the page's numbers. */
  readonly answer: Answer<OverviewData> | undefined;
}

/** What is owed by currency, and the invoices that should have been paid, the oldest first. */
export function OverdueRows({ view, answer }: OverdueRowsProps) {
  const query = useLive<RowsData<InvoiceRow>>(overdueQuery, pageVariables(view));
  const receivables = answer?.data?.receivables ?? [];
  return (
    <RowsPanel
      title="Overdue invoices"
      query={query}
      subgraph="finance"
      also={['customers', 'orders']}
      parts={[
        { what: 'Customers', field: 'customer', subgraph: 'customers' },
        { what: 'Orders', field: 'order', subgraph: 'orders' },
      ]}
      columns={[
        { name: 'Invoice', cell: ({ number }) => <span class="number">{number}</span> },
        { name: 'Customer', field: 'customer', cell: ({ customer }) => <Customer of={customer} /> },
        {
          name: 'Order',
          field: 'order',
          cell: ({ order, id }) =>
            order ? <OrderLink number={order.number} invoice={id} /> : <span class="nothing">–</span>,
        },
        { name: 'Due', cell: ({ dueOn }) => <When at={dueOn} /> },
        { name: 'Days overdue', align: 'end', cell: ({ dueOn }) => number(daysSince(dueOn)) },
        { name: 'Invoiced', align: 'end', cell: ({ total }) => <Amount of={total} /> },
        {
          name: 'Still due',
          align: 'end',
          cell: ({ amountDue }) => (
            <strong class="tone-bad">
              <Amount of={amountDue} />
            </strong>
          ),
        },
      ]}
      keyOf={({ id }) => id}
      none="Nothing is overdue."
      above={
        receivables.length > 0 && (
          <div class="overview-receivables">
            <Table
              label="Receivables by currency"
              rows={receivables}
              keyOf={({ currencyCode }) => currencyCode}
              columns={[
                { name: 'Currency', cell: ({ currencyCode }) => currencyCode },
                { name: 'Overdue invoices', align: 'end', cell: ({ overdueCount }) => number(overdueCount) },
                { name: 'Overdue', align: 'end', cell: ({ overdue }) => <Amount of={overdue} /> },
                { name: 'Unpaid invoices', align: 'end', cell: ({ dueCount }) => number(dueCount) },
                { name: 'Due in all', align: 'end', cell: ({ due }) => <Amount of={due} /> },
              ]}
            />
          </div>
        )
      }
      next={nextPage(view, query)}
      view={view}
    />
  );
}
