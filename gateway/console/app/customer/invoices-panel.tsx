import { number } from '../format/words.ts';
import { type Answer, gapAt, gapOfField } from '../graph/answer.ts';
import { Empty } from '../parts/empty.tsx';
import { Panel } from '../parts/panel.tsx';
import { PartNote } from '../parts/part-note.tsx';
import type { Customer } from './customer-query.ts';
import type { Invoice } from './fragments.ts';
import { InvoicesTable } from './invoices-table.tsx';
import { More } from './more.tsx';
import type { Pages } from './use-pages.ts';

interface InvoicesPanelProps {
  readonly customer: Customer | undefined;
  readonly answer: Answer<unknown> | undefined;
  readonly pages: Pages<Invoice>;
  readonly onMore: (() => void) | undefined;
}

/** A customer's invoices with their payments. */
export function InvoicesPanel({ customer, answer, pages, onMore }: InvoicesPanelProps) {
  const invoices = customer?.invoices;
  const gap = customer && answer && !invoices ? gapOfField(answer, 'customer.invoices') : undefined;
  const orders = answer && gapAt(answer, 'customer.invoices.nodes.order');
  const overdue = customer?.overdueInvoices?.totalCount ?? 0;
  return (
    <Panel
      title="Invoices"
      subgraph="finance"
      answer={answer}
      gap={gap}
      rows={8}
      aside={
        invoices && (
          <>
            {overdue > 0 && <span class="tone-bad">{number(overdue)} overdue of </span>}
            {number(invoices.totalCount)}
          </>
        )
      }
    >
      {invoices?.totalCount === 0 && <Empty>No invoice has been issued to this customer.</Empty>}
      {pages.rows.length > 0 && <InvoicesTable of={pages.rows} withOrder />}
      {invoices && <More pages={pages} what="invoices" total={invoices.totalCount} onMore={onMore} />}
      {!gap && <PartNote what="Their orders" gap={orders} subgraph="orders" />}
    </Panel>
  );
}
