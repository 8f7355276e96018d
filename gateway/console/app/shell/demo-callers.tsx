import type { DemoCaller } from '../page-config.ts';
import { Icon } from '../parts/icon.tsx';
import { become } from '../session/session.ts';

export interface DemoCallersProps {
  readonly callers: readonly DemoCaller[];
  /** Who asks now. */
  readonly current: string | undefined;
  /** Called when one was chosen. */
  readonly onChoice?: () => void;
}

/** The callers that anybody may be in development, to choose one. */
export function DemoCallers({ callers, current, onChoice }: DemoCallersProps) {
  return (
    <ul class="demo-callers">
      {callers.map(({ name, title }) => (
        <li key={name}>
          <button
            type="button"
            aria-pressed={name === current}
            onClick={() => {
              onChoice?.();
              if (name !== current) become({ kind: 'demo', name });
            }}
          >
            <span class="demo-name">
              {name}
              {name === current && <Icon name="check" />}
            </span>
            <span class="demo-title">{title}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
