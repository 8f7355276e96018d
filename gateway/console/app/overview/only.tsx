import { number, words } from '../format/words.ts';
import type { View } from './use-view.ts';

export interface OnlyProps {
  /** What is chosen by, such as `Status`. */
  readonly label: string;
  /** Values of an enum, with how many rows have them where that's known. */
  readonly of: readonly { readonly value: string; readonly count?: number }[];
  readonly chosen: string | undefined;
  readonly view: View;
}

/** Narrows rows down to one value, or to none. */
export function Only({ label, of, chosen, view }: OnlyProps) {
  const choose = (only: string | null) => view.go({ only, after: null, at: null }, { quietly: true });
  return (
    <fieldset class="overview-switch">
      <legend class="unseen">{label}</legend>
      <button type="button" aria-pressed={chosen === undefined} onClick={() => choose(null)}>
        All
      </button>
      {of.map(({ value, count }) => (
        <button key={value} type="button" aria-pressed={value === chosen} onClick={() => choose(value)}>
          {words(value)}
          {count !== undefined && <span class="overview-count"> {number(count)}</span>}
        </button>
      ))}
    </fieldset>
  );
}
