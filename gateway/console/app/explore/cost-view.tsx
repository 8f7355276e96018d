import { number } from '../format/words.ts';
import { Empty } from '../parts/empty.tsx';
import type { Run } from './run.ts';

/** What was estimated before it ran, what it came to, and what is the most that is let through. */
export function CostView({ run: { cost, ran } }: { readonly run: Run }) {
  if (!cost) return <Empty>{ran ? 'Junction says nothing of its cost.' : 'It was not run, so it cost nothing.'}</Empty>;
  const { estimated, actual, maximum } = cost;
  const rows = [
    ['Estimated', estimated, 'by the query and its variables, before it runs: lists count as long as they may be'],
    ['Actual', actual, 'by what the answer holds'],
    ['Maximum', maximum, 'a query whose estimate is higher is not run'],
  ] as const;
  return (
    <>
      <dl class="cost">
        {rows.map(([name, value, meaning]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <strong>{number(value)}</strong>
              <span>{meaning}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p class="cost-share">
        <meter
          min={0}
          max={1}
          high={0.8}
          value={Math.min(estimated / maximum, 1)}
          aria-label="Estimated cost, of the maximum"
        />
        {share.format(estimated / maximum)} of the maximum
      </p>
    </>
  );
}

const share = new Intl.NumberFormat(undefined, { style: 'percent', maximumSignificantDigits: 2 });
