import type { ComponentChildren } from 'preact';
import type { Gap } from '../graph/answer.ts';
import { Icon } from '../parts/icon.tsx';
import { systemName } from '../parts/system-name.ts';

/** One thing that somebody must know at once. */
export interface HeadlineFact {
  readonly name: string;
  readonly value: ComponentChildren;
  /** Below it, in small letters. */
  readonly detail?: ComponentChildren;
  readonly tone?: 'bad' | 'good' | undefined;
  /** Why it isn't known. */
  readonly gap?: Gap | undefined;
}

/** What matters first, in one strip below the heading. While it loads, names stand there already. */
export function Headline({ label, facts }: { readonly label: string; readonly facts: readonly HeadlineFact[] }) {
  return (
    <dl class="headline" aria-label={label}>
      {facts.map(({ name, value, detail, tone, gap }) => (
        <div key={name} class={`headline-fact ${tone === undefined || gap ? '' : `tone-${tone}`}`}>
          <dt>{name}</dt>
          {gap ? (
            <dd class={`headline-gap gap-${gap.kind}`} title={gap.message}>
              <Icon name={gap.kind === 'forbidden' ? 'lock' : 'alert'} />
              {gap.kind === 'forbidden' ? 'Not for you' : `${systemName(gap.subgraph)} not available`}
            </dd>
          ) : (
            <dd>
              <span class="headline-value">{value ?? <span class="nothing">–</span>}</span>
              {detail !== undefined && <span class="headline-detail">{detail}</span>}
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
