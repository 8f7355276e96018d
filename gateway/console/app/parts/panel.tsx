import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { clock } from '../format/times.ts';
import { duration } from '../format/words.ts';
import type { Answer, Gap, SourceRead } from '../graph/answer.ts';
import { config } from '../page-config.ts';
import { Icon } from './icon.tsx';
import { Skeleton } from './skeleton.tsx';
import { systemName } from './system-name.ts';

export interface PanelProps {
  readonly title: string;
  /** The subgraph that its data comes from. */
  readonly subgraph?: string;
  /** Others that parts of its data come from, and why those parts aren't there. */
  readonly also?: readonly { readonly subgraph: string; readonly gap?: Gap | undefined }[];
  /** The answer that it shows a part of; undefined while that's on its way. */
  readonly answer: Pick<Answer<unknown>, 'sources' | 'at'> | undefined;
  /** Why its part isn't there; what is there all the same is shown below. */
  readonly gap?: Gap | undefined;
  /** How many rows it will have, roughly, while it loads. @default 3 */
  readonly rows?: number;
  /** Beside the title, such as a number or a link. */
  readonly aside?: ComponentChildren;
  readonly class?: string;
  /** What it shows; nothing where it has nothing. */
  readonly children?: ComponentChildren;
}

/**
 * A part of a page that names the system that it comes from and when that was read; while it loads, where it's forbidden and when its
 * system is down or slow, it says so, and takes as much room as before.
 */
export function Panel(props: PanelProps) {
  const { title, subgraph, also = [], answer, gap, rows = 3, aside, class: name = '', children } = props;
  const id = useId();
  return (
    <section
      class={`panel ${name}`}
      aria-labelledby={id}
      aria-busy={!answer}
      data-state={answer ? (gap?.kind ?? 'ready') : 'loading'}
    >
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div class="panel-aside">{aside}</div>}
      </header>
      <div class="panel-body">
        {!answer && <Skeleton rows={rows} />}
        {answer && gap && <GapNote gap={gap} subgraph={subgraph} />}
        {answer && children}
      </div>
      {subgraph !== undefined && (
        <footer class="origins">
          {[{ subgraph, gap }, ...also].map((each) => (
            <Origin
              key={each.subgraph}
              {...each}
              source={answer?.sources.find((source) => source.subgraph === each.subgraph)}
            />
          ))}
        </footer>
      )}
    </section>
  );
}

interface OriginProps {
  readonly subgraph: string;
  readonly source: SourceRead | undefined;
  readonly gap?: Gap | undefined;
}

/** Where data comes from: `Shop sqlite read 14:03:22 in 12 ms`; where it didn't come, when it was asked for. */
function Origin({ subgraph, source, gap }: OriginProps) {
  const kind = config.systems[subgraph]?.kind;
  const failed = (gap !== undefined && gap.kind !== 'forbidden') || source?.code !== undefined;
  const slow = gap?.kind === 'slow' || source?.code?.endsWith('_TIMEOUT');
  const state = failed ? (slow ? 'slow' : 'down') : source ? 'up' : 'off';
  return (
    <div class="origin">
      <span class={`dot ${state}`} aria-hidden="true" />
      <span class="origin-system">{systemName(subgraph)}</span>
      {kind !== undefined && <span>{kind}</span>}
      {source?.readAt !== undefined && (
        <span>
          {failed ? 'asked' : 'read'} <time dateTime={source.readAt}>{clock(source.readAt)}</time>
          {!failed && ` in ${duration(source.ms)}`}
        </span>
      )}
    </div>
  );
}

const titles = { forbidden: 'Not for you', slow: 'Too slow', down: 'Not available' } as const;

/** Says why something isn't there. */
export function GapNote({ gap, subgraph }: { readonly gap: Gap; readonly subgraph?: string | undefined }) {
  const system = systemName((gap.kind !== 'forbidden' && gap.subgraph) || subgraph);
  return (
    <div class={`note note-${gap.kind}`} role={gap.kind === 'forbidden' ? undefined : 'status'}>
      <Icon name={gap.kind === 'forbidden' ? 'lock' : 'alert'} />
      <div>
        <strong>{titles[gap.kind]}</strong>
        {gap.kind === 'forbidden' && <p>{gap.message}</p>}
        {gap.kind === 'slow' && <p>{system} did not answer in time. All else here is up to date.</p>}
        {gap.kind === 'down' && <p>{system} can’t be reached or failed. All else here is up to date.</p>}
      </div>
    </div>
  );
}
