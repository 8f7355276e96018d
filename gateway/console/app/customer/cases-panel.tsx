import { number } from '../format/words.ts';
import { type Answer, gapOfField } from '../graph/answer.ts';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { Panel } from '../parts/panel.tsx';
import { When } from '../parts/when.tsx';
import type { Case, Customer } from './customer-query.ts';
import { useParam } from './use-param.ts';

interface CasesPanelProps {
  readonly customer: Customer | undefined;
  readonly answer: Answer<unknown> | undefined;
}

/** What the customer asked of support: what is open, and behind a switch all of it. */
export function CasesPanel({ customer, answer }: CasesPanelProps) {
  const [which, setWhich] = useParam('cases');
  const all = which === 'all';
  const gap = customer && answer && !customer.cases ? gapOfField(answer, 'customer.cases') : undefined;
  const list = all ? customer?.cases : customer?.openCases;
  const total = customer?.cases?.totalCount ?? 0;
  return (
    <Panel
      title={all ? 'All cases' : 'Open cases'}
      subgraph="customers"
      answer={answer}
      gap={gap}
      rows={5}
      class="third"
      aside={
        total > 0 && (
          <label class="switch">
            <input
              type="checkbox"
              checked={all}
              onChange={({ currentTarget }) => setWhich(currentTarget.checked ? 'all' : '')}
            />
            All {number(total)}
          </label>
        )
      }
    >
      {list && list.nodes.length === 0 && (
        <Empty>{total === 0 ? 'This customer has never opened a case.' : 'No case is open.'}</Empty>
      )}
      {list && list.nodes.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <ul class="cases scrolls" tabIndex={0} aria-label={all ? 'All cases' : 'Open cases'}>
          {list.nodes.map((each) => (
            <CaseRow key={each.id} of={each} />
          ))}
        </ul>
      )}
      {list && list.totalCount > list.nodes.length && (
        <p class="soft small">
          The latest {number(list.nodes.length)} of {number(list.totalCount)}.
        </p>
      )}
    </Panel>
  );
}

function CaseRow({ of: { id, subject, status, priority, openedAt, closedAt } }: { readonly of: Case }) {
  const quiet = priority === 'NORMAL' || priority === 'LOW' || closedAt !== null;
  return (
    <li>
      <div class="case-subject">
        <strong>{subject}</strong>
        <Badge value={status} />
        {!quiet && <Badge value={priority} />}
      </div>
      <p class="soft small">
        <span class="number">{id}</span> · opened <When at={openedAt} />
        {closedAt !== null && (
          <>
            {' '}
            · closed <When at={closedAt} />
          </>
        )}
      </p>
    </li>
  );
}
