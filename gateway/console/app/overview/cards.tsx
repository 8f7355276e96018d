import type { ComponentChildren } from 'preact';
import { isZero, money } from '../format/money.ts';
import { number } from '../format/words.ts';
import { type Answer, gapOfField } from '../graph/answer.ts';
import { Amount } from '../parts/amount.tsx';
import { Card } from './card.tsx';
import { Change } from './change.tsx';
import { beganTooLate, beganWords } from './coverage.ts';
import type { OverviewData, Receivables } from './overview-query.ts';
import { earlierName } from './period-words.ts';
import type { Range } from './ranges.ts';
import { type CurrencyTotals, growth } from './totals.ts';
import type { View } from './use-view.ts';

export interface CardsProps {
  /** Undefined while it's on its way. */
  readonly answer: Answer<OverviewData> | undefined;
  readonly totals: readonly CurrencyTotals[];
  readonly range: Range;
  readonly view: View;
  /** Whether rows may be opened. */
  readonly leads: boolean;
}

/** The page's numbers. */
export function Cards({ answer, totals, range, view, leads }: CardsProps) {
  const data = answer?.data;
  const shown = view.params.get('show');
  const card = (show: string, subgraph: string, ...fields: (keyof OverviewData)[]) => ({
    subgraph,
    loading: !answer,
    open: leads && shown === show,
    href: leads ? view.href({ show: shown === show ? null : show, after: null, at: null, only: null }) : undefined,
    gap: answer && fields.map((field) => (data?.[field] ? undefined : gapOf(answer, field))).find((gap) => gap),
  });
  const overdue = data?.receivables?.filter((each) => each.overdueCount > 0) ?? [];
  const held = data?.held?.totalCount ?? 0;
  const fresh = data?.fresh?.totalCount ?? 0;
  return (
    <ul class="overview-cards" aria-label="Numbers">
      <Card title="Orders and revenue" wide {...card('orders', 'orders', 'orderTotals')}>
        <OrdersSum totals={totals} range={range} began={beganTooLate(range, data?.oldest?.nodes[0]?.placedAt)} />
      </Card>
      <Card title="Orders waiting" {...card('waiting', 'orders', 'waiting', 'held')}>
        <Big>{number(data?.waiting?.totalCount ?? 0)}</Big>
        <p>{held > 0 ? <strong class="tone-bad">{number(held)} on hold</strong> : 'None on hold'}</p>
      </Card>
      <Card title="Open cases" {...card('cases', 'customers', 'cases', 'fresh')}>
        <Big>{number(data?.cases?.totalCount ?? 0)}</Big>
        <p>{fresh > 0 ? `${number(fresh)} that nobody has taken` : 'All of them taken'}</p>
      </Card>
      <Card title="Overdue invoices" {...card('overdue', 'finance', 'receivables')}>
        <Big>{number(overdue.reduce((sum, { overdueCount }) => sum + overdueCount, 0))}</Big>
        <Sums of={overdue} />
      </Card>
      <Card title="Products to reorder" {...card('stock', 'inventory', 'stock')}>
        <Big>{number(data?.stock?.totalCount ?? 0)}</Big>
        <p>below their reorder point</p>
      </Card>
    </ul>
  );
}

/** Something that has neither data nor an error of its own has that of the whole answer. */
function gapOf(answer: Answer<OverviewData>, field: keyof OverviewData) {
  return gapOfField(answer, field) ?? ({ kind: 'down', subgraph: undefined, message: '' } as const);
}

interface OrdersSumProps extends Pick<CardsProps, 'totals' | 'range'> {
  /** When orders begin, where that is too late to compare. */
  readonly began: Date | undefined;
}

function OrdersSum({ totals, range, began }: OrdersSumProps) {
  const count = totals.reduce((sum, { now }) => sum + now.count, 0);
  const before = totals.reduce((sum, { earlier }) => sum + earlier.count, 0);
  const than = earlierName(range);
  return (
    <div class="overview-sum">
      <div>
        <Big>{number(count)}</Big>
        {began ? (
          <p>Not compared: {beganWords(began)}</p>
        ) : before > 0 ? (
          <p>
            <Change by={growth(count, before)} /> against {than}
          </p>
        ) : (
          <p>None in {than}</p>
        )}
      </div>
      {totals.length > 0 && (
        <ul class="overview-amounts">
          {totals.map(({ currencyCode, now, earlier }) => (
            <li key={currencyCode} class="overview-amount">
              <Amount of={now.amount} />
              {!began && <Change by={growth(Number(now.amount.amount), Number(earlier.amount.amount))} than={than} />}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Sums({ of }: { readonly of: readonly Receivables[] }) {
  const sums = of.filter(({ overdue }) => !isZero(overdue));
  if (sums.length === 0) return <p>Nothing is overdue</p>;
  return (
    <ul class="overview-amounts">
      {sums.map(({ currencyCode, overdue, due, overdueCount }) => (
        <li key={currencyCode} title={`${number(overdueCount)} invoices; ${money(due)} are due in all`}>
          <Amount of={overdue} />
        </li>
      ))}
    </ul>
  );
}

function Big({ children }: { readonly children: ComponentChildren }) {
  return <p class="overview-big">{children}</p>;
}
