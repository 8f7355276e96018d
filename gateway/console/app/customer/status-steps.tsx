import { words } from '../format/words.ts';
import { When } from '../parts/when.tsx';
import type { StatusChange } from './order-query.ts';

/** The statuses that an order has had, the first one first; the last is the one that it has now. */
export function StatusSteps({ of }: { readonly of: readonly StatusChange[] }) {
  return (
    <ol class="steps" aria-label="Statuses">
      {of.map(({ status, changedAt, comment }, i) => (
        <li
          key={`${changedAt} ${status}`}
          class={troubled.has(status) ? 'step-bad' : ''}
          aria-current={i === of.length - 1 ? 'step' : undefined}
        >
          <strong>{words(status)}</strong>
          <span class="soft small">
            <When at={changedAt} precise />
          </span>
          {comment !== null && <p class="small">{comment}</p>}
        </li>
      ))}
    </ol>
  );
}

const troubled: ReadonlySet<string> = new Set(['ON_HOLD', 'CANCELED', 'UNKNOWN']);
