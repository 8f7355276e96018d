import { useId, useRef, useState } from 'preact/hooks';
import { clock } from '../format/times.ts';
import { duration, number } from '../format/words.ts';
import { Icon } from '../parts/icon.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { useCaller } from '../session/session.ts';
import { addressPart, setAddressPart } from './address.ts';
import { CostView } from './cost-view.tsx';
import { FetchesView } from './fetches-view.tsx';
import { PlanView } from './plan-view.tsx';
import { RefusedView } from './refused-view.tsx';
import { callerName, type Run, refusalsOf } from './run.ts';
import { size } from './size.ts';
import { fetchSteps } from './told.ts';

const views = ['plan', 'fetches', 'cost', 'refused'] as const;
type View = (typeof views)[number];
const titles = { plan: 'Plan', fetches: 'Fetches', cost: 'Cost', refused: 'Refused' } as const;

/** How the last answer was made, in four views. */
export function AnswerPanel({ run }: { readonly run: Run | 'running' | undefined }) {
  const [view, setView] = useState<View>(() => views.find((each) => each === addressPart('show')) ?? 'plan');
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const choose = (next: View) => {
    setView(next);
    setAddressPart('show', next === 'plan' ? '' : next);
  };
  const counts = run && run !== 'running' ? countsOf(run) : {};
  return (
    <section class="answer" aria-label="How the answer was made" aria-busy={run === 'running'}>
      <div
        class="answer-tabs"
        role="tablist"
        aria-label="Of the answer"
        ref={list}
        onKeyDown={(event) => {
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (step === undefined) return;
          const next = views[(views.indexOf(view) + step + views.length) % views.length] ?? 'plan';
          choose(next);
          list.current?.querySelector<HTMLElement>(`[data-view="${next}"]`)?.focus();
        }}
      >
        {views.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`${id}-${each}`}
            data-view={each}
            aria-selected={each === view}
            aria-controls={`${id}-view`}
            tabIndex={each === view ? 0 : -1}
            onClick={() => choose(each)}
          >
            {titles[each]}
            {counts[each] !== undefined && <span class={`answer-count ${each}`}>{number(counts[each])}</span>}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, which the keyboard can do where it has the focus. */}
      <div class="answer-view" role="tabpanel" id={`${id}-view`} aria-labelledby={`${id}-${view}`} tabIndex={0}>
        {run === undefined && <Unasked />}
        {run === 'running' && <Skeleton rows={5} />}
        {run !== undefined && run !== 'running' && (
          <>
            <Summary run={run} />
            {view === 'plan' && <PlanView run={run} />}
            {view === 'fetches' && <FetchesView run={run} />}
            {view === 'cost' && <CostView run={run} />}
            {view === 'refused' && <RefusedView run={run} />}
          </>
        )}
      </div>
    </section>
  );
}

function countsOf(run: Run): Partial<Record<View, number>> {
  const steps = run.trace && 'plan' in run.trace ? fetchSteps(run.trace.plan) : [];
  const fetches = steps.flatMap((step) => step.fetches).length || run.sources.length;
  const refused = refusalsOf(run).length;
  return { ...(fetches > 0 && { fetches }), ...(refused > 0 && { refused }) };
}

function Unasked() {
  return (
    <div class="answer-unasked">
      <Icon name="explore" />
      <p>
        Run a query, by its button or by <kbd>Ctrl</kbd> <kbd>Enter</kbd> in the editor. Here you see then how the
        answer was made: the query plan, each fetch, what it costs, and what was refused.
      </p>
    </div>
  );
}

function Summary({ run }: { readonly run: Run }) {
  useCaller();
  const now = callerName();
  const others = run.errors.filter(({ extensions }) => extensions?.code !== 'UNAUTHORIZED_FIELD_OR_TYPE');
  return (
    <div class="answer-summary" role="status">
      <p>
        <strong>{run.operationName ?? 'Query'}</strong>
        <span>
          as {run.as}, at {clock(run.at)}: {duration(run.ms)}, {size(run.bytes)}
        </span>
      </p>
      {now !== run.as && <p class="answer-hint">You ask as {now} now: run it again to compare.</p>}
      {others.slice(0, 3).map(({ message, path }) => (
        <p key={`${path} ${message}`} class="answer-error">
          <Icon name="alert" />
          <span>
            {message}
            {path && <code> {path.join('.')}</code>}
          </span>
        </p>
      ))}
      {others.length > 3 && <p class="answer-hint">and {number(others.length - 3)} more errors</p>}
    </div>
  );
}
