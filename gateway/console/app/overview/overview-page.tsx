import './overview.css';
import { useEffect } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { clock } from '../format/times.ts';
import type { Answer } from '../graph/answer.ts';
import type { Query } from '../graph/use-query.ts';
import { Failure } from '../parts/failure.tsx';
import { Icon } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Cards } from './cards.tsx';
import { CaseRows } from './case-rows.tsx';
import { Charts } from './charts.tsx';
import { PlacedRows, WaitingRows } from './order-rows.tsx';
import { OverdueRows } from './overdue-rows.tsx';
import { type OverviewData, overviewQuery, overviewVariables } from './overview-query.ts';
import { daysOf, timeZone } from './period-words.ts';
import { RangePicker } from './range-picker.tsx';
import { type Range, rangeOf } from './ranges.ts';
import { StockRows } from './stock-rows.tsx';
import { totalsOf } from './totals.ts';
import { useLive } from './use-live.ts';
import { useView, type View } from './use-view.ts';

/** How the company does: numbers, charts, and the rows behind each number. Keeps itself up to date; `?view=wall` is for a display on a wall. */
export function OverviewPage() {
  const view = useView();
  const range = rangeOf(view.params, new Date());
  const query = useLive<OverviewData>(overviewQuery, overviewVariables(range));
  const { answer, error } = query;
  const wall = view.params.get('view') === 'wall';
  const totals = totalsOf(answer?.data?.orderTotals ?? [], range);
  const parts = { answer, totals, range, view };
  useEffect(() => {
    if (!wall) return;
    const leave = ({ key }: KeyboardEvent) => key === 'Escape' && view.go({ view: null });
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, [wall, view.go]);
  return (
    <div class={`overview${wall ? ' wall' : ''}`}>
      <PageHead title="Overview">
        <span class="overview-time">{daysOf(range)}</span>
        <Fresh query={query} />
        <Link href={view.href({ view: wall ? null : 'wall', show: null, after: null, at: null, only: null })}>
          {wall ? 'Leave the wall view' : 'Wall view'}
        </Link>
      </PageHead>
      {!wall && <RangePicker range={range} view={view} />}
      {error && !answer ? (
        <Failure error={error} retry={query.refresh} />
      ) : (
        <>
          <Cards {...parts} leads={!wall} />
          {!wall && <Rows view={view} range={range} answer={answer} />}
          <Charts {...parts} large={wall} />
          <p class="overview-foot">
            Days begin at midnight in {timeZone.replaceAll('_', ' ')}. Canceled orders are not counted.
          </p>
        </>
      )}
    </div>
  );
}

/** The list that is open. */
function Rows(props: {
  readonly view: View;
  readonly range: Range;
  readonly answer: Answer<OverviewData> | undefined;
}) {
  const { view, range, answer } = props;
  switch (view.params.get('show')) {
    case 'orders':
      return <PlacedRows key="orders" view={view} range={range} />;
    case 'waiting':
      return <WaitingRows key="waiting" view={view} />;
    case 'cases':
      return <CaseRows key="cases" view={view} />;
    case 'overdue':
      return <OverdueRows key="overdue" view={view} answer={answer} />;
    case 'stock':
      return <StockRows key="stock" view={view} />;
    default:
      return null;
  }
}

/** When it was read, and why it isn't newer. Only faults are told aloud: the rest would be so every quarter of a minute. */
function Fresh({ query: { answer, error, refresh, refreshing } }: { readonly query: Query<OverviewData> }) {
  return (
    <div class="overview-fresh">
      <span class="overview-stale" role="status">
        {error && answer && `${error.message} What you see is older.`}
      </span>
      {answer && (
        <span>
          Updated <time dateTime={answer.at.toISOString()}>{clock(answer.at)}</time>
        </span>
      )}
      <button
        type="button"
        class={`icon-button${refreshing ? ' turning' : ''}`}
        aria-label="Refresh"
        title="Refresh"
        onClick={refresh}
      >
        <Icon name="refresh" />
      </button>
    </div>
  );
}
