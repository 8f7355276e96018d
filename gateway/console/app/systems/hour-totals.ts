import type { LastHour } from '../../../telemetry/systems-report.ts';
import { clock } from '../format/times.ts';
import { duration, number } from '../format/words.ts';

/** What an hour came to. */
export interface HourTotals {
  readonly calls: number;
  readonly errors: number;
  /** Of all minutes, in milliseconds. */
  readonly slowestMs: number;
  /** The most calls that a minute had. */
  readonly most: number;
}

export function totalsOf({ minutes }: LastHour): HourTotals {
  return {
    calls: minutes.reduce((sum, { calls }) => sum + calls, 0),
    errors: minutes.reduce((sum, { errors }) => sum + errors, 0),
    slowestMs: Math.max(0, ...minutes.map(({ slowestMs }) => slowestMs)),
    most: Math.max(0, ...minutes.map(({ calls }) => calls)),
  };
}

/** A chart in words: `120 fetches in the last hour, 3 failed; most in a minute: 14; slowest 340 ms`. */
export function hourInWords(totals: HourTotals, unit: string): string {
  const { calls, errors, slowestMs, most } = totals;
  if (calls === 0) return `No ${unit} in the last hour`;
  return `${number(calls)} ${unit} in the last hour, ${errors === 0 ? 'none' : number(errors)} failed; most in a minute: ${number(most)}; slowest ${duration(slowestMs)}`;
}

/** A minute in words. */
export function minuteInWords({ at, calls, errors, slowestMs }: LastHour['minutes'][number], unit: string): string {
  return `${clock(at)}: ${number(calls)} ${unit}, ${number(errors)} failed, slowest ${duration(slowestMs)}`;
}

const percents = new Intl.NumberFormat(undefined, { style: 'percent', maximumSignificantDigits: 2 });

/** Which part failed: `1.2 %`. */
export function failedPart({ calls, errors }: HourTotals): string {
  return percents.format(calls === 0 ? 0 : errors / calls);
}
