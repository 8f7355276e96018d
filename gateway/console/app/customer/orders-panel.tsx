import { Fragment } from 'preact';
import { number, words } from '../format/words.ts';
import { type Answer, gapAt, gapOfField } from '../graph/answer.ts';
import { Amount } from '../parts/amount.tsx';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { Icon } from '../parts/icon.tsx';
import { Panel } from '../parts/panel.tsx';
import { PartNote } from '../parts/part-note.tsx';
import { When } from '../parts/when.tsx';
import type { Customer, OrderRow } from './customer-query.ts';
import { LinesTable } from './lines-table.tsx';
import { OrderLink } from './links.tsx';
import { More } from './more.tsx';
import { ShipmentsList } from './shipments-list.tsx';
import type { Pages } from './use-pages.ts';
import { useParam } from './use-param.ts';

/** Whether an order still waits for goods. */
export function isWaiting(status: string): boolean {
  return status === 'PENDING' || status === 'PROCESSING' || status === 'ON_HOLD';
}

interface OrdersPanelProps {
  readonly customer: Customer | undefined;
  readonly answer: Answer<unknown> | undefined;
  readonly pages: Pages<OrderRow>;
  readonly onMore: (() => void) | undefined;
}

/** A customer's orders; each opens to its lines, what the warehouses have of them, and its parcels. Which ones are open stands in the address bar. */
export function OrdersPanel({ customer, answer, pages, onMore }: OrdersPanelProps) {
  const [param, setParam] = useParam('order');
  const open = param === '' ? [] : param.split(',');
  const gap = customer && answer && !customer.orders ? gapOfField(answer, 'customer.orders') : undefined;
  const payment = answer && gapAt(answer, 'customer.orders.nodes.paymentStatus');
  const stock = answer && gapAt(answer, 'customer.orders.nodes.lines.product');
  const toggle = (order: string) =>
    setParam((open.includes(order) ? open.filter((each) => each !== order) : [...open, order]).join(','));
  return (
    <Panel
      title="Orders"
      subgraph="orders"
      also={[
        { subgraph: 'inventory', gap: stock },
        { subgraph: 'finance', gap: payment },
      ]}
      answer={answer}
      gap={gap}
      rows={8}
      aside={customer?.orders && number(customer.orders.totalCount)}
    >
      {customer?.orders?.totalCount === 0 && <Empty>This customer has not ordered anything yet.</Empty>}
      {pages.rows.length > 0 && (
        <table class="table orders" aria-label="Orders">
          <thead>
            <tr>
              <th scope="col">Order</th>
              <th scope="col">Placed</th>
              <th scope="col">Status</th>
              <th scope="col">Sent</th>
              <th scope="col">Payment</th>
              <th scope="col" class="align-end">
                Total
              </th>
            </tr>
          </thead>
          <tbody>
            {pages.rows.map((order) => (
              <OrderRows
                key={order.id}
                order={order}
                open={open.includes(order.number)}
                toggle={() => toggle(order.number)}
                stockKnown={stock === undefined}
              />
            ))}
          </tbody>
        </table>
      )}
      {customer?.orders && <More pages={pages} what="orders" total={customer.orders.totalCount} onMore={onMore} />}
      {!gap && <PartNote what="Payment" gap={payment} subgraph="finance" />}
      {!gap && <PartNote what="Stock" gap={stock} subgraph="inventory" />}
    </Panel>
  );
}

interface OrderRowsProps {
  readonly order: OrderRow;
  readonly open: boolean;
  readonly toggle: () => void;
  readonly stockKnown: boolean;
}

function OrderRows({ order, open, toggle, stockKnown }: OrderRowsProps) {
  const { id, placedAt, status, fulfillmentStatus, paymentStatus, total, lines, shipments } = order;
  const details = `order-${id}`;
  return (
    <Fragment>
      <tr class={open ? 'opened' : ''}>
        <td data-name="Order">
          <span class="order-number">
            <button
              type="button"
              class="expander"
              aria-expanded={open}
              aria-controls={open ? details : undefined}
              aria-label={`What is in order ${order.number}`}
              onClick={toggle}
            >
              <Icon name="chevron" />
            </button>
            <OrderLink number={order.number} />
          </span>
        </td>
        <td data-name="Placed">
          <When at={placedAt} />
        </td>
        <td data-name="Status">
          <Badge value={status} />
        </td>
        <td data-name="Sent">
          <Badge value={fulfillmentStatus} label={sent[fulfillmentStatus] ?? words(fulfillmentStatus)} />
        </td>
        <td data-name="Payment">
          {paymentStatus === null ? <span class="nothing">–</span> : <Badge value={paymentStatus} />}
        </td>
        <td data-name="Total" class="align-end">
          <Amount of={total} />
        </td>
      </tr>
      {open && (
        <tr class="details" id={details}>
          <td colSpan={6}>
            <LinesTable
              label={`Lines of order ${order.number}`}
              lines={lines}
              waiting={isWaiting(status)}
              stockKnown={stockKnown}
            />
            <h3>Parcels</h3>
            <ShipmentsList of={shipments} />
          </td>
        </tr>
      )}
    </Fragment>
  );
}

const sent: Readonly<Record<string, string>> = {
  UNFULFILLED: 'Nothing yet',
  PARTIALLY_FULFILLED: 'In part',
  FULFILLED: 'All',
};
