import './customer.css';
import { useEffect } from 'preact/hooks';
import { isZero } from '../format/money.ts';
import { relative } from '../format/times.ts';
import { number, words } from '../format/words.ts';
import { type Answer, gapOfField } from '../graph/answer.ts';
import { Amount } from '../parts/amount.tsx';
import { When } from '../parts/when.tsx';
import { AccountPanel } from './account-panel.tsx';
import { CasesPanel } from './cases-panel.tsx';
import {
  type Customer,
  type CustomerData,
  customerQuery,
  firstRows,
  moreInvoicesQuery,
  moreOrdersQuery,
} from './customer-query.ts';
import { Headline, type HeadlineFact } from './headline.tsx';
import { InvoicesPanel } from './invoices-panel.tsx';
import { NotesPanel } from './notes-panel.tsx';
import { OrdersPanel } from './orders-panel.tsx';
import { ProfilePanel } from './profile-panel.tsx';
import { forgetCustomers, rememberCustomer } from './recent.ts';
import { RecordPage } from './record-page.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import { usePages } from './use-pages.ts';
import { useParam } from './use-param.ts';
import { useRecord } from './use-record.ts';

/** All that the systems know about one customer, by one request. */
export function CustomerPage({ id }: { readonly id: string }) {
  const query = useRecord<CustomerData, 'customer'>(customerQuery, { id }, 'customer');
  const known = query.state.phase === 'shown' ? query.state.value : undefined;
  const orders = useMore(known?.orders, moreOrdersQuery, id, 'orders');
  const invoices = useMore(known?.invoices, moreInvoicesQuery, id, 'invoices');
  const name = known?.name;
  useEffect(() => {
    if (name !== undefined) rememberCustomer({ id, name });
  }, [id, name]);
  const isMissing = query.state.phase === 'missing';
  useEffect(() => {
    if (isMissing) forgetCustomers(id);
  }, [id, isMissing]);
  return (
    <RecordPage kind="customer" id={id} subgraph="customers" query={query} title={(customer) => customer.name}>
      {(customer, answer) => (
        <>
          <Headline label="At a glance" facts={factsOf(customer, answer)} />
          <div class="panels even">
            <ProfilePanel {...{ customer, answer }} />
            <AccountPanel {...{ customer, answer }} />
            <CasesPanel {...{ customer, answer }} />
          </div>
          <div class="columns">
            <div class="column">
              <OrdersPanel {...{ customer, answer }} {...orders} />
              <InvoicesPanel {...{ customer, answer }} {...invoices} />
            </div>
            <div class="column">
              <NotesPanel {...{ customer, answer }} />
              <TimelinePanel {...{ customer, answer }} orders={orders.pages.rows} invoices={invoices.pages.rows} />
            </div>
          </div>
        </>
      )}
    </RecordPage>
  );
}

/** The most rows that a link opens with. */
const mostRows = 500;

/** A list of which the address bar says how many rows are wanted. */
function useMore<Row extends { readonly id: string }>(
  first: Parameters<typeof usePages<Row>>[0],
  query: string,
  id: string,
  param: string,
) {
  const [text, setText] = useParam(param);
  const wanted = Math.min(mostRows, Math.max(firstRows, Math.trunc(Number(text)) || firstRows));
  const pages = usePages(first, query, id, wanted);
  const more = () => setText(String(Math.min(mostRows, wanted + 2 * firstRows)));
  return { pages, onMore: wanted < mostRows ? more : undefined };
}

function factsOf(customer: Customer | undefined, answer: Answer<unknown> | undefined): HeadlineFact[] {
  const gap = (value: unknown, place: string) => (answer && value === null ? gapOfField(answer, place) : undefined);
  const { account, overdueInvoices, openCases, cases, openOrders, orders } = customer ?? {};
  const overdue = account?.overdue;
  const urgent = openCases?.nodes.filter(({ priority }) => priority === 'URGENT' || priority === 'HIGH').length ?? 0;
  const late = overdueInvoices?.totalCount ?? 0;
  return [
    {
      name: 'Segment',
      value: customer && words(customer.segment),
      detail: customer && (
        <>
          Number <span class="number">{customer.id}</span>
        </>
      ),
    },
    {
      name: 'Customer since',
      value: customer && <When at={customer.createdAt} />,
      detail: customer && relative(customer.createdAt),
    },
    {
      name: 'Overdue',
      value: overdue && (isZero(overdue) ? 'Nothing' : <Amount of={overdue} />),
      ...(late > 0 && { detail: late === 1 ? '1 invoice' : `${number(late)} invoices` }),
      tone: overdue && !isZero(overdue) ? 'bad' : undefined,
      gap: gap(account, 'customer.account'),
    },
    {
      name: 'Open cases',
      value: openCases && number(openCases.totalCount),
      ...(urgent > 0
        ? { detail: `${number(urgent)} of high priority` }
        : cases && { detail: `of ${number(cases.totalCount)}` }),
      tone: urgent > 0 ? 'bad' : undefined,
      gap: gap(openCases, 'customer.openCases'),
    },
    {
      name: 'Open orders',
      value: openOrders && number(openOrders.totalCount),
      ...(orders && { detail: `of ${number(orders.totalCount)}` }),
      gap: gap(openOrders, 'customer.openOrders'),
    },
  ];
}
