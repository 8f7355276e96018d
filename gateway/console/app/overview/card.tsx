import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import type { Gap } from '../graph/answer.ts';
import { Icon } from '../parts/icon.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { systemName } from '../parts/system-name.ts';

export interface CardProps {
  readonly title: string;
  /** Where its rows are; undefined where they aren't to be shown. */
  readonly href: string | undefined;
  /** Whether they are shown. */
  readonly open: boolean;
  readonly subgraph: string;
  readonly loading: boolean;
  /** Why it isn't there. */
  readonly gap: Gap | undefined;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

/** A number that leads to the rows behind it. */
export function Card({ title, href, open, subgraph, loading, gap, wide = false, children }: CardProps) {
  const state = loading ? 'loading' : (gap?.kind ?? 'ready');
  const dot = { loading: 'off', ready: 'up', forbidden: 'off', slow: 'slow', down: 'down' }[state];
  return (
    <li class={`overview-card${wide ? ' wide' : ''}${open ? ' open' : ''}`} data-state={state} aria-busy={loading}>
      <h2>
        {href === undefined || gap ? (
          title
        ) : (
          <Link href={href} aria-current={open ? 'true' : undefined}>
            {title}
            <Icon name="chevron" />
          </Link>
        )}
      </h2>
      <div class="overview-card-body">
        {loading ? <Skeleton rows={2} /> : gap ? <Missing gap={gap} subgraph={subgraph} /> : children}
      </div>
      <p class="overview-card-system">
        <span class={`dot ${dot}`} aria-hidden="true" />
        {systemName(subgraph)}
      </p>
    </li>
  );
}

function Missing({ gap, subgraph }: { readonly gap: Gap; readonly subgraph: string }) {
  const system = systemName((gap.kind !== 'forbidden' && gap.subgraph) || subgraph);
  const text = {
    forbidden: 'Not for you',
    slow: `${system} did not answer in time`,
    down: `${system} can’t be reached or failed`,
  }[gap.kind];
  return (
    <p
      class={`overview-missing overview-missing-${gap.kind}`}
      role={gap.kind === 'forbidden' ? undefined : 'status'}
      title={gap.kind === 'forbidden' ? gap.message : undefined}
    >
      <Icon name={gap.kind === 'forbidden' ? 'lock' : 'alert'} />
      {text}
    </p>
  );
}
