import { useState } from 'preact/hooks';
import { daysOf } from './period-words.ts';
import { dayOf, dayText, lastDay, presets, type Range } from './ranges.ts';
import type { View } from './use-view.ts';

/** Which time is looked at: ranges up to today, or days of one's own. Lists begin anew with it. */
export function RangePicker({ range, view }: { readonly range: Range; readonly view: View }) {
  const anew = { after: null, at: null };
  const choose = (from: string, to: string) => {
    if (dayOf(from) && dayOf(to) && from <= to) view.go({ ...anew, range: null, from, to }, { quietly: true });
  };
  const [from, to] = [dayText(range.from), dayText(lastDay(range))];
  return (
    <div class="overview-bar">
      <fieldset class="overview-switch">
        <legend class="unseen">Time</legend>
        {presets.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === range.preset}
            onClick={() => view.go({ ...anew, range: name, from: null, to: null })}
          >
            {title}
          </button>
        ))}
      </fieldset>
      <div class="overview-days">
        <DayField name="From" day={from} max={to} choose={(day) => choose(day, to)} />
        <DayField name="to" day={to} min={from} choose={(day) => choose(from, day)} />
        <span class="unseen" role="status">
          {daysOf(range)}
        </span>
      </div>
      <label class="overview-check">
        <input
          type="checkbox"
          checked={view.params.get('as') === 'table'}
          onChange={({ currentTarget: { checked } }) => view.go({ as: checked ? 'table' : null }, { quietly: true })}
        />
        Show as table
      </label>
    </div>
  );
}

interface DayFieldProps {
  readonly name: string;
  readonly day: string;
  readonly min?: string;
  readonly max?: string;
  /** Called with each day that stands there meanwhile; some are none. */
  readonly choose: (day: string) => void;
}

/** A day. What is being typed stays until the field is left, though on the way to 2026 it says 0002, 0020 and 0202. */
function DayField({ name, day, min, max, choose }: DayFieldProps) {
  const [typed, setTyped] = useState<string | undefined>(undefined);
  return (
    <label>
      <span>{name}</span>
      <input
        type="date"
        value={typed ?? day}
        min={min}
        max={max}
        onInput={({ currentTarget: { value } }) => {
          setTyped(value);
          choose(value);
        }}
        onBlur={() => setTyped(undefined)}
      />
    </label>
  );
}
