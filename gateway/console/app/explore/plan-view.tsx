import { duration, number } from '../format/words.ts';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { systemName } from '../parts/system-name.ts';
import { Place } from './place.tsx';
import type { Run } from './run.ts';
import { size } from './size.ts';
import { colourOf } from './subgraph-colour.ts';
import { type FetchStep, placeOf, type Step } from './told.ts';
import { Untold } from './untold.tsx';

/** The query plan, drawn: nested lists, which is what it is to a screen reader as well. */
export function PlanView({ run: { trace, ran } }: { readonly run: Run }) {
  if (!trace || 'refused' in trace) return <Untold trace={trace} ran={ran} />;
  const { plan, preparing, ms } = trace;
  return (
    <>
      <p class="plan-line">
        {preparing.kept ? 'The plan was kept from before' : `Planned in ${duration(preparing.ms)}`}; run in{' '}
        {duration(ms)}.
      </p>
      {plan ? (
        <div class="plan">
          <StepBox step={plan} />
        </div>
      ) : (
        <Empty>Nothing had to be fetched.</Empty>
      )}
    </>
  );
}

function StepBox({ step }: { readonly step: Step }) {
  switch (step.kind) {
    case 'fetch':
      return <FetchBox step={step} />;
    case 'condition':
      return (
        <div class="plan-condition">
          {step.then && <Branch title={`if $${step.variable}`} step={step.then} />}
          {step.otherwise && <Branch title={`unless $${step.variable}`} step={step.otherwise} />}
        </div>
      );
    default:
      return (
        <ol
          class={`plan-${step.kind}`}
          aria-label={step.kind === 'sequence' ? 'One after the other' : 'At the same time'}
        >
          {step.steps.map((each, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a plan doesn't change, and its steps have no names.
            <li key={i}>
              <StepBox step={each} />
            </li>
          ))}
        </ol>
      );
  }
}

function Branch({ title, step }: { readonly title: string; readonly step: Step }) {
  return (
    <>
      <p class="plan-if">
        <code>{title}</code>
      </p>
      <StepBox step={step} />
    </>
  );
}

function FetchBox({ step }: { readonly step: FetchStep }) {
  const { subgraph, query, fetches } = step;
  const place = placeOf(step);
  return (
    <details class={`plan-fetch ${colourOf(subgraph)}`} data-made={fetches.length > 0}>
      <summary>
        <span class="plan-system">{systemName(subgraph)}</span>
        <span class="plan-figures">
          {fetches.length === 0 && <Badge value="not made" label="not made" />}
          {fetches.map((fetch) => (
            <span key={fetch.startMs}>
              {fetch.ms === undefined ? 'under way' : duration(fetch.ms)}
              {fetch.bytes !== undefined && ` · ${size(fetch.bytes)}`}
              {fetch.shared && ' · shared'}
            </span>
          ))}
        </span>
        <Place class="plan-place" of={place ?? 'the operation itself'} />
        {fetches.some(({ code, errors }) => code !== undefined || errors !== undefined) && (
          <span class="plan-faults">
            {fetches.map(({ code, errors, startMs }) => (
              <span key={startMs}>
                {code !== undefined && <Badge value="down" label={code} />}
                {errors !== undefined && (
                  <Badge value="down" label={`${number(errors)} ${errors === 1 ? 'error' : 'errors'}`} />
                )}
              </span>
            ))}
          </span>
        )}
      </summary>
      <pre>{query}</pre>
    </details>
  );
}
