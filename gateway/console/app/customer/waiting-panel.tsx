import { number } from '../format/words.ts';
import { type Answer, gapAt, gapOfField } from '../graph/answer.ts';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { Panel } from '../parts/panel.tsx';
import { PartNote } from '../parts/part-note.tsx';
import { Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { CustomerLink, OrderLink } from './links.tsx';
import type { Product, WaitingLine } from './product-query.ts';

interface WaitingPanelProps {
  readonly product: Product | undefined;
  readonly answer: Answer<unknown> | undefined;
}

/** The orders that wait for a product, the oldest first, and whose they are. */
export function WaitingPanel({ product, answer }: WaitingPanelProps) {
  const lines = product?.openOrderLines;
  const gap = lines === null && answer ? gapOfField(answer, 'product.openOrderLines') : undefined;
  const customers = answer && gapAt(answer, 'product.openOrderLines.nodes.order.customer');
  return (
    <Panel
      title="Orders that wait for it"
      subgraph="orders"
      also={[{ subgraph: 'customers', gap: customers }]}
      answer={answer}
      gap={gap}
      rows={6}
      aside={lines && number(lines.totalCount)}
    >
      {lines && lines.nodes.length === 0 && <Empty>No order waits for it.</Empty>}
      {lines && lines.nodes.length > 0 && (
        <Table<WaitingLine>
          label="Orders that wait for it"
          rows={lines.nodes}
          keyOf={({ id }) => id}
          columns={[
            { name: 'Order', cell: ({ order }) => <OrderLink number={order.number} /> },
            { name: 'Placed', cell: ({ order }) => <When at={order.placedAt} /> },
            { name: 'Status', cell: ({ order }) => <Badge value={order.status} /> },
            {
              name: 'Customer',
              cell: ({ order: { customer } }) =>
                customer ? (
                  <CustomerLink id={customer.id}>
                    <bdi>{customer.name}</bdi>
                  </CustomerLink>
                ) : (
                  <span class="nothing">–</span>
                ),
            },
            {
              name: 'Still to send',
              align: 'end',
              cell: ({ quantity, quantityShipped }) => number(quantity - quantityShipped),
            },
          ]}
        />
      )}
      {lines && lines.totalCount > lines.nodes.length && (
        <p class="soft small">
          The oldest {number(lines.nodes.length)} of {number(lines.totalCount)}.
        </p>
      )}
      {!gap && <PartNote what="Customers" gap={customers} subgraph="customers" />}
    </Panel>
  );
}
