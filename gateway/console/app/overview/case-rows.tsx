import { number, words } from '../format/words.ts';
import { Badge } from '../parts/badge.tsx';
import { When } from '../parts/when.tsx';
import { Only } from './only.tsx';
import { Customer } from './order-rows.tsx';
import { pageSize, RowsPanel } from './rows-panel.tsx';
import { type CaseRow, casesQuery, type RowsData } from './rows-query.ts';
import { useLive } from './use-live.ts';
import type { View } from './use-view.ts';

const priorities = ['URGENT', 'HIGH', 'NORMAL', 'LOW', 'UNKNOWN'];
/** The most that one question may ask for, by the contract. */
const atOnce = 100;

/** Open cases, the most urgent first, among these those that wait longest: the graph has them by age, so they are all read, up to 200. */
export function CaseRows({ view }: { readonly view: View }) {
  const first = useLive<RowsData<CaseRow>>(casesQuery, { first: atOnce, after: null });
  const page = first.answer?.data?.list;
  const more = useLive<RowsData<CaseRow>>(
    casesQuery,
    { first: atOnce, after: page?.pageInfo.endCursor },
    page?.pageInfo.hasNextPage === true,
  );
  const read = [...(page?.nodes ?? []), ...(page?.pageInfo.hasNextPage ? (more.answer?.data?.list?.nodes ?? []) : [])];
  // While pages are read one after the other a case may move from one to the other.
  const cases = [...new Map(read.map((each) => [each.id, each])).values()];
  const only = priorities.find((priority) => priority === view.params.get('only'));
  const wanted = cases
    .filter(({ priority }) => only === undefined || priority === only)
    .toSorted((a, b) => rank(a) - rank(b));
  const at = Number(view.params.get('at') ?? 0) || 0;
  const counts = priorities
    .map((value) => ({ value, count: cases.filter(({ priority }) => priority === value).length }))
    .filter(({ value, count }) => count > 0 || value === only);
  const missing = (page?.totalCount ?? 0) - cases.length;
  return (
    <RowsPanel
      title="Open cases"
      query={first}
      subgraph="customers"
      parts={[{ what: 'Customers', field: 'customer', subgraph: 'customers' }]}
      rows={wanted.slice(at, at + pageSize)}
      total={wanted.length}
      columns={[
        { name: 'Priority', cell: ({ priority }) => <Badge value={priority} /> },
        { name: 'Subject', cell: ({ subject }) => <strong class="overview-subject">{subject}</strong> },
        { name: 'Customer', field: 'customer', cell: ({ customer }) => <Customer of={customer} /> },
        { name: 'Status', cell: ({ status }) => <Badge value={status} /> },
        { name: 'Opened', cell: ({ openedAt }) => <When at={openedAt} precise /> },
        { name: 'Case', cell: ({ id }) => <span class="number">{id}</span> },
      ]}
      keyOf={({ id }) => id}
      none={only ? `No open case is ${words(only).toLowerCase()}.` : 'No case is open.'}
      above={
        <>
          <Only label="Priority" of={counts} chosen={only} view={view} />
          {missing > 0 && more.phase !== 'loading' && (
            <p class="soft small">
              Of the {number(cases.length)} that wait longest; {number(missing)} more are open.
            </p>
          )}
        </>
      }
      next={at + pageSize < wanted.length ? view.href({ after: null, at: String(at + pageSize) }) : undefined}
      view={view}
    />
  );
}

function rank({ priority }: CaseRow): number {
  const place = priorities.indexOf(priority);
  return place < 0 ? priorities.length : place;
}
