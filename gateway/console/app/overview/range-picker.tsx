import { daysOf } from './period-words.ts';
import { dayText, lastDay, presets, type Range } from './ranges.ts';
import type { View } from './use-view.ts';

/** Which time is looked at: ranges up to today, or days of one's own. Lists begin anew with it. */
export function RangePicker({ range, view }: { readonly range: Range; readonly view: View }) {
  const anew = { after: null, at: null };
  const choose = (from: string, to: string) => {
    if (from !== '' && to !== '' && from <= to) view.go({ ...anew, range: null, from, to }, { quietly: true });
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
        <label>
          <span>From</span>
          <input
            type="date"
            key={`from ${from}`}
            value={from}
            max={to}
            onChange={({ currentTarget: { value } }) => choose(value, to)}
          />
        </label>
        <label>
          <span>to</span>
          <input
            type="date"
            key={`to ${to}`}
            value={to}
            min={from}
            onChange={({ currentTarget: { value } }) => choose(from, value)}
          />
        </label>
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
