import type { Gap } from '../graph/answer.ts';
import { Icon } from './icon.tsx';
import { systemName } from './system-name.ts';

/** One line about a part of a panel that isn't there: `Payment: ERP can’t be reached or failed` */
export function PartNote(props: { readonly what: string; readonly gap: Gap | undefined; readonly subgraph: string }) {
  const { what, gap, subgraph } = props;
  if (!gap) return null;
  const system = systemName((gap.kind !== 'forbidden' && gap.subgraph) || subgraph);
  const why = {
    forbidden: 'not for you',
    slow: `${system} did not answer in time`,
    down: `${system} can’t be reached or failed`,
  }[gap.kind];
  return (
    <p
      class={`part-note part-note-${gap.kind}`}
      role={gap.kind === 'forbidden' ? undefined : 'status'}
      title={gap.message}
    >
      <Icon name={gap.kind === 'forbidden' ? 'lock' : 'alert'} />
      <span>
        <strong>{what}</strong>: {why}
      </span>
    </p>
  );
}
