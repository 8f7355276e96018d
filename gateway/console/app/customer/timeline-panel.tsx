import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { day } from '../format/times.ts';
import { type Answer, gapOfField } from '../graph/answer.ts';
import { Empty } from '../parts/empty.tsx';
import { Panel } from '../parts/panel.tsx';
import { PartNote } from '../parts/part-note.tsx';
import { systemName } from '../parts/system-name.ts';
import { When } from '../parts/when.tsx';
import type { Customer, OrderRow } from './customer-query.ts';
import type { Invoice } from './fragments.ts';
import { type Happening, type Timeline, timelineOf } from './timeline.ts';
import { useParam } from './use-param.ts';

interface TimelinePanelProps {
  readonly customer: Customer | undefined;
  readonly answer: Answer<unknown> | undefined;
  readonly orders: readonly OrderRow[];
  readonly invoices: readonly Invoice[];
}

/** The systems that tell of happenings, and where an answer has them. */
const systems = [
  { subgraph: 'customers', what: 'Cases and notes', places: ['customer.cases', 'customer.notes'] },
  { subgraph: 'orders', what: 'Orders and parcels', places: ['customer.orders'] },
  { subgraph: 'finance', what: 'Invoices and payments', places: ['customer.invoices'] },
] as const;

/** So many are shown at first, and more at each time. */
const step = 10;

/** What happened across the systems, newest first. Of which system stands in the address bar. */
export function TimelinePanel({ customer, answer, orders, invoices }: TimelinePanelProps) {
  const [param, setParam] = useParam('timeline');
  const [shown, setShown] = useState(step);
  const only = systems.find(({ subgraph }) => subgraph === param)?.subgraph;
  const timeline = customer && timelineOf(customer, orders, invoices, only);
  return (
    <Panel title="Timeline" answer={answer} rows={10}>
      <fieldset class="choices">
        <legend class="unseen">Of which system</legend>
        {[undefined, ...systems.map(({ subgraph }) => subgraph)].map((subgraph) => (
          <button
            key={subgraph ?? ''}
            type="button"
            aria-pressed={only === subgraph}
            onClick={() => setParam(subgraph ?? '')}
          >
            {subgraph === undefined ? 'All' : systemName(subgraph)}
          </button>
        ))}
      </fieldset>
      {timeline && timeline.happenings.length === 0 && <Empty>Nothing is known to have happened.</Empty>}
      {timeline && timeline.happenings.length > 0 && <Happenings of={timeline} shown={shown} />}
      {timeline && timeline.happenings.length > shown && (
        <button type="button" class="button" onClick={() => setShown(shown + step)}>
          Show earlier ones
        </button>
      )}
      {answer &&
        systems
          .filter(({ subgraph }) => only === undefined || only === subgraph)
          .map(({ subgraph, what, places }) => (
            <PartNote key={subgraph} what={what} gap={gapOfField(answer, ...places)} subgraph={subgraph} />
          ))}
    </Panel>
  );
}

function Happenings({
  of: { happenings, completeSince = '' },
  shown,
}: {
  readonly of: Timeline;
  readonly shown: number;
}) {
  const horizon = completeSince !== '' && (
    <li class="horizon">Before {day(completeSince)}, more happened than was read for this page.</li>
  );
  const from = happenings.findIndex(({ at }) => at < completeSince);
  return (
    <ol class="timeline" aria-label="Timeline">
      {happenings.slice(0, shown).map((each, i) => (
        <Fragment key={each.key}>
          {i === from && horizon}
          <HappeningRow of={each} />
        </Fragment>
      ))}
      {from < 0 && happenings.length <= shown && horizon}
    </ol>
  );
}

function HappeningRow({ of: { at, subgraph, what, detail, href, bad } }: { readonly of: Happening }) {
  return (
    <li class={`happening from-${subgraph}`}>
      <div class={bad ? 'tone-bad' : ''}>
        {href === undefined ? <span>{what}</span> : <Link href={href}>{what}</Link>}
      </div>
      {detail !== undefined && <p class="happening-detail">{detail}</p>}
      <p class="soft small">
        <When at={at} precise={at.length > 10} /> · {systemName(subgraph)}
      </p>
    </li>
  );
}
