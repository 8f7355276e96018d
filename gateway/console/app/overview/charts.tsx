import { money } from '../format/money.ts';
import { number } from '../format/words.ts';
import { type Answer, gapOfField } from '../graph/answer.ts';
import { Chart, type ChartSeries } from '../parts/chart.tsx';
import { Empty } from '../parts/empty.tsx';
import { Panel } from '../parts/panel.tsx';
import { beganTooLate, beganWords } from './coverage.ts';
import type { OverviewData } from './overview-query.ts';
import { daysOf, earlierName, placeOf, tickOf } from './period-words.ts';
import { dayText, moved, type Range } from './ranges.ts';
import { type CurrencyTotals, countsOf } from './totals.ts';
import type { View } from './use-view.ts';

export interface ChartsProps {
  readonly answer: Answer<OverviewData> | undefined;
  readonly totals: readonly CurrencyTotals[];
  readonly range: Range;
  readonly view: View;
  /** On a wall they are larger. */
  readonly large: boolean;
}

const units = { day: 'Day', week: 'Week', month: 'Month', year: 'Year' } as const;
const places = { notation: 'compact', maximumFractionDigits: 2 } as const;

/** Orders over time, and revenue over time in one currency at a time. */
export function Charts({ answer, totals, range, view, large }: ChartsProps) {
  const currencies = totals.map(({ currencyCode }) => currencyCode);
  const wanted = view.params.get('currency');
  const one = totals.find(({ currencyCode }) => currencyCode === wanted) ?? totals[0];
  const of = {
    unit: units[range.unit],
    places: range.periods.map((each) => ({ name: placeOf(each, range.unit), ...tickOf(each, range.unit) })),
    asTable: !large && view.params.get('as') === 'table',
    // A wall is filled: cards and heads leave so much.
    ...(large && { height: Math.max(280, innerHeight - 540), fontSize: 17 }),
  };
  const panel = {
    subgraph: 'orders',
    answer,
    rows: 7,
    gap: answer && !answer.data?.orderTotals ? gapOfField(answer, 'orderTotals') : undefined,
  };
  const counts = countsOf(totals, range);
  const began = beganTooLate(range, answer?.data?.oldest?.nodes[0]?.placedAt);
  const than = earlierName(range);
  const against = (before: string) => (began ? `. ${capital(beganWords(began))}.` : `, and ${before} in ${than}.`);
  /** What it's compared with: no zeros before there were orders at all. */
  const earlier = ({ values, text }: Pick<ChartSeries, 'values' | 'text'>): ChartSeries[] => {
    const isThere = (i: number) => !began || began < (range.earlier[i]?.before ?? range.from);
    // One alone makes no line.
    if (values.filter((_, i) => isThere(i)).length < 2 && began) return [];
    return [
      {
        name: capital(than),
        kind: 'line',
        values: values.map((value, i) => (isThere(i) ? value : null)),
        text: (i) => (isThere(i) ? text(i) : 'No data'),
      },
    ];
  };
  const isEmpty = counts.now.every((count) => count === 0);
  const compact = one && new Intl.NumberFormat(undefined, { ...places, style: 'currency', currency: one.currencyCode });
  return (
    <div class="panels overview-charts">
      <Panel title="Orders" {...panel} aside="All currencies, without canceled ones">
        {panel.gap ? null : isEmpty ? (
          <NoOrders answer={answer} range={range} view={view} />
        ) : (
          <Chart
            {...of}
            label={`Orders from ${daysOf(range)} by ${range.unit}: ${number(sum(counts.now))}${against(number(sum(counts.earlier)))}`}
            axis={(value) => (Number.isInteger(value) ? number(value) : '')}
            series={[
              { name: 'Orders', kind: 'bars', values: counts.now, text: (i) => number(counts.now[i] ?? 0) },
              ...earlier({ values: counts.earlier, text: (i) => number(counts.earlier[i] ?? 0) }),
            ]}
          />
        )}
      </Panel>
      <Panel
        title={one && !isEmpty ? `Revenue in ${one.currencyCode}` : 'Revenue'}
        {...panel}
        aside={
          currencies.length > 1 && !large ? (
            <fieldset class="overview-switch">
              <legend class="unseen">Currency</legend>
              {currencies.map((code) => (
                <button
                  key={code}
                  type="button"
                  aria-pressed={code === one?.currencyCode}
                  onClick={() => view.go({ currency: code }, { quietly: true })}
                >
                  {code}
                </button>
              ))}
            </fieldset>
          ) : undefined
        }
      >
        {panel.gap ? null : one && compact && !isEmpty ? (
          <Chart
            {...of}
            label={`Revenue in ${one.currencyCode} from ${daysOf(range)} by ${range.unit}: ${money(one.now.amount)}${against(money(one.earlier.amount))}`}
            axis={(value) => compact.format(value)}
            series={[
              { name: 'Revenue', kind: 'bars', ...amounts(one.now.amounts) },
              ...earlier(amounts(one.earlier.amounts)),
            ]}
          />
        ) : (
          <Empty>No revenue in this time.</Empty>
        )}
      </Panel>
    </div>
  );
}

/** Says so, and leads to the time in which there were orders last. */
function NoOrders({ answer, range, view }: Pick<ChartsProps, 'answer' | 'range' | 'view'>) {
  const latest = answer?.data?.latest?.nodes[0];
  const last = latest && new Date(latest.placedAt);
  return (
    <div class="overview-none">
      <Empty>
        No orders in this time ({daysOf(range)}).
        {last && ` The last one was placed on ${daysOf({ from: last, before: moved(last, { days: 1 }) })}.`}
      </Empty>
      {last && (
        <button
          type="button"
          class="button"
          onClick={() => view.go({ range: null, from: dayText(moved(last, { days: -29 })), to: dayText(last) })}
        >
          Show the 30 days up to then
        </button>
      )}
    </div>
  );
}

function amounts(of: CurrencyTotals['now']['amounts']) {
  return {
    // Only heights are drawn of these: words are made of the exact amounts.
    values: of.map(({ amount }) => Number(amount)),
    text: (i: number) => money(of[i] ?? { amount: '0', currencyCode: of[0]?.currencyCode ?? 'XXX' }),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
