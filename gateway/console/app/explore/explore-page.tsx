import './explore.css';
import './plan.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { config } from '../page-config.ts';
import { PageHead } from '../parts/page-head.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { addressPart, setAddressPart } from './address.ts';
import { AnswerPanel } from './answer-panel.tsx';
import { CopyLink } from './copy-link.tsx';
import { hostGraphiql } from './graphiql.ts';
import { ReadyMadeMenu } from './ready-made-menu.tsx';
import type { Run } from './run.ts';
import { packed, type Shared, unpacked } from './shared.ts';
import { Split } from './split.tsx';
import { prepareTabs } from './tabs.ts';

/** How long nothing is typed before the address bar follows, in milliseconds: browsers refuse too many changes. */
const pauseMs = 300;

/** GraphiQL tells of what is typed 100 ms later; so long a link waits for the last letter. */
const tellingMs = 150;

/** GraphiQL in a frame, and beside it how its answers were made. */
export function ExplorePage() {
  const [run, setRun] = useState<Run | 'running' | undefined>(undefined);
  // Another number, another frame: it opens its tabs when it starts.
  const [frame, setFrame] = useState(0);
  const shown = useRef<Shared | undefined>(undefined);
  const timer = useRef(0);

  function show(open: Shared | undefined): void {
    follow(prepareTabs(open), 0);
    setFrame((last) => last + 1);
  }

  function follow(next: Shared, afterMs = pauseMs): void {
    shown.current = next;
    clearTimeout(timer.current);
    timer.current = window.setTimeout(async () => {
      const part = await packed(next);
      if (shown.current === next) setAddressPart('q', part);
    }, afterMs);
  }

  async function link(): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, tellingMs));
    if (shown.current) setAddressPart('q', await packed(shown.current));
    return location.href;
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is set up once; whatever it calls keeps what it knows in refs.
  useEffect(() => {
    const host = hostGraphiql({ onRun: setRun, onEdit: follow });
    const open = () => void unpacked(addressPart('q')).then(show);
    open();
    addEventListener('hashchange', open);
    return () => {
      removeEventListener('hashchange', open);
      host.leave();
      clearTimeout(timer.current);
      shown.current = undefined;
    };
  }, []);

  return (
    <div class="explore">
      <PageHead title="Explore">
        <ReadyMadeMenu onChoice={show} />
        <CopyLink link={link} />
      </PageHead>
      {!config.introspection && (
        <p class="explore-note">
          This gateway keeps its schema to itself, so there are no docs and no suggestions here. Queries run as ever.
        </p>
      )}
      <Split label="Width of the editor" end={<AnswerPanel run={run} />}>
        {frame === 0 ? (
          <Skeleton rows={8} />
        ) : (
          <iframe key={frame} class="explore-frame" src="/explore/graphiql" title="GraphiQL: write and run queries" />
        )}
      </Split>
    </div>
  );
}
