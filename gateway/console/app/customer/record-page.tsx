import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import { clock } from '../format/times.ts';
import type { Answer, Gap } from '../graph/answer.ts';
import { AskError } from '../graph/ask.ts';
import { Failure } from '../parts/failure.tsx';
import { Icon } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { systemName } from '../parts/system-name.ts';
import type { RecordQuery } from './use-record.ts';

export interface RecordPageProps<Value> {
  /** What it is, such as `customer`. */
  readonly kind: string;
  /** What names it in the address bar. */
  readonly id: string;
  /** The subgraph that owns it. */
  readonly subgraph: string;
  readonly query: RecordQuery<Value>;
  readonly title: (value: Value) => string;
  /** Beside the heading. */
  readonly beside?: (value: Value) => ComponentChildren;
  /** All below the heading; without value and answer as it is while they are on their way. */
  readonly children: (value: Value | undefined, answer: Answer<unknown> | undefined) => ComponentChildren;
}

/** The page of one thing, with all that can be in its way: it's loading, not there, not for this caller, its system or the gateway is down. */
export function RecordPage<Value>(props: RecordPageProps<Value>) {
  const { kind, id, subgraph, query, title, beside, children } = props;
  const { state, refreshing, refresh } = query;
  const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${id}`;
  const shown = state.phase === 'shown' ? state : undefined;
  const again = <Again label="Refresh" busy={refreshing} onClick={refresh} />;
  return (
    <>
      <PageHead title={shown ? title(shown.value) : name}>
        {shown && beside?.(shown.value)}
        {shown && (
          <div class="freshness">
            <span>
              Updated <time dateTime={shown.answer.at.toISOString()}>{clock(shown.answer.at)}</time>
            </span>
            {again}
          </div>
        )}
      </PageHead>
      {shown?.trouble && <Trouble of={shown.trouble} subgraph={subgraph} since={shown.answer.at} />}
      {(state.phase === 'loading' || shown) && children(shown?.value, shown?.answer)}
      {state.phase === 'failed' && <Failure error={state.error} retry={refresh} />}
      {state.phase === 'missing' && (
        <Whole icon="search" title={`There is no ${kind} ${id}`}>
          <p>{systemName(subgraph)} does not know it. It may have been deleted, or the address is wrong.</p>
          <Link href="/" class="button">
            Search
          </Link>
        </Whole>
      )}
      {state.phase === 'withheld' && <Withheld gap={state.gap} {...{ kind, subgraph, refresh, refreshing }} />}
    </>
  );
}

function Again({ label, busy, onClick }: { label: string; busy: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      class={`icon-button ${busy ? 'turning' : ''}`}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon name="refresh" />
    </button>
  );
}

/** In place of the whole page: the thing itself can't be had. */
function Withheld(props: { gap: Gap; kind: string; subgraph: string; refresh: () => void; refreshing: boolean }) {
  const { gap, kind, subgraph, refresh, refreshing } = props;
  if (gap.kind === 'forbidden') {
    return (
      <Whole icon="lock" title={`This ${kind} is not for you`}>
        <p>{gap.message}</p>
        <p class="soft">Ask as somebody else, or ask whoever gives out rights for the scope that it names.</p>
      </Whole>
    );
  }
  const system = systemName(gap.subgraph ?? subgraph);
  return (
    <Whole icon="alert" title={gap.kind === 'slow' ? `${system} is too slow` : `${system} is not available`} alert>
      <p>
        {gap.kind === 'slow' ? 'It did not answer in time' : 'It can’t be reached, or failed'}, and without it nobody
        knows which {kind} this is. The page shows by itself when it is back.
      </p>
      <button type="button" class="button" onClick={refresh} aria-busy={refreshing}>
        Try again
      </button>
    </Whole>
  );
}

interface WholeProps {
  readonly icon: 'alert' | 'lock' | 'search';
  readonly title: string;
  readonly alert?: boolean;
  readonly children: ComponentChildren;
}

function Whole({ icon, title, alert = false, children }: WholeProps) {
  return (
    <div class={`failure ${alert ? '' : 'failure-calm'}`} role={alert ? 'alert' : undefined}>
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Above what was read before, as long as it can't be read again. */
function Trouble({ of, subgraph, since }: { of: Gap | AskError; subgraph: string; since: Date }) {
  const who = of instanceof AskError ? 'Junction' : systemName((of.kind !== 'forbidden' && of.subgraph) || subgraph);
  const slow = of.kind === 'slow' || of.kind === 'busy';
  return (
    <div class={`note trouble ${slow ? 'note-slow' : ''}`} role="status">
      <Icon name="alert" />
      <p>
        <strong>
          {who} {slow ? 'does not answer in time' : 'can’t be reached'}.
        </strong>{' '}
        What stands here is of <time dateTime={since.toISOString()}>{clock(since)}</time>; it is read again every few
        seconds.
      </p>
    </div>
  );
}
