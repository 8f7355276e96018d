import './customer.css';
import { words } from '../format/words.ts';
import { type Answer, gapAt, gapOfField } from '../graph/answer.ts';
import { Amount } from '../parts/amount.tsx';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { Facts } from '../parts/facts.tsx';
import { Panel } from '../parts/panel.tsx';
import { PartNote } from '../parts/part-note.tsx';
import { When } from '../parts/when.tsx';
import { Headline, type HeadlineFact } from './headline.tsx';
import { InvoicesTable } from './invoices-table.tsx';
import { LinesTable } from './lines-table.tsx';
import { CustomerLink, MailLink } from './links.tsx';
import { type Order, type OrderData, orderQuery } from './order-query.ts';
import { isWaiting } from './orders-panel.tsx';
import { RecordPage } from './record-page.tsx';
import { ShipmentsList } from './shipments-list.tsx';
import { StatusSteps } from './status-steps.tsx';
import { useAnchor } from './use-anchor.ts';
import { useRecord } from './use-record.ts';

interface PartProps {
  readonly order: Order | undefined;
  readonly answer: Answer<unknown> | undefined;
}

/** All that the systems know about one order, by one request. */
export function OrderPage({ number }: { readonly number: string }) {
  const query = useRecord<OrderData, 'orderByNumber'>(orderQuery, { number }, 'orderByNumber');
  useAnchor(query.state.phase === 'shown');
  return (
    <RecordPage kind="order" id={number} subgraph="orders" query={query} title={(order) => `Order ${order.number}`}>
      {(order, answer) => (
        <>
          <Headline label="At a glance" facts={factsOf({ order, answer })} />
          <div class="columns">
            <div class="column">
              <LinesPanel {...{ order, answer }} />
              <InvoicesPanel {...{ order, answer }} />
            </div>
            <div class="column">
              <CustomerPanel {...{ order, answer }} />
              <Panel title="Status" subgraph="orders" answer={answer} rows={4}>
                {order && <StatusSteps of={order.statusHistory} />}
              </Panel>
              <ShipmentsPanel {...{ order, answer }} />
            </div>
          </div>
        </>
      )}
    </RecordPage>
  );
}

function factsOf({ order, answer }: PartProps): HeadlineFact[] {
  const gap = (value: unknown, field: string) =>
    answer && value === null ? gapOfField(answer, `orderByNumber.${field}`) : undefined;
  const waits = order && isWaiting(order.status);
  return [
    {
      name: 'Total',
      value: order && <Amount of={order.total} />,
      detail: order && <When at={order.placedAt} precise />,
    },
    { name: 'Status', value: order && <Badge value={order.status} /> },
    {
      name: 'Sent',
      value: order && <Badge value={order.fulfillmentStatus} />,
      ...(waits &&
        order.canShip !== null && {
          detail: order.canShip ? 'What is left is in stock' : 'What is left is not all in stock',
        }),
    },
    {
      name: 'Payment',
      value: order?.paymentStatus && <Badge value={order.paymentStatus} />,
      ...(order?.paymentStatus === null && { detail: 'The ledger does not know the order' }),
      gap: gap(order?.paymentStatus, 'paymentStatus'),
    },
    {
      name: 'Margin',
      value: order?.margin && <Amount of={order.margin} />,
      ...(order?.margin === null && { detail: 'A cost is unknown' }),
      tone: order?.margin?.amount.startsWith('-') ? 'bad' : undefined,
      gap: gap(order?.margin, 'margin'),
    },
  ];
}

function LinesPanel({ order, answer }: PartProps) {
  const stock = answer && gapAt(answer, 'orderByNumber.lines.product');
  return (
    <Panel
      title="What was ordered"
      subgraph="orders"
      also={[{ subgraph: 'inventory', gap: stock }]}
      answer={answer}
      rows={6}
    >
      {order && (
        <>
          <LinesTable
            label="Lines"
            lines={order.lines}
            waiting={isWaiting(order.status)}
            stockKnown={stock === undefined}
          />
          <dl class="totals">
            <Sum name="Goods" of={order.subtotal} />
            <Sum name="Shipping" of={order.shippingCost} />
            <Sum name="Tax" of={order.tax} />
            <Sum name="Total" of={order.total} />
          </dl>
        </>
      )}
      <PartNote what="Stock" gap={stock} subgraph="inventory" />
    </Panel>
  );
}

function Sum({ name, of }: { readonly name: string; readonly of: Order['total'] }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Amount of={of} />
      </dd>
    </div>
  );
}

function ShipmentsPanel({ order, answer }: PartProps) {
  return (
    <Panel title="Parcels" subgraph="orders" answer={answer} rows={2}>
      {order && <ShipmentsList of={order.shipments} />}
    </Panel>
  );
}

function InvoicesPanel({ order, answer }: PartProps) {
  const gap = order?.invoices === null && answer ? gapOfField(answer, 'orderByNumber.invoices') : undefined;
  return (
    <Panel title="Invoices" subgraph="finance" answer={answer} gap={gap}>
      {order?.invoices && order.invoices.length > 0 && <InvoicesTable of={order.invoices} withOrder={false} />}
      {order && !gap && (order.invoices ?? []).length === 0 && <Empty>No invoice has been issued for it.</Empty>}
    </Panel>
  );
}

function CustomerPanel({ order, answer }: PartProps) {
  const customer = order?.customer;
  const gap = order?.customer === null && answer ? gapOfField(answer, 'orderByNumber.customer') : undefined;
  const contact = answer && gapAt(answer, 'orderByNumber.customer.email', 'orderByNumber.customer.phone');
  return (
    <Panel title="Customer" subgraph="customers" answer={answer} gap={gap}>
      {order?.customer === null && !gap && <Empty>The customer’s record is gone.</Empty>}
      {customer && (
        <>
          <p class="who">
            <CustomerLink id={customer.id}>
              <bdi>{customer.name}</bdi>
            </CustomerLink>
            <span class="soft small">
              {words(customer.segment)} · <span class="number">{customer.id}</span>
            </span>
          </p>
          {!contact && (
            <Facts
              of={[
                ['Mail', customer.email && <MailLink address={customer.email} />],
                ['Telephone', customer.phone && <a href={`tel:${customer.phone}`}>{customer.phone}</a>],
              ]}
            />
          )}
          <PartNote what="Mail and telephone" gap={contact} subgraph="customers" />
        </>
      )}
    </Panel>
  );
}
