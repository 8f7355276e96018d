import { Empty } from '../parts/empty.tsx';
import { GapNote } from '../parts/panel.tsx';
import type { Run } from './run.ts';

/** Why a view that needs the trace has none. */
export function Untold({ trace, ran }: Pick<Run, 'trace' | 'ran'>) {
  if (trace && 'refused' in trace) return <GapNote gap={{ kind: 'forbidden', message: trace.refused }} />;
  return (
    <Empty>{ran ? 'Junction says nothing of how this was made.' : 'It was not run, so nothing was fetched.'}</Empty>
  );
}
